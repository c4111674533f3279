"""First floor: shows the ledger as statements."""

from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "statements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from customers.importing.witnesses import add_witness
        from statements.sightings import statement_showing

        add_witness(statement_showing)
