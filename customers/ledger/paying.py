"""Payments: receive, apply, spread, void, refund, take back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from customers.dates import whole_second
from customers.errors import Refused
from customers.ledger.applying import Application, apply, redate, release, settle_credit_of
from customers.ledger.changes import what_changed
from customers.ledger.claims import CLAIMED_AMOUNT
from customers.ledger.events import record_event
from customers.ledger.locking import lock_accounts, lock_settlements
from customers.ledger.settling import balances, settle_documents, settling_as_one
from customers.models import (
    Charge,
    Company,
    CreditNote,
    Customer,
    Invoice,
    Payment,
    PaymentApplication,
    Reversal,
)
from customers.signals import payment_received
from customers.wire import describe

Type = PaymentApplication.Type
NOT_CASH = (Type.CREDIT_NOTE, Type.APPLIED_CREDIT)


@transaction.atomic
def record_payment(
    *,
    customer: Customer | None,
    amount: int,
    now: datetime,
    currency: str | None = None,
    applications: Sequence[Application] = (),
    spread: bool = False,
    values: Mapping[str, Any] | None = None,
    charge: Charge | None = None,
) -> Payment:
    """Record money received, in minor units, and what it settles; the rest stays unapplied.

    Without a customer the first applied document names it; without either the payment is
    unmatched. `spread` fills the oldest open invoices with what is left. `values`: `date`,
    `method`, `reference`, `notes`, `source`, `status`, `metadata`, ... `charge`, already changed
    by its caller, is saved as the charge that brought the money.
    Source: Invoiced API, Payments.
    """
    customer = customer or _customer_of(applications)
    lock_accounts([customer.pk if customer else None, *_owners(applications)])
    wanted = {"date": now, **(values or {})}
    payment = Payment(
        customer=customer,
        amount=_checked_amount(amount),
        balance=amount,
        currency=currency or _currency_of(applications, customer),
        created_at=now,
        **wanted,
    )
    payment.date = whole_second(payment.date)
    payment.save()
    if charge is not None:
        charge.payment = payment
        charge.save()
    if applications:
        use_payment(payment, applications, applied_at=payment.date)
    if spread:
        spread_payment(payment=payment, now=now, applied_at=payment.date)
    payment.refresh_from_db(fields=["balance"])
    record_event(type="payment.created", row=payment, now=now)
    announce(payment, now)
    return payment


@transaction.atomic
def apply_payment(*, payment: Payment, applications: Sequence[Application], now: datetime) -> Payment:
    """Apply more of a payment, dated now: before this moment the documents were still open."""
    payment = locked_payment(payment, applications)
    check_usable(payment)
    before = describe(payment)
    use_payment(payment, applications, applied_at=now)
    return changed_payment(payment, before, now)


@transaction.atomic
def spread_payment(*, payment: Payment, now: datetime, applied_at: datetime | None = None) -> Payment:
    """Fill the payer's open invoices with what is unapplied: earliest due first, then oldest."""
    payment = locked_payment(payment, ())
    check_usable(payment)
    if payment.customer is None:
        raise Refused("This payment has no customer.", param="customer")
    left, wanted = payment.balance, []
    rows = Invoice.objects.open().filter(customer=payment.customer, currency=payment.currency)
    rows = rows.annotate(claimed_amount=CLAIMED_AMOUNT)
    order = (F("due_date").asc(nulls_last=True), "date", "pk")
    invoice: Any  # with the amount that charges hold of it
    for invoice in rows.select_related("customer").order_by(*order):
        if left <= 0:
            break
        part = min(left, invoice.balance - invoice.claimed_amount)
        if part <= 0:
            continue
        wanted.append(Application(type=Type.INVOICE, amount=part, invoice=invoice))
        left -= part
    apply(
        applications=wanted,
        payer=payment.customer,
        currency=payment.currency,
        applied_at=applied_at or now,
        payment=payment,
    )
    payment.refresh_from_db(fields=["balance"])
    return payment


@transaction.atomic
@settling_as_one()
def update_payment(
    *,
    payment: Payment,
    changes: Mapping[str, Any],
    now: datetime,
    applications: Sequence[Application] | None = None,
) -> Payment:
    """Change a payment; `applications`, when given, replaces what it is applied to.

    An application that stays as it is keeps its date; new ones are dated now.
    """
    new_customer = changes.get("customer")
    payment = locked_payment(payment, applications or (), others=[new_customer.pk if new_customer else None])
    if payment.voided:
        raise Refused("This payment is voided and cannot be changed.")
    given_back = payment.given_back_at()
    if given_back or _is_charged(payment):
        _check_fixed(payment, changes)
    before, was, dated = describe(payment), payment.status, payment.date
    live = payment.applications.filter(ended_at=None)
    if "currency" in changes and changes["currency"] != payment.currency and live.exists():
        raise Refused("The currency cannot be changed while the payment is applied.", param="currency")
    if "customer" in changes and changes["customer"] != payment.customer:
        release(live, now=now)
    for name, value in changes.items():
        setattr(payment, name, value)
    note_status(payment, was, now)
    payment.date = whole_second(payment.date)
    if given_back and payment.date > given_back:
        raise Refused("The date lies after the day on which money was given back.", param="date")
    payment.amount = _checked_amount(payment.amount)
    payment.balance = min(payment.balance, payment.amount)
    if what_changed(before, describe(payment)):
        payment.save()
    if applications is None and balances(Payment, ids=[payment.pk])[0].computed < 0:
        raise Refused("The amount cannot be lower than what is applied of the payment.", param="amount")
    replaced = applications is not None and _replace(payment, applications, now)
    rows = payment.applications.select_related("payment", "credit_note", "invoice")
    redate(rows, source=payment, was=dated)
    settle_documents(payments=[payment.pk])
    return changed_payment(payment, before, now, always=replaced)


