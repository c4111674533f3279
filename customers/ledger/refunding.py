"""Money that goes back: refunds, and payments that the bank takes back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from customers.dates import whole_second
from customers.errors import Refused
from customers.ledger.applying import release
from customers.ledger.events import record_event
from customers.ledger.paying import changed_payment, check_usable, locked_payment
from customers.ledger.settling import settle_documents, settling_as_one
from customers.models import ChargeRefund, Invoice, Payment, PaymentApplication, Refund, Reversal
from customers.money import to_amount
from customers.wire import describe

Type = PaymentApplication.Type


@transaction.atomic
def refund_payment(
    *,
    payment: Payment,
    amount: int,
    now: datetime,
    date: datetime | None = None,
    invoice: Invoice | None = None,
    notes: str = "",
) -> Refund:
    """Give money back: from the unapplied part, or from what settled `invoice`, which reopens by it."""
    payment = locked_payment(payment, ())
    check_usable(payment)
    if payment.customer is None:
        raise Refused("This payment has no customer.", param="customer")
    moment = _moment(date, payment.date, now)
    before = describe(payment)
    if amount <= 0:
        raise Refused("The refund must be more than zero.", param="amount")
    with settling_as_one():
        if invoice is not None:
            _unapply(payment, invoice, amount, moment)
        elif amount > payment.balance:
            left = f"{to_amount(payment.balance, payment.currency):,} {payment.currency.upper()}"
            raise Refused(f"Only {left} of this payment are unapplied.", param="amount")
        refund = Refund.objects.create(
            customer=payment.customer, payment=payment, invoice=invoice, currency=payment.currency,
            amount=amount, date=moment, notes=notes, created_at=now,
        )  # fmt: skip
    settle_documents(payments=[payment.pk])
    changed_payment(payment, before, now)
    record_event(type="refund.created", row=refund, now=now)
    return refund


@transaction.atomic
def give_back(
    *,
    payment: Payment,
    amount: int,
    now: datetime,
    notes: str = "",
    charge_refund: ChargeRefund | None = None,
    before: Mapping[str, Any] | None = None,
) -> Refund:
    """A refund that takes what it needs: the unapplied part, credit, what was settled last, then the fee.

    Invoices reopen by what is taken off them; what gives a convenience fee back is kept apart.
    `charge_refund`, already changed by its caller, is saved as what it is at the gateway; `before` is
    what the wire showed of the payment without it. Raises Refused for more than the payment has left,
    and for credit that was spent meanwhile.
    """
    payment = locked_payment(payment, ())
    check_usable(payment)
    if payment.customer is None:
        raise Refused("This payment has no customer.", param="customer")
    moment = _moment(None, payment.date, now)
    before = describe(payment) if before is None else before
    if amount <= 0:
        raise Refused("The refund must be more than zero.", param="amount")
    with settling_as_one():
        missing = amount - payment.balance
        order = (Type.CREDIT, Type.INVOICE)
        rows = payment.applications.filter(ended_at=None, type__in=order).select_related("invoice")
        for row in sorted(rows, key=lambda row: (order.index(Type(row.type)), -row.pk)):
            if missing <= 0:
                break
            missing -= _shorten(row, missing, moment)
        fee = min(max(0, missing), _fee_left(payment))
        missing -= fee
        if missing > 0:
            left = f"{to_amount(amount - missing, payment.currency):,} {payment.currency.upper()}"
            raise Refused(f"Only {left} of this payment are left.", param="amount")
        refund = Refund.objects.create(
            customer=payment.customer, payment=payment, currency=payment.currency, amount=amount, fee=fee,
            date=moment, notes=notes, created_at=now,
        )  # fmt: skip
    if charge_refund is not None:
        charge_refund.refund = refund
        charge_refund.save()
    settle_documents(payments=[payment.pk])
    changed_payment(payment, before, now, always=True)
    record_event(type="refund.created", row=refund, now=now)
    return refund


def _fee_left(payment: Payment) -> int:
    """What of a payment's convenience fee was not given back yet."""
    fees = payment.applications.filter(ended_at=None, type=Type.CONVENIENCE_FEE)
    paid, back = fees.aggregate(sum=Sum("amount"))["sum"], payment.refunds.aggregate(sum=Sum("fee"))["sum"]
    return max(0, int(paid or 0) - int(back or 0))


def _shorten(row: PaymentApplication, wanted: int, moment: datetime) -> int:
    """Take an application back, as a whole or by a part; how much came free."""
    taken = min(wanted, row.amount)
    if taken < row.amount:
        # Written first: credit that was spent must not be missing for a moment.
        PaymentApplication.objects.create(
            type=row.type, customer_id=row.customer_id, payer_id=row.payer_id, currency=row.currency,
            amount=row.amount - taken, payment_id=row.payment_id, invoice=row.invoice,
            applied_at=moment, effective_at=max(row.effective_at, moment),
        )  # fmt: skip
    release([row], now=moment)
    return taken


@transaction.atomic
def reverse_payment(
    *, payment: Payment, now: datetime, date: datetime | None = None, reason: str = ""
) -> Reversal:
    """Record that the bank took a payment back: the day keeps both lines, its invoices reopen.

    Raises Refused when credit that came from it was already spent: release that first.
    """
    payment = locked_payment(payment, ())
    check_usable(payment)
    if payment.customer is None:
        raise Refused("This payment has no customer.", param="customer")
    moment = _moment(date, payment.date, now)
    before = describe(payment)
    fees = payment.applications.filter(ended_at=None, type=Type.CONVENIENCE_FEE)
    kept = sum(fees.values_list("amount", flat=True))
    kept += payment.refunds.aggregate(sum=Sum(F("amount") - F("fee")))["sum"] or 0
    if payment.amount <= kept:
        raise Refused("Nothing of this payment is left to take back.")
    with settling_as_one():
        release(payment.applications.filter(ended_at=None).exclude(type=Type.CONVENIENCE_FEE), now=moment)
        reversal = Reversal.objects.create(
            customer=payment.customer, payment=payment, currency=payment.currency,
            amount=payment.amount - kept, date=moment, reason=reason, created_at=now,
        )  # fmt: skip
    settle_documents(payments=[payment.pk])
    changed_payment(payment, before, now)
    record_event(type="reversal.created", row=reversal, now=now)
    return reversal


def _unapply(payment: Payment, invoice: Invoice, amount: int, moment: datetime) -> None:
    """Take an amount of a payment off an invoice again, from a moment on."""
    rows = list(payment.applications.filter(ended_at=None, type=Type.INVOICE, invoice=invoice).order_by("pk"))
    applied = sum(row.amount for row in rows)
    if amount > applied:
        raise Refused(
            f"Only {to_amount(applied, payment.currency):,} {payment.currency.upper()} of this payment "
            f"settled invoice {invoice.number}.",
            param="amount",
        )
    if applied > amount:
        # Written first: else the invoice would be open as a whole for a moment.
        PaymentApplication.objects.create(
            type=Type.INVOICE, customer=invoice.customer, payer_id=rows[0].payer_id,
            currency=payment.currency, amount=applied - amount, payment=payment, invoice=invoice,
            applied_at=moment, effective_at=max(rows[0].effective_at, moment),
        )  # fmt: skip
    release(rows, now=moment)


def _moment(date: datetime | None, earliest: datetime, now: datetime) -> datetime:
    moment = whole_second(date or now)
    if moment < earliest:
        raise Refused("The date lies before the payment.", param="date")
    return moment
