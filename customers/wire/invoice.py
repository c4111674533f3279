"""The invoice of the wire (Invoiced API, Invoices)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from customers import links
from customers.dates import local_day
from customers.models import ChargeClaim, Company, Invoice, PaymentPlan, WriteOff
from customers.wire.document import describe_document
from customers.wire.values import seconds, text


def describe_invoices(rows: Iterable[Invoice]) -> list[dict[str, Any]]:
    """Many invoices, with one look at the clock and at the company's time zone."""
    now, zone = timezone.now(), Company.get().zone
    return [describe_invoice(row, now=now, zone=zone) for row in rows]


def describe_invoice(
    row: Invoice, *, now: datetime | None = None, zone: ZoneInfo | None = None
) -> dict[str, Any]:
    url = None if row.draft else links.invoice_url(row.token)
    return describe_document(row) | {
        "object": "invoice",
        "closed": row.closed_at is not None,
        "paid": is_paid(row),
        "status": invoice_status(row, now or timezone.now(), zone),
        "autopay": row.autopay,
        "attempt_count": row.attempt_count,
        "next_payment_attempt": seconds(row.next_payment_attempt),
        "subscription": None,
        "due_date": seconds(row.due_date),
        "payment_terms": text(row.payment_terms),
        "ship_to": row.ship_to or None,
        "payment_plan": next((plan.pk for plan in _plans(row)), None),
        # Of ours: what a voided source of a consolidated invoice went into.
        "consolidated_into": row.consolidated_into_id,
        "url": url,
        "payment_url": url and f"{url}/payment",
        "pdf_url": url and f"{url}/pdf",
    }


def is_paid(row: Invoice) -> bool:
    return not row.draft and not row.voided and row.balance <= 0 and not _given_up(row)


def _given_up(row: Invoice) -> list[WriteOff]:
    """Write-offs in force; only closed invoices are asked, so that open ones cost no query."""
    return [] if row.closed_at is None else [part for part in row.write_offs.all() if part.ended_at is None]


def invoice_status(row: Invoice, now: datetime, zone: ZoneInfo | None = None) -> str:
    """The first that holds: voided, draft, paid, bad_debt, pending, past_due, viewed, sent, not_sent.

    Past due follows the company's calendar day, so it turns by itself at midnight.
    """
    if row.voided:
        return "voided"
    if row.draft:
        return "draft"
    if is_paid(row):
        return "paid"
    if any(part.reason == WriteOff.Reason.BAD_DEBT for part in _given_up(row)):
        return "bad_debt"
    if _is_claimed(row):
        return "pending"
    if _past_due(row, now, zone):
        return "past_due"
    if row.viewed_at:
        return "viewed"
    return "sent" if row.sent_at else "not_sent"


def _is_claimed(row: Invoice) -> bool:
    """Whether a charge has it in hand; lists bring the answer along as `claimed`."""
    claimed = getattr(row, "claimed", None)
    if claimed is None:
        claimed = ChargeClaim.objects.filter(invoice=row, released_at=None).exists()
    return bool(claimed)


def _past_due(row: Invoice, now: datetime, zone: ZoneInfo | None) -> bool:
    plan = next(iter(_plans(row)), None)
    if plan is None and row.due_date is None:
        return bool(row.autopay and row.first_failed_at and row.first_failed_at <= now)
    zone = zone or Company.get().zone
    today = local_day(now, zone)
    if plan is None:
        return local_day(row.due_date, zone) < today
    # What is paid fills the oldest instalment first: more is open than what is still to come.
    to_come = sum(part.amount for part in plan.instalments.all() if local_day(part.date, zone) >= today)
    return row.balance > to_come


def _plans(row: Invoice) -> list[PaymentPlan]:
    return [plan for plan in row.payment_plans.all() if plan.status != "canceled"] if row.pk else []