@transaction.atomic
def void_payment(*, payment: Payment, now: datetime) -> Payment:
    """Take a payment out of every period; what it had settled is open again as if it never came."""
    payment = locked_payment(payment, ())
    if payment.voided:
        raise Refused("This payment is already voided.")
    if _is_charged(payment):
        raise Refused("This payment was charged and cannot be voided: refund its charge instead.")
    if payment.given_back_at():
        raise Refused("This payment was refunded or taken back and cannot be voided.")
    before = describe(payment)
    release(payment.applications.all(), now=now, never_counted=True)
    payment.voided_at, payment.balance = whole_second(now), payment.amount
    payment.save()
    # To the wire a voided payment is a deleted one: DELETE is how it is done.
    return changed_payment(payment, before, now, type="payment.deleted")


def note_status(payment: Payment, was: str, now: datetime) -> None:
    """Remember since when a payment is not pending any more; nothing is saved here.

    One that counted and is made a failed one by a correction was never pending.
    """
    if payment.status != was:
        pending = Payment.Status.PENDING
        payment.pending_until = whole_second(now) if was == pending else None


def use_payment(payment: Payment, applications: Sequence[Application], *, applied_at: datetime) -> None:
    if not applications:
        return
    if payment.customer is None:
        raise Refused("The payment needs a customer before it can be applied.", param="customer")
    check_usable(payment)
    cash = sum(part.amount for part in applications if part.type not in NOT_CASH)
    if cash > balances(Payment, ids=[payment.pk])[0].computed:
        raise Refused("More is applied than the payment has left.", param="applied_to")
    apply(
        applications=applications,
        payer=payment.customer,
        currency=payment.currency,
        applied_at=applied_at,
        payment=payment,
    )


def _replace(payment: Payment, applications: Sequence[Application], now: datetime) -> bool:
    """Make `applications` what the payment is applied to; whether anything had to change."""

    def key(part: Any) -> tuple[str, int | None, int | None, int]:
        invoice, note = getattr(part, "invoice", None), getattr(part, "credit_note", None)
        return (part.type, invoice.pk if invoice else None, note.pk if note else None, part.amount)

    missing = list(applications)
    stale = []
    rows = payment.applications.filter(ended_at=None).select_related("invoice", "credit_note")
    for row in rows.order_by("pk"):
        same = next((part for part in missing if key(part) == key(row)), None)
        if same is None:
            stale.append(row)
        else:
            missing.remove(same)
    release(stale, now=now, replaced=True)
    use_payment(payment, missing, applied_at=now)
    settle_credit_of(stale)
    return bool(stale or missing)


def locked_payment(
    payment: Payment, applications: Sequence[Application], *, others: Sequence[int | None] = ()
) -> Payment:
    """The payment read under the lock of every account that it touches or shall touch."""
    lock_settlements(payment, others=[*_owners(applications), *others])
    return Payment.objects.select_related("customer").get(pk=payment.pk)


def changed_payment(
    payment: Payment,
    before: Mapping[str, Any],
    now: datetime,
    *,
    always: bool = False,
    type: str = "payment.updated",
) -> Payment:
    """The payment read afresh, its change recorded; `always` for changes that its own attributes hide."""
    payment = Payment.objects.select_related("customer").get(pk=payment.pk)
    previous = what_changed(before, describe(payment))
    if previous or always:
        Payment.objects.filter(pk=payment.pk).update(updated_at=now)
        record_event(type=type, row=payment, now=now, previous=previous)
    return payment


def announce(payment: Payment, now: datetime) -> None:
    if payment.status == Payment.Status.SUCCEEDED and payment.customer_id:
        payment_received.send_robust(
            sender=Payment, payment_id=payment.pk, customer_id=payment.customer_id, now=now
        )


def _check_fixed(payment: Payment, changes: Mapping[str, Any]) -> None:
    for name in ("customer", "currency", "amount"):
        if name in changes and changes[name] != getattr(payment, name):
            raise Refused(
                f"The {name} cannot be changed: the payment was charged, refunded or taken back.", param=name
            )


def _is_charged(payment: Payment) -> bool:
    return Charge.objects.filter(payment=payment).exists()


def check_usable(payment: Payment) -> None:
    if payment.voided:
        raise Refused("This payment is voided.")
    if payment.status != Payment.Status.SUCCEEDED:
        raise Refused("This payment has not been received yet.")
    if Reversal.objects.filter(payment=payment).exists():
        raise Refused("This payment was taken back by the bank.")


def _checked_amount(amount: int) -> int:
    if amount < 0:
        raise Refused("The amount of a payment cannot be negative.", param="amount")
    return amount


def _owners(applications: Sequence[Application]) -> list[int]:
    documents = [part.invoice or part.credit_note for part in applications]
    return [document.customer_id for document in documents if document is not None]


def _customer_of(applications: Sequence[Application]) -> Customer | None:
    for part in applications:
        document = part.invoice or part.credit_note
        if document is not None:
            return document.customer
    return None


def _currency_of(applications: Sequence[Application], customer: Customer | None) -> str:
    documents = [part.invoice or part.credit_note for part in applications]
    return payment_currency(documents, customer)


def payment_currency(documents: Sequence[Invoice | CreditNote | None], customer: Customer | None) -> str:
    """The currency of a payment that names none: of what it settles, else the customer's or company's."""
    for document in documents:
        if document is not None:
            return document.currency
    return (customer.currency if customer else "") or Company.get().currency
