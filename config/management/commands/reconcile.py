"""`manage.py reconcile`: prove that every stored figure equals what the ledger's rows say."""

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from customers.ledger.closed_days import broken_days
from customers.ledger.reconciling import differences
from customers.models import Customer


class Command(BaseCommand):
    help = (
        "Compares stored balances with the ledger, and the audit trail with the hashes of its closed days; "
        "prints differences and exits with 1 if there are any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customer", metavar="NUMBER", help="only this customer")

    def handle(self, *args: Any, **options: Any) -> None:
        customer = None
        if options["customer"]:
            customer = Customer.objects.with_number(options["customer"]).first()
            if customer is None:
                raise CommandError(f"There is no customer {options['customer']}.", returncode=2)
        found = 0
        untouched = broken_days() if customer is None else ()
        for difference in chain(differences(now=timezone.now(), customer=customer), untouched):
            found += 1
            self.stdout.write(str(difference))
        if found:
            raise CommandError(f"{found} differences.", returncode=1)
        self.stdout.write("The books agree.")
