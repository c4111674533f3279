"""When AutoPay charges an invoice next: one rule, asked after whatever changed the invoice.

Nothing is saved here: the columns of `SCHEDULE` are set on the row. The charge is found by its date
later, so no job can be lost. In words: `docs/charging.md`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from customers.dates import plus_days, whole_second
from customers.ledger.given_back import was_given_back
from customers.ledger.instalments import open_instalments, plan_of
from customers.models import Company, Invoice, PaymentPlan

SCHEDULE = ("next_payment_attempt", "attempt_count", "first_failed_at")
SOONEST_CHARGE = timedelta(hours=1)


def schedule(
    invoice: Invoice, *, now: datetime, anew: bool = False, balance_before: int | None = None
) -> None:
    """Set when the invoice is charged next, None for never.

    A date that is there stays, unless the invoice begins `anew` (it is issued, put on AutoPay or on a
    plan, taken off its plan), was open no more (`balance_before`, in minor units), or is done with an
    instalment. A new date begins a new series of attempts.
    """
    if invoice.draft and invoice.autopay:
        return  # what was asked for waits until it is issued
    if not is_collected(invoice):
        invoice.next_payment_attempt = None
        return
    before = invoice.balance if balance_before is None else balance_before
    plan = plan_of(invoice)
    if plan is not None:
        _by_plan(invoice, plan, now, anew=anew, before=before)
    elif anew or (before <= 0 and _is_asked_again(invoice)):
        invoice.next_payment_attempt, invoice.attempt_count = _first_charge(invoice, now), 0
    elif invoice.next_payment_attempt is not None:
        invoice.next_payment_attempt = max(invoice.next_payment_attempt, invoice.date)


def schedule_begun(invoice: Invoice, *, now: datetime) -> None:
    """Its plan has waited for a way to pay and begins. What went back is not taken again by that: it comes
    with the next instalment."""
    schedule(invoice, now=now, anew=True)
    plan = plan_of(invoice)
    if plan is not None and invoice.next_payment_attempt is not None and was_given_back(invoice):
        dates = [part.date for part, _ in open_instalments(plan, invoice.balance)]
        invoice.next_payment_attempt = next((date for date in dates if date > now), None)


def schedule_after_decline(
    invoice: Invoice, *, retry: Callable[[int], datetime | None], now: datetime
) -> None:
    """Count a declined attempt and set the next one; `retry` tells when after the n-th of a series.

    Each instalment has a series of its own: what was given up is tried again with the next instalment,
    and no retry is earlier than what it is for, nor than the attempt that was to come anyway.
    """
    plan, slot = plan_of(invoice), invoice.next_payment_attempt
    dates = [part.date for part, _ in open_instalments(plan, invoice.balance)] if plan else []
    begins = slot is not None and slot <= now and slot in dates
    invoice.attempt_count = 1 if begins else invoice.attempt_count + 1
    invoice.first_failed_at = invoice.first_failed_at or whole_second(now)
    again = retry(invoice.attempt_count)
    if not is_collected(invoice):
        again = None
    elif again is not None:
        still_to_come = [slot] if slot is not None and slot > now else []
        again = max([again, invoice.date, *dates[:1], *still_to_come])
    else:
        again = next((date for date in dates if date > now), None)
    invoice.next_payment_attempt = again


def schedule_given_up(invoice: Invoice, *, now: datetime) -> None:
    """There is another way to pay: what was given up, for now or for good, begins a new series.

    What is to be tried again anyway keeps its date: a new card is no reason to charge twice.
    """
    plan, slot = plan_of(invoice), invoice.next_payment_attempt
    dates = [part.date for part, _ in open_instalments(plan, invoice.balance)] if plan else [invoice.date]
    given_up = invoice.attempt_count > 0 and (slot is None or slot in dates[1:])
    if is_collected(invoice) and given_up and not was_given_back(invoice):
        invoice.next_payment_attempt, invoice.attempt_count = max(soonest_charge(now), dates[0]), 0


def ask_for_charge(invoice: Invoice, moment: datetime | None) -> None:
    """Set the date that somebody wants instead, None for never; the invoice's own date is the earliest."""
    plan = plan_of(invoice)
    waits = plan is not None and plan.status != PaymentPlan.Status.ACTIVE
    if (is_collected(invoice) and not waits) or (invoice.draft and invoice.autopay):
        invoice.next_payment_attempt = moment and max(moment, invoice.date)


def is_collected(invoice: Invoice) -> bool:
    """Whether there is something to charge without being told to."""
    issued = not invoice.draft and not invoice.voided and invoice.closed_at is None
    return invoice.autopay and issued and invoice.balance > 0


def soonest_charge(now: datetime) -> datetime:
    """Nothing is charged within the hour in which it became chargeable (Invoiced guide, AutoPay)."""
    return whole_second(now) + SOONEST_CHARGE


def _first_charge(invoice: Invoice, now: datetime) -> datetime:
    company, days = Company.get(), invoice.customer.autopay_delay_days
    delay = company.autopay_delay_days if days is None else days
    return plus_days(max(soonest_charge(now), invoice.date), delay, company.zone)


def _by_plan(invoice: Invoice, plan: PaymentPlan, now: datetime, *, anew: bool, before: int) -> None:
    """An instalment is charged on its date."""
    if plan.status != PaymentPlan.Status.ACTIVE:
        invoice.next_payment_attempt = None
        return
    first, was = (next(iter(open_instalments(plan, left)), None) for left in (invoice.balance, before))
    assert first is not None, "an invoice with something open has an open instalment"
    part, earlier = first[0], was and was[0]
    done = earlier is not None and (earlier.date, earlier.pk) < (part.date, part.pk)
    if done and invoice.first_failed_at and invoice.first_failed_at >= plan.agreed_at:
        # Its failures are over. Older ones say since when the invoice was late before it had a plan.
        invoice.first_failed_at = None
    on_its_day = max(part.date, invoice.date)
    if anew or (not done and part != earlier and _is_asked_again(invoice)):
        # Nobody could have expected it at once, however late it is.
        invoice.next_payment_attempt, invoice.attempt_count = max(on_its_day, soonest_charge(now)), 0
    elif done:
        invoice.next_payment_attempt, invoice.attempt_count = on_its_day, 0
    elif invoice.next_payment_attempt is not None:
        invoice.next_payment_attempt = max(invoice.next_payment_attempt, invoice.date)


def _is_asked_again(invoice: Invoice) -> bool:
    """Whether what is open once more is charged unasked. The customer may have gone off AutoPay since it
    was paid; and money that went back, by a refund or by the bank, is not taken again."""
    return invoice.customer.autopay and not was_given_back(invoice)
