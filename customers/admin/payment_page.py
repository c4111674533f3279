"""One payment as staff read it: what it settled, what went back, what can be done."""

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from customers.admin.document_page import APPLICATION_NAMES
from customers.admin.figures import day_of, money
from customers.admin.pages import history_of
from customers.admin.payment_form import METHODS
from customers.models import Charge, Payment, Reversal


def state_of(payment: Payment) -> tuple[str, str]:
    """The word for a payment's present state, and the colour of its pill."""
    if payment.voided:
        return "Voided", ""
    if payment.status != Payment.Status.SUCCEEDED:
        return payment.get_status_display(), "warning"
    if is_returned(payment):
        return "Returned", "danger"
    return ("Unapplied", "info") if payment.balance else ("Applied", "success")


def is_returned(payment: Payment) -> bool:
    try:
        return payment.reversal is not None
    except Reversal.DoesNotExist:
        return False


def describe_payment(payment: Payment, zone: ZoneInfo) -> dict[str, Any]:
    """Everything the page shows, as plain values."""
    word, colour = state_of(payment)
    return {
        "payment": payment,
        "status": word,
        "status_colour": colour,
        "facts": _facts(payment, zone),
        "uses": [*_uses(payment, zone), *_returns(payment, zone)],
        "links": _links(payment),
        "acts": _acts(payment),
        "history": history_of("payment", payment.pk, zone),
    }


def _facts(payment: Payment, zone: ZoneInfo) -> list[tuple[str, str]]:
    facts = [
        ("Amount", money(payment.amount, payment.currency)),
        ("Unapplied", money(0 if payment.voided else payment.balance, payment.currency)),
        ("Date", day_of(payment.date, zone)),
        ("Method", dict(METHODS).get(payment.method, payment.method)),
        ("Reference", payment.reference),
        ("Source", payment.source),
        ("Voided", day_of(payment.voided_at, zone)),
        ("Notes", payment.notes),
    ]
    return [(name, value) for name, value in facts if value]


def _uses(payment: Payment, zone: ZoneInfo) -> list[dict[str, Any]]:
    rows = payment.applications.select_related("invoice", "customer").order_by("effective_at", "pk")
    return [
        {
            "date": day_of(row.effective_at, zone),
            "what": f"Invoice {row.invoice.number}" if row.invoice else APPLICATION_NAMES[row.type],
            "url": reverse("admin:customers_invoice_change", args=[row.invoice.pk]) if row.invoice else "",
            "customer": row.customer.name,
            "amount": money(row.amount, row.currency),
            "ended": day_of(row.ended_at, zone),
        }
        for row in rows
    ]


def _returns(payment: Payment, zone: ZoneInfo) -> list[dict[str, Any]]:
    found = [
        ("Refund" + (f" from invoice {row.invoice.number}" if row.invoice else ""), row)
        for row in payment.refunds.select_related("invoice").order_by("date", "pk")
    ]
    shown = [
        {"date": day_of(row.date, zone), "what": what, "amount": money(row.amount, row.currency)}
        for what, row in found
    ]
    if is_returned(payment):
        back = payment.reversal
        what = f"Taken back by the bank: {back.reason}" if back.reason else "Taken back by the bank"
        shown.append(
            {"date": day_of(back.date, zone), "what": what, "amount": money(back.amount, back.currency)}
        )
    return shown


def _usable(payment: Payment) -> bool:
    return not payment.voided and payment.status == Payment.Status.SUCCEEDED and not is_returned(payment)


def _links(payment: Payment) -> list[tuple[str, str, str]]:
    if not _usable(payment) or payment.customer_id is None:
        return []
    found = [("Apply", "call_split", "apply")] if payment.balance else []
    found += [("Refund", "undo", "refund"), ("Returned by the bank", "assignment_late", "returned")]
    return [
        (title, icon, reverse(f"admin:customers_payment_{act}", args=[payment.pk]))
        for title, icon, act in found
    ]


def _acts(payment: Payment) -> list[tuple[str, str, str]]:
    # A charge is given back through its gateway.
    if payment.voided or Charge.objects.filter(payment=payment).exists():
        return []
    question = "Void this payment? What it settled is open again, as if it had never come."
    return [("Void", reverse("admin:customers_payment_void", args=[payment.pk]), question)]
