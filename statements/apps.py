"""First floor: shows the ledger as statements, invoices and receipts."""

from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "statements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from customers.api.pdf import print_with
        from customers.importing.witnesses import add_witness
        from customers.models import CreditNote, Invoice, Payment
        from statements.api_pdf import printed
        from statements.sightings import statement_showing

        add_witness(statement_showing)
        for model in (Invoice, CreditNote, Payment):
            print_with(model, printed)
