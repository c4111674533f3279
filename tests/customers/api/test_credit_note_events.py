"""What events tell of a credit note whose balance changes: once for each change, with what it was before."""

from typing import Any

import pytest

from customers.ledger.crediting import credit_note_to_balance
from customers.models import Company, CreditNote, Event
from tests.customers.api.conftest import Wire, bill, events
from tests.ledgers import at

OPEN = {"balance": 30, "paid": False, "status": "open"}
USED = {"balance": 0, "paid": True, "status": "paid"}


@pytest.fixture(autouse=True)
def _by_hand(db: None) -> None:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False})


def credit(wire: Wire, customer: int, **fields: Any) -> int:
    items = [{"name": "Returned", "unit_cost": 30}]
    pk: int = wire.create("/credit_notes", {"customer": customer, "items": items, **fields})["id"]
    return pk


def told(note: int) -> list[tuple[str, Any, Any]]:
    """Types of the events of a credit note, what changed by each, and its status from then on."""
    rows = Event.objects.filter(object_type="credit_note", object_id=str(note)).order_by("pk")
    return [(row.type, row.previous, row.data["object"]["status"]) for row in rows]


def spend(wire: Wire, customer: int, note: int, invoice: int, amount: int) -> str:
    part = {"type": "credit_note", "credit_note": note, "invoice": invoice, "document_type": "invoice"}
    paid = wire.create("/payments", customer=customer, amount=0, applied_to=[part | {"amount": amount}])
    return f"/payments/{paid['id']}"


def test_one_that_is_applied_at_once_is_told_as_open_and_as_used(wire: Wire, acme: int) -> None:
    note = credit(wire, acme, invoice=bill(wire, acme)["id"])

    assert told(note) == [("credit_note.created", None, "open"), ("credit_note.updated", OPEN, "paid")]
    assert "invoice.paid" not in events()


def test_a_draft_that_is_issued_and_applied_is_told_of_both(wire: Wire, acme: int) -> None:
    note = credit(wire, acme, invoice=bill(wire, acme)["id"], draft=True)

    wire.change(f"/credit_notes/{note}", draft=False)

    _, issued, used = told(note)
    assert (issued[1]["draft"], issued[2]) == (True, "open")
    assert used == ("credit_note.updated", OPEN, "paid")


def test_a_payment_that_uses_one_changes_it_and_so_does_taking_that_back(wire: Wire, acme: int) -> None:
    note, invoice = credit(wire, acme), bill(wire, acme)["id"]

    first = spend(wire, acme, note, invoice, 30)
    wire.change(first, applied_to=[])
    second = spend(wire, acme, note, invoice, 10)
    wire.remove(second)

    assert told(note)[1:] == [
        ("credit_note.updated", OPEN, "paid"),
        ("credit_note.updated", USED, "open"),
        ("credit_note.updated", {"balance": 30}, "open"),
        ("credit_note.updated", {"balance": 20}, "open"),
    ]


def test_one_that_goes_to_the_credit_balance_is_told_once(wire: Wire, acme: int) -> None:
    note = credit(wire, acme)

    row = CreditNote.objects.get(pk=note)
    credit_note_to_balance(credit_note=row, amount=1000, now=at("2026-03-02"))

    assert told(note)[1:] == [("credit_note.updated", {"balance": 30}, "open")]


def test_a_voided_one_says_what_it_was(wire: Wire, acme: int) -> None:
    note = credit(wire, acme)

    wire.create(f"/credit_notes/{note}/void")

    assert told(note)[1:] == [
        ("credit_note.updated", {"voided": False, "balance": 30, "status": "open"}, "voided")
    ]
