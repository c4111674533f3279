"""Members of staff as the wire shows them beside notes, events and customers (Invoiced API, Members)."""

from typing import Any

from customers.models import User
from customers.wire.values import seconds


def describe_user(row: User) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "user",
        "email": row.email,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "registered": row.has_usable_password(),
        "two_factor_enabled": False,
        "created_at": seconds(row.date_joined),
        "updated_at": seconds(row.last_login or row.date_joined),
    }
