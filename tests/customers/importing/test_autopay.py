"""What an import settles, and what undoing it opens again, is AutoPay's business, too."""

from datetime import timedelta

import pytest
import time_machine

from customers.autopay.charging import ChargeRequest, charge_customer
from customers.autopay.collecting import charge_due_invoices
from customers.importing.undoing import undo_import
from customers.ledger.applying import Application
from customers.models import Company, Event, Invoice
from tests.customers.autopay.wallets import (
    FIRST,
    MARCH_2,
    SECOND,
    check_books,
    next_charge,
    on_autopay,
    owed,
    planned,
    taken_at_gateway,
)
from tests.customers.importing.writing_files import own_file

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _march(bring_in, monkeypatch):
    monkeypatch.setattr("tests.customers.importing.conftest.NOW", MARCH_2)
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "UTC", "apply_credits": False})
    with time_machine.travel(MARCH_2, tick=False):
        yield
    check_books()


def settled(invoice: Invoice, amount: str, record: str = "payment") -> bytes:
    row = {"record": record, "customer": invoice.customer.number, "invoice": invoice.number}
    number = {"credit_note": "CN-1"} if record == "credit_note" else {}
    return own_file(row | number | {"date": "2026-03-02", "amount": amount})


def run(now) -> None:
    charge_due_invoices(now=now, most=20, seconds=20)


@pytest.mark.parametrize("record", ["payment", "credit_note"])
def test_an_instalment_that_came_with_a_file_is_not_made_up_for_by_the_next_one(bring_in, record):
    invoice = planned()

    job = bring_in(settled(invoice, "40.00", record))
    run(FIRST)

    assert (job.state, taken_at_gateway(), next_charge(invoice)) == ("finished", [], SECOND)
    run(SECOND)
    assert taken_at_gateway() == [6000]


def test_what_a_file_paid_is_charged_no_more_and_again_once_the_import_is_undone(bring_in):
    invoice = owed(on_autopay())
    events = Event.objects.filter(object_type="invoice").count()

    job = bring_in(settled(invoice, "100.00"))
    assert next_charge(invoice) is None
    undo_import(job=job, now=MARCH_2 + HOUR)

    assert (next_charge(invoice), invoice.balance) == (MARCH_2 + 2 * HOUR, 10_000)
    assert Event.objects.filter(object_type="invoice").count() == events


def test_undoing_goes_back_to_the_instalment_that_is_open_again(bring_in):
    invoice = planned()
    job = bring_in(settled(invoice, "40.00"))

    undo_import(job=job, now=MARCH_2)

    assert next_charge(invoice) == FIRST


def test_what_a_charge_has_in_hand_is_left_to_it(bring_in):
    invoice = owed(on_autopay())
    part = Application(type="invoice", amount=7000, invoice=invoice)
    request = ChargeRequest(amount=7000, currency="usd", applications=[part], token="tok_bank")
    charge_customer(customer=invoice.customer, request=request, now=MARCH_2)

    job = bring_in(settled(invoice, "100.00"))

    invoice.refresh_from_db()
    assert (invoice.balance, job.state) == (7000, "finished")
