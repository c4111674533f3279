"""The note of the wire (Invoiced API, Notes)."""

from typing import Any

from customers.models import Note
from customers.wire.user import describe_user
from customers.wire.values import seconds


def describe_note(row: Note) -> dict[str, Any]:
    """`metadata` is always empty: two official clients expect the key."""
    return {
        "id": row.pk,
        "object": "note",
        "notes": row.notes,
        "customer": row.customer_id,
        "invoice": row.invoice_id,
        "user": describe_user(row.user) if row.user else None,
        "metadata": {},
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
