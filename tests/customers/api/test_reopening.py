"""A closed AutoPay invoice is opened again by the object that was read."""

from typing import Any

import pytest
import time_machine

from customers.models import Company
from tests.customers.api.conftest import Wire
from tests.customers.api.wallet import autopay_invoice

NOON = 1767290400  # 2026-01-01 12:00 in Chicago
HOUR = 3_600


@pytest.fixture
def closed(wire: Wire, acme: int) -> Any:
    """What a client reads of it."""
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False, "time_zone": "America/Chicago"})
    with time_machine.travel(NOON, tick=False):
        invoice = autopay_invoice(wire, acme)
        wire.change(f"/invoices/{invoice['id']}", closed=True)
        yield wire.read(f"/invoices/{invoice['id']}").json


def sent_back(wire: Wire, closed: Any, **changes: Any) -> Any:
    names = ("autopay", "payment_terms", "next_payment_attempt", "notes", "date")
    fields = {name: closed[name] for name in names} | {"closed": False} | changes
    return wire.change(f"/invoices/{closed['id']}", fields).json


def test_sent_back_open_it_is_charged_again(wire: Wire, closed: Any) -> None:
    assert closed["next_payment_attempt"] is None

    assert sent_back(wire, closed)["next_payment_attempt"] == NOON + HOUR


def test_a_date_that_comes_with_it_counts(wire: Wire, closed: Any) -> None:
    asked = NOON + 48 * HOUR

    assert sent_back(wire, closed, next_payment_attempt=asked)["next_payment_attempt"] == asked


def test_it_does_not_take_a_customer_back_on_autopay(wire: Wire, acme: int, closed: Any) -> None:
    wire.change(f"/customers/{acme}", autopay=False)

    shown = sent_back(wire, closed)

    assert (shown["autopay"], shown["payment_terms"], shown["next_payment_attempt"]) == (False, None, None)
