"""When an invoice is charged next, after whatever changed it."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from customers.autopay.charging import charge_invoice
from customers.autopay.collecting import charge_due_invoices
from customers.autopay.sources import delete_source
from customers.ledger.accounts import create_customer
from customers.ledger.crediting import issue_credit_note
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import update_invoice
from customers.ledger.paying import void_payment
from customers.ledger.plans import Part, cancel_plan, make_plan
from customers.ledger.refunding import refund_payment
from customers.models import Company, Event, Invoice, PaymentPlan
from tests.customers.autopay.wallets import (
    DUE,
    FIRST,
    MARCH_2,
    SECOND,
    keep,
    next_charge,
    on_autopay,
    owed,
    pay,
    planned,
    taken_at_gateway,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("march_books")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def run(now: datetime) -> None:
    charge_due_invoices(now=now, most=20, seconds=20)


def decline(invoice: Invoice, times: int) -> datetime:
    """Run on every day that is set, as long as it declines; the moment of the last attempt."""
    moment = FIRST
    for _ in range(times):
        moment = next_charge(invoice) or moment
        run(moment)
    return moment


# What is paid otherwise


def test_an_instalment_paid_by_cheque_is_not_made_up_for_by_the_next_one() -> None:
    invoice = planned()

    pay(invoice, 4000)
    run(FIRST + HOUR)
    assert (taken_at_gateway(), next_charge(invoice)) == ([], SECOND)
    run(SECOND)

    assert taken_at_gateway() == [6000]


def test_a_credit_note_pays_an_instalment_like_money() -> None:
    invoice = planned()
    line = LineInput(name="Back", unit_cost=Decimal(40))

    issue_credit_note(customer=invoice.customer, lines=[line], invoice=invoice, now=MARCH_2)

    assert next_charge(invoice) == SECOND


def test_a_part_of_an_instalment_moves_nothing() -> None:
    invoice = planned()

    pay(invoice, 1000)
    run(FIRST)

    assert taken_at_gateway() == [3000]


def test_a_paid_invoice_is_charged_no_more() -> None:
    invoice = owed(on_autopay())

    pay(invoice, 10_000)

    assert next_charge(invoice) is None
    assert Event.objects.get(type="invoice.paid").data["object"]["next_payment_attempt"] is None


def test_the_event_of_a_charge_tells_when_the_next_one_is() -> None:
    invoice = planned()

    run(FIRST)
    changed = Event.objects.filter(type="invoice.updated").latest("pk")
    run(SECOND)

    assert changed.data["object"]["next_payment_attempt"] == int(SECOND.timestamp())
    assert changed.previous == {"balance": 100, "next_payment_attempt": int(FIRST.timestamp())}
    paid = Event.objects.get(type="invoice.paid").data["object"]
    assert (paid["id"], paid["next_payment_attempt"]) == (invoice.pk, None)


# After declines


def test_an_instalment_that_was_given_up_is_tried_again_with_the_next_one() -> None:
    invoice = planned("tok_decline_charge")
    parts = invoice.payment_plans.get().instalments
    parts.filter(amount=6000).update(date=FIRST + 90 * DAY)

    decline(invoice, 4)

    assert (next_charge(invoice), invoice.attempt_count) == (FIRST + 90 * DAY, 4)
    run(FIRST + 90 * DAY)
    assert (next_charge(invoice), invoice.attempt_count) == (FIRST + 93 * DAY, 1)


def test_each_instalment_has_all_of_its_tries() -> None:
    invoice = planned("tok_decline_charge")
    decline(invoice, 3)

    pay(invoice, 4000)
    assert (next_charge(invoice), invoice.attempt_count, invoice.first_failed_at) == (SECOND, 0, None)
    run(SECOND)

    assert (next_charge(invoice), invoice.attempt_count) == (SECOND + 3 * DAY, 1)


def test_instalments_of_one_day_are_charged_one_after_the_other_with_all_their_tries() -> None:
    invoice = owed(on_autopay("tok_decline_charge"))
    make_plan(invoice=invoice, parts=[Part(FIRST, 4000), Part(FIRST, 6000)], now=MARCH_2)
    decline(invoice, 2)

    pay(invoice, 4000)
    assert (next_charge(invoice), invoice.attempt_count) == (FIRST, 0)
    run(FIRST + DAY)

    assert (next_charge(invoice), invoice.attempt_count) == (FIRST + 4 * DAY, 1)


def test_a_plan_does_not_change_since_when_an_invoice_was_late_before_it() -> None:
    invoice = owed(on_autopay("tok_decline_charge"))
    run(DUE)
    parts = [Part(FIRST, 4000), Part(SECOND, 6000)]

    make_plan(invoice=invoice, parts=parts, now=DUE + DAY)
    pay(invoice, 4000)

    assert (next_charge(invoice), invoice.attempt_count, invoice.first_failed_at) == (SECOND, 0, DUE)


def test_no_retry_is_earlier_than_its_instalment() -> None:
    invoice = planned("tok_decline_charge")

    charge_invoice(invoice=invoice, now=MARCH_2 + DAY)

    assert (next_charge(invoice), invoice.attempt_count) == (FIRST, 1)


def test_a_decline_before_the_day_does_not_pull_it_forward() -> None:
    Company.objects.update(autopay_delay_days=20)
    invoice = owed(on_autopay("tok_decline_charge"))
    day = next_charge(invoice)
    assert day == MARCH_2 + 20 * DAY + HOUR

    charge_invoice(invoice=invoice, now=MARCH_2)

    assert (next_charge(invoice), invoice.attempt_count) == (day, 1)


def test_what_comes_after_a_late_instalment_follows_at_once() -> None:
    invoice = planned("tok_decline_charge")
    decline(invoice, 4)
    keep(invoice.customer, make_default=True, now=SECOND + DAY)

    run(SECOND + DAY + HOUR)
    run(SECOND + DAY + 2 * HOUR)

    assert taken_at_gateway() == [4000, 6000]
    assert next_charge(invoice) is None


@pytest.mark.parametrize(
    ("kind", "tries"), [("tok_decline_charge", 4), ("pm_card_chargeDeclinedStolenCard", 1)]
)
def test_a_new_card_is_asked_for_what_was_given_up(kind: str, tries: int) -> None:
    invoice = owed(on_autopay(kind))
    last = decline(invoice, tries)
    assert next_charge(invoice) is None

    keep(invoice.customer, make_default=True, now=last + DAY)

    assert (next_charge(invoice), invoice.attempt_count) == (last + DAY + HOUR, 0)
    assert invoice.first_failed_at == MARCH_2 + HOUR
    told = Event.objects.filter(type="invoice.updated").latest("pk")
    assert told.previous == {"next_payment_attempt": None, "attempt_count": tries}
    run(last + DAY + HOUR)
    assert taken_at_gateway() == [10_000]


def test_another_card_that_is_no_default_changes_nothing() -> None:
    invoice = owed(on_autopay("tok_decline_charge"))
    last = decline(invoice, 4)

    keep(invoice.customer, now=last + DAY)

    assert (next_charge(invoice), invoice.attempt_count) == (None, 4)


# Dates


def test_a_later_date_puts_the_charge_off() -> None:
    invoice = owed(on_autopay())

    update_invoice(invoice=invoice, changes={"date": MARCH_2 + 30 * DAY}, now=MARCH_2)

    assert next_charge(invoice) == MARCH_2 + 30 * DAY


def test_a_later_date_puts_a_retry_off_as_well() -> None:
    invoice = owed(on_autopay("tok_decline_charge"))
    run(DUE)
    assert next_charge(invoice) == DUE + 3 * DAY

    update_invoice(invoice=invoice, changes={"date": MARCH_2 + 30 * DAY}, now=DUE + DAY)

    assert next_charge(invoice) == MARCH_2 + 30 * DAY


def test_an_instalment_keeps_its_date_whatever_the_invoice_says() -> None:
    invoice = planned()

    update_invoice(invoice=invoice, changes={"date": MARCH_2 + DAY}, now=MARCH_2)

    assert next_charge(invoice) == FIRST


def test_no_instalment_is_charged_before_the_date_of_its_invoice() -> None:
    invoice = planned()

    update_invoice(invoice=invoice, changes={"date": FIRST + 10 * DAY}, now=MARCH_2)
    assert next_charge(invoice) == FIRST + 10 * DAY
    run(FIRST + 10 * DAY)

    assert (taken_at_gateway(), next_charge(invoice)) == ([4000], SECOND)


def test_a_plan_that_begins_anew_leaves_an_hour_however_late_its_instalment_is() -> None:
    invoice = planned()
    update_invoice(invoice=invoice, changes={"autopay": False}, now=MARCH_2)

    update_invoice(invoice=invoice, changes={"autopay": True}, now=FIRST + 3 * DAY)

    assert next_charge(invoice) == FIRST + 3 * DAY + HOUR


def test_a_plan_that_waited_for_a_card_leaves_an_hour_as_well() -> None:
    customer = create_customer(values={"name": "Blue Anchor", "autopay": True}, now=MARCH_2)
    invoice = owed(customer)
    make_plan(invoice=invoice, parts=[Part(FIRST, 4000), Part(SECOND, 6000)], now=MARCH_2)

    keep(customer, now=FIRST + DAY)

    assert next_charge(invoice) == FIRST + DAY + HOUR


def test_a_plan_waits_again_when_its_source_is_gone() -> None:
    invoice = planned()
    customer = invoice.customer

    delete_source(source=customer.payment_sources.get(), now=MARCH_2 + DAY)

    assert (next_charge(invoice), invoice.payment_plans.get().status) == (None, "pending_signup")
    told = Event.objects.filter(type="invoice.updated").latest("pk")
    assert told.previous == {"next_payment_attempt": int(FIRST.timestamp())}
    assert (Event.objects.get(type="payment_plan.updated").previous or {})["status"] == "active"

    keep(customer, now=MARCH_2 + 2 * DAY)

    assert (next_charge(invoice), invoice.payment_plans.get().status) == (FIRST, "active")


def test_a_plan_that_was_paid_waits_as_well_once_it_is_open_again() -> None:
    invoice = planned()
    payment = pay(invoice, 10_000)
    delete_source(source=invoice.customer.payment_sources.get(), now=MARCH_2)

    void_payment(payment=payment, now=MARCH_2)

    assert (next_charge(invoice), invoice.payment_plans.get().status) == (None, "pending_signup")


def test_a_plan_waits_when_its_card_was_stolen() -> None:
    invoice = planned("pm_card_chargeDeclinedStolenCard")

    run(FIRST)

    assert (next_charge(invoice), invoice.payment_plans.get().status) == (None, "pending_signup")
    keep(invoice.customer, now=FIRST + DAY)
    assert next_charge(invoice) == FIRST + DAY + HOUR


def test_another_card_does_not_take_again_what_went_back() -> None:
    invoice = planned()
    refund_payment(payment=pay(invoice, 4000), invoice=invoice, amount=4000, now=MARCH_2)
    delete_source(source=invoice.customer.payment_sources.get(), now=FIRST)

    keep(invoice.customer, now=FIRST + DAY)

    assert next_charge(invoice) == SECOND


def test_without_its_plan_an_invoice_is_charged_no_earlier_than_without_one() -> None:
    invoice = planned()
    update_invoice(invoice=invoice, changes={"date": MARCH_2 + 10 * DAY}, now=MARCH_2)
    Company.objects.update(autopay_delay_days=2)

    cancel_plan(plan=PaymentPlan.objects.get(), now=MARCH_2)

    assert next_charge(invoice) == MARCH_2 + 12 * DAY
