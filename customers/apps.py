"""Ground floor: accounts, the ledger, credit, taxes."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CustomersConfig(AppConfig):
    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from customers.models.metadata_pair import keep_pairs

        post_migrate.connect(keep_pairs, sender=self)
