"""AutoPay by itself: what is due is charged, once, and declines are tried again on their days."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from customers import tasks
from customers.autopay.collecting import charge_due_invoices, due_invoices
from customers.autopay.simulating import simulate
from customers.ledger.issuing import update_invoice
from customers.ledger.plans import Part, make_plan
from customers.models import Charge, Company, Customer, Event, Invoice, Payment, PaymentSource
from tests.customers.autopay.wallets import (
    DUE,
    MARCH_2,
    check_books,
    keep,
    on_autopay,
    owed,
    taken_at_gateway,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _books(db: None) -> Iterator[None]:
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "UTC"})
    yield
    check_books()


def run(now: Any = DUE, most: int = 20) -> bool:
    return charge_due_invoices(now=now, most=most, seconds=20)


def test_an_invoice_whose_day_has_come_is_charged_once() -> None:
    invoice = owed(on_autopay())

    run(MARCH_2)
    assert not Charge.objects.exists()
    run()
    run()

    invoice.refresh_from_db()
    assert (invoice.balance, invoice.next_payment_attempt, invoice.attempt_count) == (0, None, 0)
    assert taken_at_gateway() == [10_000]
    assert Payment.objects.get().source == "autopay"


def test_a_decline_is_tried_again_after_three_five_and_seven_days_then_no_more() -> None:
    invoice, now, seen = owed(on_autopay("tok_decline_charge")), DUE, []

    for _ in range(5):
        run(now)
        invoice.refresh_from_db()
        attempt: Any = invoice.next_payment_attempt
        seen.append((invoice.attempt_count, attempt and round((attempt - now) / DAY)))
        run(now + DAY)  # not before its day
        now = attempt or now + 30 * DAY

    assert seen == [(1, 3), (2, 5), (3, 7), (4, None), (4, None)]
    assert invoice.first_failed_at == DUE
    assert Charge.objects.filter(status="failed").count() == 4
    assert Event.objects.filter(type="charge.failed").count() == 4


def test_the_days_of_retries_are_a_setting(settings: Any) -> None:
    settings.AUTOPAY_RETRY_DAYS = (1,)
    invoice = owed(on_autopay("tok_decline_charge"))

    run()
    run(DUE + DAY)

    invoice.refresh_from_db()
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (2, None)


def test_a_new_card_is_charged_on_the_next_day_of_the_schedule_not_at_once() -> None:
    customer = on_autopay("tok_decline_charge")
    owed(customer)
    run()

    keep(customer, "tok_visa", make_default=True)
    run(DUE + DAY)
    assert taken_at_gateway() == []
    run(DUE + 3 * DAY)

    assert taken_at_gateway() == [10_000]


def test_a_hard_decline_ends_autopay_on_that_card() -> None:
    customer = on_autopay("pm_card_chargeDeclinedStolenCard")
    invoice = owed(customer)

    run()

    invoice.refresh_from_db()
    source = PaymentSource.objects.get()
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (1, None)
    assert (source.chargeable, "stolen" in source.failure_reason) == (False, True)


def test_the_customer_tells_that_its_default_source_is_of_no_more_use() -> None:
    customer = on_autopay("pm_card_chargeDeclinedStolenCard")
    owed(customer)
    customer.refresh_from_db()

    run()

    told = Event.objects.filter(type="customer.updated").latest("pk")
    assert told.data["object"]["payment_source"] is None
    assert told.previous is not None
    assert list(told.previous) == ["payment_source"]
    assert Customer.objects.get().updated_at > customer.updated_at


def test_without_a_way_to_pay_an_invoice_waits_for_one() -> None:
    customer = on_autopay("tok_bank_unverified")
    invoice = owed(customer)

    run()
    assert not Charge.objects.exists()
    keep(customer, "tok_visa", make_default=True)
    run(DUE + DAY)

    invoice.refresh_from_db()
    assert invoice.balance == 0


def test_what_must_not_be_charged_is_left_alone() -> None:
    customer = on_autopay()
    manual, disputed, later = owed(customer), owed(customer), owed(customer)
    update_invoice(invoice=manual, changes={"autopay": False}, now=MARCH_2)
    Invoice.objects.filter(pk=disputed.pk).update(disputed_from=MARCH_2)
    Invoice.objects.filter(pk=later.pk).update(next_payment_attempt=DUE + DAY)

    run()

    assert not Charge.objects.exists()


def test_an_invoice_that_cannot_be_charged_does_not_stand_in_the_way() -> None:
    stuck, free = owed(on_autopay(name="Stuck")), owed(on_autopay(name="Free"))
    Invoice.objects.filter(pk=stuck.pk).update(disabled_payment_methods=["credit_card"])

    assert run(most=1) is True
    assert run(most=1) is False

    assert list(Payment.objects.values_list("customer__name", flat=True)) == ["Free"]
    stuck.refresh_from_db()
    assert (stuck.attempt_count, stuck.next_payment_attempt) == (0, DUE + DAY)
    assert free.pk


def test_what_is_put_off_for_a_day_is_told() -> None:
    invoice = owed(on_autopay())
    Invoice.objects.update(disabled_payment_methods=["credit_card"])
    invoice.refresh_from_db()
    before = invoice.next_payment_attempt

    run()
    run()

    told = Event.objects.get(type="invoice.updated")
    assert before is not None
    assert told.previous == {"next_payment_attempt": before.timestamp()}
    assert told.data["object"]["next_payment_attempt"] == (DUE + DAY).timestamp()


def test_a_debit_leaves_the_queue_until_it_comes_back() -> None:
    invoice = owed(on_autopay("tok_bank"))

    run()
    run(DUE + 3 * DAY)
    assert Charge.objects.count() == 1
    simulate(charge=Charge.objects.get(), succeeded=False, now=DUE + 4 * DAY)

    invoice.refresh_from_db()
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (1, DUE + 7 * DAY)
    assert not due_invoices(DUE + 5 * DAY).exists()
    assert due_invoices(DUE + 7 * DAY).exists()


def test_instalments_are_charged_one_by_one_on_their_dates() -> None:
    invoice = owed(on_autopay(), 90)
    parts = [Part(DUE + 10 * DAY, 3000), Part(DUE + 40 * DAY, 6000)]
    make_plan(invoice=invoice, parts=parts, now=MARCH_2)

    for days in (0, 9, 10, 11, 39, 40, 41):
        run(DUE + days * DAY)

    assert taken_at_gateway() == [3000, 6000]
    invoice.refresh_from_db()
    assert (invoice.balance, invoice.next_payment_attempt) == (0, None)


def test_the_task_takes_a_batch_and_signs_its_work(settings: Any) -> None:
    settings.WORK_BATCH_ROWS = 1
    owed(on_autopay())
    Invoice.objects.update(next_payment_attempt=MARCH_2 - 30 * DAY)

    tasks.charge_due_invoices()

    assert Event.objects.filter(type="payment.created").get().actor == "AutoPay"
    assert Customer.objects.count() == 1
