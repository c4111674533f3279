"""What events tell of an invoice whose balance changes: once for each change, with what it was before."""

from datetime import UTC, datetime
from typing import Any

import pytest

from customers.ledger.crediting import adjust_credit, apply_credit
from customers.models import Company, Customer, Event, Invoice
from tests.customers.api.conftest import Wire, bill, events

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _by_hand(db: None) -> None:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False})


def told(invoice: int) -> list[tuple[str, Any]]:
    """Types of the events since the invoice was made, and what each says of the balance before."""
    rows = Event.objects.filter(object_type="invoice", object_id=str(invoice)).order_by("pk")
    return [(row.type, (row.previous or {}).get("balance")) for row in rows][1:]


def part(invoice: int, amount: int) -> dict[str, Any]:
    return {"type": "invoice", "invoice": invoice, "amount": amount}


def pay(wire: Wire, customer: int, *parts: dict[str, Any]) -> int:
    amount = sum(row["amount"] for row in parts)
    pk: int = wire.create("/payments", customer=customer, amount=amount, applied_to=list(parts))["id"]
    return pk


def test_a_partial_payment_changes_an_invoice_and_the_rest_pays_it(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)["id"]

    pay(wire, acme, part(invoice, 60))
    changed = wire.read("/events", type="invoice.updated")[0]["data"]
    pay(wire, acme, part(invoice, 40))

    assert changed["previous"] == {"balance": 100}
    assert (changed["object"]["balance"], changed["object"]["customer"]["id"]) == (40, acme)
    assert told(invoice) == [("invoice.updated", 100), ("invoice.paid", None)]


def test_each_invoice_of_a_payment_is_told_of(wire: Wire, acme: int) -> None:
    first, second = bill(wire, acme)["id"], bill(wire, acme)["id"]

    pay(wire, acme, part(first, 100), part(second, 30))

    assert told(first) == [("invoice.paid", None)]
    assert told(second) == [("invoice.updated", 100)]


def test_voiding_a_payment_says_that_the_invoice_was_paid(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)["id"]
    payment = pay(wire, acme, part(invoice, 100))

    wire.remove(f"/payments/{payment}")

    previous = Event.objects.filter(type="invoice.updated").latest("pk").previous
    assert previous == {"balance": 0, "paid": True, "status": "paid"}
    assert told(invoice) == [("invoice.paid", None), ("invoice.updated", 0)]


def test_a_payment_that_is_applied_anew_is_one_change(wire: Wire, acme: int) -> None:
    """On its way from 60 to 70 nothing is applied for a moment: nobody needs to hear of it."""
    invoice, other = bill(wire, acme)["id"], bill(wire, acme)["id"]
    payment = wire.create(
        "/payments", customer=acme, amount=100, applied_to=[part(invoice, 60), part(other, 10)]
    )["id"]

    wire.change(f"/payments/{payment}", applied_to=[part(invoice, 70), part(other, 10)])

    assert told(invoice) == [("invoice.updated", 100), ("invoice.updated", 40)]
    assert told(other) == [("invoice.updated", 100)]


def test_a_change_that_is_refused_is_not_told(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)["id"]
    payment = pay(wire, acme, part(invoice, 60))

    refused = wire.change(f"/payments/{payment}", applied_to=[part(invoice, 101)])
    pay(wire, acme, part(invoice, 10))

    assert refused.status == 400
    assert told(invoice) == [("invoice.updated", 100), ("invoice.updated", 40)]


def test_credit_notes_and_credit_change_an_invoice_alike(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)["id"]
    back = [{"name": "Back", "quantity": 1, "unit_cost": 30}]

    wire.create("/credit_notes", customer=acme, invoice=invoice, items=back)
    customer = Customer.objects.get(pk=acme)
    adjust_credit(customer=customer, amount=10_000, currency="usd", now=NOON)
    apply_credit(customer=customer, invoice=Invoice.objects.get(pk=invoice), amount=2_000, now=NOON)

    assert told(invoice) == [("invoice.updated", 100), ("invoice.updated", 70)]


def test_voiding_closing_and_reopening_are_one_change_each(wire: Wire, acme: int) -> None:
    closed, voided = bill(wire, acme)["id"], bill(wire, acme)["id"]
    customer = Customer.objects.get(pk=acme)
    adjust_credit(customer=customer, amount=2_000, currency="usd", now=NOON)
    apply_credit(customer=customer, invoice=Invoice.objects.get(pk=voided), amount=2_000, now=NOON)

    wire.change(f"/invoices/{closed}", closed=True)
    wire.change(f"/invoices/{closed}", closed=False)
    wire.create(f"/invoices/{voided}/void")

    assert told(closed) == [("invoice.updated", 100), ("invoice.updated", 0)]
    assert told(voided) == [("invoice.updated", 100), ("invoice.updated", 80)]
    assert events()[-1] == "invoice.updated"
