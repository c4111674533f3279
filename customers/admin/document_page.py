"""One invoice or credit note as staff read it: lines, totals, what settled it, its history."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from customers.admin.figures import day_of, money, plain
from customers.admin.pages import history_of
from customers.ledger.aging import Ruler
from customers.models import CreditNote, Invoice, PaymentApplication
from customers.money import exponent

Document = Invoice | CreditNote
APPLICATION_NAMES = {
    "invoice": "Payment",
    "credit_note": "Credit note",
    "applied_credit": "Credit balance",
    "credit": "To credit balance",
    "convenience_fee": "Convenience fee",
}


def status_of(document: Document, ruler: Ruler) -> tuple[str, str]:
    """The word for a document's present state, and the colour of its pill."""
    if document.voided:
        return "Voided", ""
    if document.draft:
        return "Draft", "warning"
    if isinstance(document, CreditNote):
        return ("Used", "success") if not document.balance else ("Open", "info")
    if document.closed_at is not None:
        return "Closed", ""
    if not document.balance:
        return "Paid", "success"
    due = int(document.due_date.timestamp()) if document.due_date else None
    return ("Past due", "danger") if ruler.is_late(due) else ("Open", "info")


def ruler_of(now: datetime, zone: ZoneInfo) -> Ruler:
    return Ruler.of(int(now.timestamp()), zone)


def describe_document(document: Document, *, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Everything the page shows, as plain values."""
    currency = document.currency
    word, colour = status_of(document, ruler_of(now, zone))
    return {
        "document": document,
        "status": word,
        "status_colour": colour,
        "facts": _facts(document, zone),
        "lines": [
            {
                "name": line.name,
                "description": line.description,
                "quantity": f"{line.quantity.normalize():f}",
                "unit_cost": _price(line.unit_cost, currency),
                "amount": plain(line.amount, currency),
            }
            for line in document.items.order_by("position", "pk")
        ],
        "totals": _totals(document),
        "uses": [*_uses(document, zone), *_events(document, zone)],
        "history": history_of(_name(document), document.pk, zone),
    }


def _price(unit_cost: Decimal, currency: str) -> str:
    """With all its decimals, but not fewer than the currency has."""
    least = Decimal(1).scaleb(-exponent(currency))
    short = unit_cost.quantize(least)
    return f"{short if short == unit_cost else unit_cost.normalize():,f}"


def _name(document: Document) -> str:
    return "invoice" if isinstance(document, Invoice) else "credit_note"


def _facts(document: Document, zone: ZoneInfo) -> list[tuple[str, str]]:
    facts = [("Date", day_of(document.date, zone))]
    if isinstance(document, Invoice):
        facts += [
            ("Due", day_of(document.due_date, zone)),
            ("Terms", document.payment_terms),
            ("Next charge", day_of(document.next_payment_attempt, zone)),
            ("Disputed", _span(document.disputed_from, document.disputed_until, zone)),
            ("Closed", day_of(document.closed_at, zone)),
        ]
    elif document.invoice:
        facts.append(("For invoice", document.invoice.number))
    facts += [
        ("Purchase order", document.purchase_order),
        ("Voided", day_of(document.voided_at, zone)),
        ("Sent", day_of(document.sent_at, zone)),
        ("Notes", document.notes),
    ]
    return [(name, value) for name, value in facts if value]


def _span(begun: datetime | None, ended: datetime | None, zone: ZoneInfo) -> str:
    if begun is None:
        return ""
    since = day_of(begun, zone)
    return f"{since} to {day_of(ended, zone)}" if ended else f"since {since}"


def _totals(document: Document) -> list[tuple[str, str, bool]]:
    currency = document.currency
    rows = [("Subtotal", money(document.subtotal, currency), False)]
    for levy in document.levies.select_related("tax_rate").order_by("pk"):
        if levy.kind == "discount":
            rows.append(("Discount", money(-levy.amount, currency), False))
        else:
            rows.append((levy.tax_rate.name if levy.tax_rate else "Tax", money(levy.amount, currency), False))
    rows.append(("Total", money(document.total, currency), True))
    settled = document.total - document.balance
    if settled and not document.voided:
        rows.append(("Settled", money(-settled, currency), False))
    rows.append(("Open", money(document.balance, currency), True))
    return rows


def _uses(document: Document, zone: ZoneInfo) -> list[dict[str, Any]]:
    rows = document.applications.select_related("payment", "credit_note", "invoice", "payer")
    return [
        {
            "date": day_of(row.effective_at, zone),
            "what": APPLICATION_NAMES[row.type],
            "with": _other(row, document),
            "amount": money(row.amount, row.currency),
            "ended": day_of(row.ended_at, zone),
        }
        for row in rows.order_by("effective_at", "pk")
    ]


def _other(row: PaymentApplication, document: Document) -> tuple[str, str]:
    """The other side of an application: its label and address."""
    if isinstance(document, CreditNote):
        if row.invoice is None:
            return "", ""
        return row.invoice.number, reverse("admin:customers_invoice_change", args=[row.invoice.pk])
    if row.credit_note is not None:
        return row.credit_note.number, reverse("admin:customers_creditnote_change", args=[row.credit_note.pk])
    if row.payment is not None:
        return str(row.payment), reverse("admin:customers_payment_change", args=[row.payment.pk])
    return row.payer.name, ""


def _events(document: Document, zone: ZoneInfo) -> list[dict[str, Any]]:
    if isinstance(document, CreditNote):
        return []
    written = [
        {
            "date": day_of(row.date, zone), "what": f"Write-off: {row.get_reason_display().lower()}",
            "with": (row.notes, ""), "amount": money(row.amount, row.currency),
            "ended": day_of(row.ended_at, zone),
        }
        for row in document.write_offs.order_by("date", "pk")
    ]  # fmt: skip
    refunded = [
        {
            "date": day_of(row.date, zone), "what": "Refund", "with": (str(row.payment),
            reverse("admin:customers_payment_change", args=[row.payment_id])),
            "amount": money(-row.amount, row.currency), "ended": "",
        }
        for row in document.refunds.select_related("payment").order_by("date", "pk")
    ]  # fmt: skip
    return [*written, *refunded]
