"""What AutoPay does about an invoice that is open again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from customers.autopay.collecting import charge_due_invoices
from customers.autopay.sources import delete_source
from customers.ledger.accounts import update_customer
from customers.ledger.applying import Application
from customers.ledger.balances import present_balance
from customers.ledger.closing import reopen_invoice, write_off_invoice
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice, update_invoice
from customers.ledger.paying import record_payment, update_payment, void_payment
from customers.ledger.refunding import give_back, refund_payment, reverse_payment
from customers.models import Event, Invoice, Payment
from tests.customers.autopay.wallets import (
    DUE,
    FIRST,
    MARCH_2,
    SECOND,
    next_charge,
    on_autopay,
    owed,
    pay,
    planned,
    taken_at_gateway,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("march_books")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_reopened_invoice_is_charged_after_all() -> None:
    invoice = owed(on_autopay())
    write_off_invoice(invoice=invoice, now=MARCH_2)
    assert next_charge(invoice) is None

    reopen_invoice(invoice=invoice, now=MARCH_2 + 5 * DAY)

    assert next_charge(invoice) == MARCH_2 + 5 * DAY + HOUR


def test_an_instalment_that_is_open_again_leaves_an_hour_to_put_things_right() -> None:
    invoice = planned()
    payment = pay(invoice, 4000)

    with time_machine.travel(FIRST + DAY, tick=False):
        void_payment(payment=payment, now=FIRST + DAY)

    assert next_charge(invoice) == FIRST + DAY + HOUR


def test_a_voided_payment_lets_autopay_go_on() -> None:
    invoice = owed(on_autopay())
    payment = pay(invoice, 10_000)

    with time_machine.travel(MARCH_2 + DAY, tick=False):
        void_payment(payment=payment, now=MARCH_2 + DAY)

    assert next_charge(invoice) == MARCH_2 + DAY + HOUR


def test_what_is_open_again_is_asked_for_as_usual_after_the_customer_went_off_autopay() -> None:
    paid, closed, in_parts, grown = owed(on_autopay()), owed(on_autopay()), planned(), owed(on_autopay())
    payments = [pay(paid, 10_000), pay(in_parts, 10_000)]
    pay(grown, 10_000)
    write_off_invoice(invoice=closed, now=MARCH_2)
    for invoice in (paid, closed, in_parts, grown):
        update_customer(customer=invoice.customer, changes={"autopay": False}, now=MARCH_2)
        invoice.refresh_from_db()
        assert invoice.autopay

    for payment in payments:
        void_payment(payment=payment, now=MARCH_2 + DAY)
    reopen_invoice(invoice=closed, now=MARCH_2 + DAY)
    more = [LineInput(name="Rope", unit_cost=Decimal(150))]
    update_invoice(invoice=grown, changes={}, lines=more, now=MARCH_2 + DAY)

    for invoice, terms in ((paid, ""), (closed, ""), (in_parts, "Payment Plan"), (grown, "")):
        assert next_charge(invoice) is None
        assert (invoice.autopay, invoice.payment_terms, invoice.balance > 0) == (False, terms, True)
        told = Event.objects.filter(type="invoice.updated", object_id=str(invoice.pk)).latest("pk")
        assert (told.previous or {})["autopay"] is True
        due = 0 if invoice == in_parts else invoice.balance
        balance = present_balance(customer_id=invoice.customer_id, now=MARCH_2 + DAY)
        assert balance
        assert balance.due_now == due


def refund(payment: Payment, invoice: Invoice) -> Any:
    return refund_payment(payment=payment, invoice=invoice, amount=4000, now=MARCH_2 + DAY)


def refund_all_sorts(payment: Payment, invoice: Invoice) -> Any:
    return give_back(payment=payment, amount=4000, now=MARCH_2 + DAY)


def reverse(payment: Payment, invoice: Invoice) -> Any:
    return reverse_payment(payment=payment, now=MARCH_2 + DAY)


@pytest.mark.parametrize("act", [refund, refund_all_sorts, reverse])
def test_what_went_back_is_not_taken_again_unasked(act: Any) -> None:
    paid, in_parts = owed(on_autopay()), planned()
    of_paid, of_part = pay(paid, 10_000), pay(in_parts, 4000)

    act(of_paid, paid)
    act(of_part, in_parts)

    assert (next_charge(paid), next_charge(in_parts)) == (None, SECOND)
    assert min(paid.balance, in_parts.balance) > 0
    update_invoice(invoice=paid, changes={"next_payment_attempt": MARCH_2 + 9 * DAY}, now=MARCH_2)
    assert next_charge(paid) == MARCH_2 + 9 * DAY


def test_a_refund_of_what_was_left_over_does_not_keep_an_invoice_from_being_charged() -> None:
    invoice = owed(on_autopay())
    part = Application(type="invoice", amount=10_000, invoice=invoice)
    payment = record_payment(customer=invoice.customer, amount=15_000, applications=[part], now=MARCH_2)
    refund_payment(payment=payment, amount=5000, now=MARCH_2 + DAY)

    with time_machine.travel(MARCH_2 + 2 * DAY, tick=False):
        update_payment(payment=payment, changes={}, applications=[], now=MARCH_2 + 2 * DAY)

    assert next_charge(invoice) == MARCH_2 + 2 * DAY + HOUR


def test_a_refund_before_the_date_of_its_invoice_is_not_taken_again_either() -> None:
    line = LineInput(name="Rope", unit_cost=Decimal(100))
    values = {"date": MARCH_2 + 20 * DAY}
    invoice = issue_invoice(customer=on_autopay(), lines=[line], values=values, now=MARCH_2)

    refund(pay(invoice, 10_000), invoice)

    assert (next_charge(invoice), invoice.balance) == (None, 4000)


def test_what_is_added_to_a_paid_invoice_is_charged() -> None:
    invoice = owed(on_autopay())
    pay(invoice, 10_000)
    more = [LineInput(name="Rope", unit_cost=Decimal(150))]

    update_invoice(invoice=invoice, changes={}, lines=more, now=MARCH_2 + DAY)

    assert next_charge(invoice) == MARCH_2 + DAY + HOUR


def test_an_invoice_without_a_source_waits_however_it_changes() -> None:
    customer = on_autopay()
    invoice = owed(customer)
    delete_source(source=customer.payment_sources.get(), now=MARCH_2)

    pay(invoice, 2500)
    charge_due_invoices(now=DUE, most=20, seconds=20)

    assert (next_charge(invoice), taken_at_gateway()) == (MARCH_2 + HOUR, [])
