"""Payment plans: the balance of an invoice in dated parts (Invoiced API, Payment Plans)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.dates import due_date_for, whole_second
from customers.errors import Refused
from customers.ledger.changes import what_changed, with_balance
from customers.ledger.claims import check_unclaimed
from customers.ledger.events import record_event
from customers.ledger.instalments import plan_of
from customers.ledger.locking import lock_accounts
from customers.ledger.scheduling import SCHEDULE, schedule, schedule_begun
from customers.models import Company, Customer, Instalment, Invoice, PaymentPlan
from customers.models.payment_plan import LIVE
from customers.money import LARGEST_MINOR, to_amount
from customers.wire import describe

# Labels that stand in for the terms of an invoice.
AUTOPAY_TERMS, PLAN_TERMS = "AutoPay", "Payment Plan"
MOST_INSTALMENTS = 100

Status = PaymentPlan.Status


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment as asked for; `amount` in minor units."""

    date: datetime
    amount: int


@transaction.atomic
def make_plan(*, invoice: Invoice, parts: Sequence[Part], now: datetime) -> PaymentPlan:
    """Spread what is open on an invoice over dates. An AutoPay invoice is charged on these dates.

    Until an AutoPay customer has a way to pay the plan waits for it (`pending_signup`). Raises Refused
    for an invoice that is a draft, paid, closed, voided, being charged, or has a plan; for parts that
    do not add up to its balance.
    """
    invoice = _locked(invoice)
    _check_invoice(invoice)
    _check_parts(invoice, parts)
    before = describe(invoice)
    plan = PaymentPlan.objects.create(
        invoice=invoice,
        status=_first_status(invoice),
        agreed_at=whole_second(now),
        terms_before=invoice.payment_terms,
        created_at=now,
    )
    Instalment.objects.bulk_create(
        Instalment(plan=plan, date=whole_second(part.date), amount=part.amount)
        for part in sorted(parts, key=lambda part: part.date)
    )
    if not invoice.autopay:
        invoice.payment_terms = PLAN_TERMS
    _put_on_schedule(invoice, before, now)
    record_event(type="payment_plan.created", row=_read(plan), now=now)
    return plan


@transaction.atomic
def cancel_plan(*, plan: PaymentPlan, now: datetime) -> None:
    """End a plan; the invoice is due again as it was without it. Raises Refused while it is being charged."""
    invoice = _locked(plan.invoice)
    plan = PaymentPlan.objects.get(pk=plan.pk)
    if plan.status not in LIVE or invoice.balance <= 0:
        raise Refused("This payment plan has ended.")
    check_unclaimed(invoice, "taken off its plan")
    before = describe(invoice)
    plan.status, plan.canceled_at = Status.CANCELED, whole_second(now)
    plan.save()
    if invoice.payment_terms == PLAN_TERMS:
        invoice.payment_terms = plan.terms_before
        _due_by_terms(invoice)
    _put_on_schedule(invoice, before, now)
    record_event(type="payment_plan.deleted", row=_read(plan), now=now)


def drop_plan(invoice: Invoice, now: datetime) -> None:
    """The invoice is voided: its plan ends with it. Called under the account's lock."""
    for plan in PaymentPlan.objects.filter(invoice=invoice, status__in=LIVE):
        plan.status, plan.canceled_at = Status.CANCELED, whole_second(now)
        plan.save()
        record_event(type="payment_plan.deleted", row=_read(plan), now=now)


def start_waiting_plans(*, customer: Customer, now: datetime) -> None:
    """The customer has a way to pay: plans that waited for it begin. Called under the account's lock."""
    waiting = PaymentPlan.objects.filter(invoice__customer=customer, status=Status.PENDING_SIGNUP)
    for plan in waiting.select_related("invoice").order_by("pk"):
        invoice, before = plan.invoice, describe(plan.invoice)
        _change_status(plan, Status.ACTIVE, now)
        schedule_begun(invoice, now=now)
        _save_changed(invoice, before, now)


def pause_plans(*, customer: Customer, now: datetime) -> None:
    """The customer has no way to pay any more: plans on AutoPay wait for one, also when their invoice is open
    again later. Called under the account's lock."""
    rows = PaymentPlan.objects.filter(invoice__customer=customer, invoice__autopay=True, status=Status.ACTIVE)
    for plan in rows.select_related("invoice").order_by("pk"):
        invoice, before = plan.invoice, describe(plan.invoice)
        _change_status(plan, Status.PENDING_SIGNUP, now)
        schedule(invoice, now=now)
        _save_changed(invoice, before, now)


