"""The member of the wire (Invoiced API, Members)."""

from typing import Any

from customers.models import Role, User
from customers.wire.user import describe_user
from customers.wire.values import seconds


def describe_member(row: User) -> dict[str, Any]:
    """A member of staff with what they may see: account managers the customers they own.

    No mails about events are sent to staff, so their frequency is always `never`.
    """
    user = describe_user(row)
    own_only = row.role == Role.ACCOUNT_MANAGER and not row.is_superuser
    return {
        "id": row.pk,
        "object": "member",
        "role": Role.ADMIN.value if row.is_superuser else row.role,
        "restriction_mode": "owner" if own_only else "none",
        "restrictions": {},
        "email_update_frequency": "never",
        "last_accessed": seconds(row.last_login),
        "user": user,
        "created_at": user["created_at"],
        "updated_at": user["updated_at"],
    }
