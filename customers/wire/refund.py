"""Refunds and returned payments as events show them."""

from typing import Any

from customers.models import Refund, Reversal
from customers.wire.values import money, seconds, text


def describe_refund(row: Refund) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "refund",
        "customer": row.customer_id,
        "payment": row.payment_id,
        "invoice": row.invoice_id,
        "currency": row.currency,
        "amount": money(row.amount, row.currency),
        "date": seconds(row.date),
        "notes": text(row.notes),
    }


def describe_reversal(row: Reversal) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "reversal",
        "customer": row.customer_id,
        "payment": row.payment_id,
        "currency": row.currency,
        "amount": money(row.amount, row.currency),
        "date": seconds(row.date),
        "reason": text(row.reason),
    }
