"""API keys: drawn once, never shown again, revoked for good. Both are in the audit trail."""

from datetime import datetime

from django.db import transaction

from customers.errors import Refused
from customers.ledger.events import record_fact
from customers.models import ApiKey, Role, User
from customers.wire.values import seconds


@transaction.atomic
def issue_api_key(
    *,
    name: str,
    role: str,
    now: datetime,
    user: User | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Draw a key. The text is returned once and stored nowhere.

    Raises Refused for an account manager's key without `user`: it sees that person's customers only;
    and for one that would have expired already (`expires_at`).
    """
    if role == Role.ACCOUNT_MANAGER and user is None:
        raise Refused("An account manager's key needs the member of staff whose customers it sees.", "user")
    if expires_at is not None and expires_at <= now:
        raise Refused("The key would have expired already.", "expires_at")
    row, key = ApiKey.issue(name=name, role=role, user=user)
    if expires_at is not None:
        row.expires_at = expires_at
        row.save(update_fields=["expires_at"])
    data = {
        "name": row.name,
        "role": row.role,
        "last4": row.last4,
        "user": None if user is None else user.username,
        "expires_at": seconds(expires_at),
    }
    _record("created", row.pk, now, {"object": data})
    return key


@transaction.atomic
def revoke_api_key(*, key_id: int, now: datetime) -> bool:
    """Let a key open nothing any more, from the next request on; False when it was revoked before."""
    revoked = ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=now, updated_at=now) == 1
    if revoked:
        _record("revoked", key_id, now, {})
    return revoked


def _record(act: str, pk: int, now: datetime, data: dict[str, object]) -> None:
    record_fact(type=f"api_key.{act}", object_type="api_key", object_id=str(pk), data=data, now=now)
