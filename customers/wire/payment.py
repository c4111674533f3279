"""The payment of the wire (Invoiced API, Payments)."""

from typing import Any

from customers import links
from customers.models import Charge, Payment, PaymentApplication
from customers.wire.charge import describe_charge
from customers.wire.values import metadata, money, seconds, text


def describe_payment(row: Payment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "payment",
        "customer": row.customer_id,
        "date": seconds(row.date),
        "currency": row.currency,
        "amount": money(row.amount, row.currency),
        "balance": money(row.balance, row.currency),
        "matched": None,
        "voided": row.voided,
        "status": row.status,
        "method": row.method,
        "reference": text(row.reference),
        "notes": text(row.notes),
        "ach_sender_id": text(row.ach_sender_id),
        "source": row.source,
        "charge": _charge(row),
        "pdf_url": links.payment_pdf_url(row.token),
        "metadata": metadata(row.metadata),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }


def _charge(row: Payment) -> dict[str, Any] | None:
    try:
        return describe_charge(row.charge)
    except Charge.DoesNotExist:
        return None


def describe_application(part: PaymentApplication) -> dict[str, Any]:
    """One entry of `applied_to`; keys without a value are left out."""
    shape: dict[str, Any] = {
        "id": part.pk,
        "type": part.type,
        "amount": money(part.amount, part.currency),
        "invoice": part.invoice_id,
        "credit_note": part.credit_note_id,
    }
    if part.type in (PaymentApplication.Type.CREDIT_NOTE, PaymentApplication.Type.APPLIED_CREDIT):
        shape["document_type"] = "invoice"
    return {key: value for key, value in shape.items() if value is not None}
