"""A date of charge that a client asks for."""

from typing import Any

import pytest

from customers.models import Company
from tests.customers.api.conftest import Wire, bill
from tests.customers.api.wallet import on_autopay

NOON = 1767290400  # 2026-01-01 12:00 in Chicago
HOUR, DAY = 3_600, 86_400


pytestmark = pytest.mark.usefixtures("new_year")


def next_charge(wire: Wire, invoice: Any) -> Any:
    return wire.read(f"/invoices/{invoice['id']}")["next_payment_attempt"]


def test_it_is_kept_when_an_invoice_is_made(wire: Wire, acme: int) -> None:
    on_autopay(wire, acme)

    invoice = bill(wire, acme, next_payment_attempt=NOON + 5 * DAY)

    assert invoice["next_payment_attempt"] == next_charge(wire, invoice) == NOON + 5 * DAY


def test_it_is_kept_when_an_invoice_goes_on_autopay_by_the_same_change(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)

    changed = wire.change(f"/invoices/{invoice['id']}", autopay=True, next_payment_attempt=NOON + 5 * DAY)

    assert changed["next_payment_attempt"] == NOON + 5 * DAY


def test_it_is_no_earlier_than_the_invoice(wire: Wire, acme: int) -> None:
    on_autopay(wire, acme)

    made = bill(wire, acme, date=NOON + 5 * DAY, next_payment_attempt=NOON + DAY)
    changed = wire.change(f"/invoices/{made['id']}", date=NOON + 9 * DAY, next_payment_attempt=NOON + 2 * DAY)

    assert made["next_payment_attempt"] == NOON + 5 * DAY
    assert changed["next_payment_attempt"] == NOON + 9 * DAY


def test_an_invoice_with_nothing_to_charge_has_none(wire: Wire, acme: int) -> None:
    manual = bill(wire, acme, next_payment_attempt=NOON + DAY)
    wire.change(f"/invoices/{manual['id']}", next_payment_attempt=NOON + DAY)
    on_autopay(wire, acme)
    free = bill(wire, acme, "0", next_payment_attempt=NOON + DAY)

    assert (next_charge(wire, manual), next_charge(wire, free)) == (None, None)


def test_an_invoice_that_credit_pays_has_none(wire: Wire, acme: int) -> None:
    Company.objects.update(apply_credits=True)
    on_autopay(wire, acme)
    wire.create("/credit_balance_adjustments", customer=acme, amount=100, date=NOON)

    invoice = bill(wire, acme)

    assert (invoice["status"], invoice["next_payment_attempt"]) == ("paid", None)


def test_null_stops_autopay_and_stays(wire: Wire, acme: int) -> None:
    on_autopay(wire, acme)
    invoice = bill(wire, acme)

    wire.change(f"/invoices/{invoice['id']}", next_payment_attempt=None)
    wire.change(f"/invoices/{invoice['id']}", name="Rope", date=NOON + DAY)

    assert next_charge(wire, invoice) is None


def test_a_draft_keeps_it_for_its_issue(wire: Wire, acme: int) -> None:
    on_autopay(wire, acme)
    later, past = (bill(wire, acme, draft=True, next_payment_attempt=NOON + days * DAY) for days in (5, 0))

    for row in (later, past):
        wire.change(f"/invoices/{row['id']}", draft=False)

    assert (next_charge(wire, later), next_charge(wire, past)) == (NOON + 5 * DAY, NOON + HOUR)


def test_sending_an_invoice_back_as_it_was_read_changes_no_date(wire: Wire, acme: int) -> None:
    on_autopay(wire, acme)
    invoice = bill(wire, acme)
    path = f"/invoices/{invoice['id']}"

    assert wire.change(path, wire.read(path).json)["next_payment_attempt"] == NOON + HOUR
    moved = wire.change(path, {**wire.read(path).json, "date": NOON + 5 * DAY})

    assert moved["next_payment_attempt"] == NOON + 5 * DAY
