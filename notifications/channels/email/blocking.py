"""Addresses that are not written to any more: their mailbox is gone, or their owner wants no mails."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from customers.ledger.events import record_fact
from notifications.models import BlockedAddress, Message

Reason = BlockedAddress.Reason

# What a message's failure says about its address. Policies, full mailboxes and spam filters say nothing.
GONE: dict[str, str] = {
    Message.Reason.INVALID: Reason.BOUNCED,
    Message.Reason.BOUNCED: Reason.BOUNCED,
    Message.Reason.UNSUBSCRIBED: Reason.UNSUBSCRIBED,
}


def key_of(address: str) -> str:
    """An address in one spelling."""
    return address.strip().lower()


def blocked_among(addresses: Iterable[str]) -> set[str]:
    """Those of these addresses that are blocked, as keys."""
    keys = {key_of(address) for address in addresses}
    rows = BlockedAddress.objects.filter(address__in=keys) if keys else BlockedAddress.objects.none()
    return set(rows.values_list("address", flat=True))


def block_address(
    *, address: str, reason: str, now: datetime, detail: str = "", message: Message | None = None
) -> bool:
    """Write to this address no more; False when it is blocked already."""
    with transaction.atomic():
        facts = {"reason": reason, "detail": detail[:500], "message": message, "blocked_at": now}
        row, new = BlockedAddress.objects.get_or_create(address=key_of(address), defaults=facts)
        if new:
            _record(row, "blocked", now)
    return new


def unblock_address(*, address: str, now: datetime) -> bool:
    """Let mails go to this address again; False when it was not blocked."""
    with transaction.atomic():
        row = BlockedAddress.objects.select_for_update().filter(address=key_of(address)).first()
        if row is None:
            return False
        _record(row, "unblocked", now)
        row.delete()
    return True


def _record(row: BlockedAddress, act: str, now: datetime) -> None:
    record_fact(
        type=f"email_address.{act}",
        object_type="email_address",
        object_id=row.address[:64],
        customer_id=row.message.customer_id if row.message else None,
        data={"address": row.address, "reason": row.reason, "detail": row.detail},
        now=now,
    )