def note_balance(invoice: Invoice, *, before: int, now: datetime) -> None:
    """The balance was `before`, in minor units: the instalments of its plan show that, and whether it is
    finished. Called under the account's lock."""
    if (plan := plan_of(invoice)) is None:
        return
    with with_balance(invoice, before):
        shown = describe(plan)
    if previous := what_changed(shown, describe(plan)):
        plan.save(update_fields=["updated_at"])
        record_event(type="payment_plan.updated", row=plan, now=now, previous=previous)


def follow_autopay(invoice: Invoice, *, terms: str, now: datetime) -> None:
    """The invoice goes on AutoPay or off it while it has a plan: the plan waits for a way to pay, or
    begins. `terms` are the invoice's own from now on, if it had none but AutoPay. Saves the plan only.
    """
    if (plan := plan_of(invoice)) is None:
        return
    if not invoice.autopay and plan.terms_before == AUTOPAY_TERMS:
        plan.terms_before = terms
    _change_status(plan, _first_status(invoice), now)


def _change_status(plan: PaymentPlan, status: PaymentPlan.Status, now: datetime) -> None:
    before, plan.status = describe(plan), status
    plan.save()
    if previous := what_changed(before, describe(plan)):
        record_event(type="payment_plan.updated", row=plan, now=now, previous=previous)


def _due_by_terms(invoice: Invoice) -> None:
    """An invoice that was on AutoPay meanwhile has lost its due date; another one stays."""
    if invoice.due_date is None:
        zone = Company.get().zone
        invoice.due_date = due_date_for(terms=invoice.payment_terms, date=invoice.date, zone=zone)


def _put_on_schedule(invoice: Invoice, before: dict[str, Any], now: datetime) -> None:
    """The plan of an invoice began or ended: when it is charged, and that it is another one now."""
    schedule(invoice, now=now, anew=True)
    _save_changed(invoice, before, now)


def _save_changed(invoice: Invoice, before: dict[str, Any], now: datetime) -> None:
    if previous := what_changed(before, describe(invoice)):
        invoice.save(update_fields=["payment_terms", "due_date", *SCHEDULE, "number_key", "updated_at"])
        record_event(type="invoice.updated", row=invoice, now=now, previous=previous)


def _locked(invoice: Invoice) -> Invoice:
    lock_accounts([invoice.customer_id])
    return Invoice.objects.select_related("customer__payment_source").get(pk=invoice.pk)


def _read(plan: PaymentPlan) -> PaymentPlan:
    return PaymentPlan.objects.select_related("invoice").get(pk=plan.pk)


def _first_status(invoice: Invoice) -> PaymentPlan.Status:
    source = invoice.customer.payment_source
    return Status.PENDING_SIGNUP if invoice.autopay and not (source and source.chargeable) else Status.ACTIVE


def _check_invoice(invoice: Invoice) -> None:
    if invoice.draft:
        raise Refused("A draft cannot have a payment plan.")
    if invoice.voided:
        raise Refused("A voided invoice cannot have a payment plan.")
    if invoice.closed_at is not None:
        raise Refused("A closed invoice cannot have a payment plan.")
    if invoice.balance <= 0:
        raise Refused("This invoice is paid.")
    if plan_of(invoice) is not None:
        raise Refused("This invoice has a payment plan; cancel it first.")
    check_unclaimed(invoice, "spread over dates")


def _check_parts(invoice: Invoice, parts: Sequence[Part]) -> None:
    if not 1 <= len(parts) <= MOST_INSTALMENTS:
        raise Refused(f"A plan has 1 to {MOST_INSTALMENTS} installments.", param="installments")
    for index, part in enumerate(parts):
        if not 0 < part.amount < LARGEST_MINOR:
            raise Refused("An installment must be more than zero.", param=f"installments.{index}.amount")
    total = sum(part.amount for part in parts)
    if total != invoice.balance:
        asked, due = (to_amount(figure, invoice.currency) for figure in (total, invoice.balance))
        raise Refused(
            f"The installments add up to {asked:,} {invoice.currency.upper()}; the balance is {due:,}.",
            param="installments",
        )
