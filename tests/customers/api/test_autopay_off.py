"""AutoPay switched off: nothing of what a customer owes, or will owe, is charged by itself any more."""

from typing import Any

import pytest
import time_machine

from customers.models import Company, Event
from tests.customers.api.conftest import Wire, bill, events
from tests.customers.api.wallet import on_autopay

NOON = 1767290400  # 2026-01-01 12:00 in Chicago
HOUR = 3_600


@pytest.fixture(autouse=True)
def _by_hand(db: None) -> None:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False, "time_zone": "America/Chicago"})


def terms_of(wire: Wire, invoice: Any) -> tuple[Any, Any, Any]:
    shown = wire.read(f"/invoices/{invoice['id']}")
    return shown["autopay"], shown["payment_terms"], shown["next_payment_attempt"]


def test_drafts_go_off_autopay_as_well_and_are_not_charged_once_they_are_issued(
    wire: Wire, acme: int
) -> None:
    on_autopay(wire, acme)
    draft = bill(wire, acme, draft=True)

    wire.change(f"/customers/{acme}", autopay=False)
    wire.change(f"/invoices/{draft['id']}", draft=False)

    assert terms_of(wire, draft) == (False, None, None)


def test_an_invoice_that_is_on_autopay_by_itself_goes_off_it_too(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, autopay=True)

    wire.change(f"/customers/{acme}", autopay=False)

    assert terms_of(wire, invoice) == (False, None, None)
    assert events()[-1] == "invoice.updated"


def test_what_is_voided_closed_or_paid_stays_as_it_was(wire: Wire, acme: int) -> None:
    on_autopay(wire, acme)
    voided, closed, paid = bill(wire, acme), bill(wire, acme), bill(wire, acme, "0")
    wire.create(f"/invoices/{voided['id']}/void")
    wire.change(f"/invoices/{closed['id']}", closed=True)

    wire.change(f"/customers/{acme}", autopay=False)

    assert [terms_of(wire, row)[0] for row in (voided, closed, paid)] == [True] * 3


def test_each_invoice_tells_that_it_is_manual_now(wire: Wire, acme: int) -> None:
    with time_machine.travel(NOON, tick=False):
        on_autopay(wire, acme)
        first, second = bill(wire, acme), bill(wire, acme)

    with time_machine.travel(NOON + 2 * HOUR, tick=False):
        wire.change(f"/customers/{acme}", autopay=False)

    told = Event.objects.filter(type="invoice.updated").order_by("pk")
    assert [event.object_id for event in told] == [str(first["id"]), str(second["id"])]
    assert told[0].previous == {
        "autopay": True,
        "payment_terms": "AutoPay",
        "next_payment_attempt": NOON + HOUR,
    }
    changed = wire.read("/invoices", updated_after=NOON + HOUR).json
    assert {row["id"] for row in changed} == {first["id"], second["id"]}
