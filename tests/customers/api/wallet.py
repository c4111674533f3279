"""Customers with something in their wallet, over the wire."""

from typing import Any

from customers.models import Charge, Invoice
from tests.customers.api.conftest import Wire, bill

NO_MATTER = {"id": 0, "created_at": 0, "updated_at": 0}


def store(wire: Wire, customer: int, kind: str = "tok_visa", **fields: Any) -> Any:
    """A stored source."""
    answer = wire.create(f"/customers/{customer}/payment_sources", gateway_token=kind, **fields)
    assert answer.status == 201, answer.text
    return answer.json


def on_autopay(wire: Wire, customer: int, kind: str = "tok_visa") -> Any:
    """A customer that is charged by itself, and its source."""
    wire.change(f"/customers/{customer}", autopay=True)
    return store(wire, customer, kind)


def autopay_invoice(wire: Wire, customer: int, amount: str = "100", kind: str = "tok_visa") -> Any:
    on_autopay(wire, customer, kind)
    return bill(wire, customer, amount)


def due(invoice: Any) -> Invoice:
    """The row of an invoice whose date of charge has come."""
    row = Invoice.objects.get(pk=invoice["id"])
    row.next_payment_attempt = row.date
    row.save()
    return row


def only_charge() -> Charge:
    return Charge.objects.get()


def charge(wire: Wire, customer: int, invoice: Any, kind: str = "tok_visa", /, **fields: Any) -> Any:
    """A charge of a whole invoice by token; the answer."""
    part = {"type": "invoice", "invoice": invoice["id"], "amount": invoice["balance"]}
    body = {"customer": customer, "amount": invoice["balance"], "gateway_token": kind, "applied_to": [part]}
    return wire.create("/charges", {**body, **fields})
