"""Customers who owe something, for runs that write to all of them."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from customers.ledger.accounts import create_customer
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice


def open_debtors(count: int) -> None:
    """Each with an address of its own and one invoice that is late by ten days."""
    moment = timezone.now() - timedelta(days=20)
    for index in range(count):
        values = {"name": f"Customer {index}", "email": f"c{index}@example.test", "payment_terms": "NET 10"}
        customer = create_customer(values=values, now=moment)
        line = LineInput(name="Goods", unit_cost=Decimal(10 + index))
        issue_invoice(customer=customer, lines=[line], values={"date": moment}, now=moment)
