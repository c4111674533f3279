"""The credit balance adjustment of the wire (Invoiced API, Credit Balance Adjustments)."""

from typing import Any

from customers.models import CreditAdjustment
from customers.wire.values import money, seconds, text


def describe_credit_adjustment(row: CreditAdjustment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "credit_balance_adjustment",
        "customer": row.customer_id,
        "currency": row.currency,
        "amount": money(row.amount, row.currency),
        "date": seconds(row.date),
        "notes": text(row.notes),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
