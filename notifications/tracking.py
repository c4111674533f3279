"""News about messages: opens by our own picture, and what vendors report."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from notifications.channels.base import TrackingEvent
from notifications.delivering.announcing import announce, announce_once
from notifications.delivering.settling import settle_items
from notifications.models import Message, MessageEvent

State, Type = Message.State, MessageEvent.Type

# Several loads within this time are one look at the mail.
ONE_LOOK = timedelta(seconds=60)

# From which states a notice moves a message on. Everything else is at its end, or not yet handed
# over: a late, early or repeated notice is kept and changes nothing.
_UNDER_WAY = (State.SENT, State.UNKNOWN)
_MOVES = {Type.DELIVERED: State.DELIVERED, Type.BOUNCED: State.BOUNCED, Type.FAILED: State.FAILED}


def record_open(*, tracking_id: str, ip: str | None, user_agent: str, now: datetime) -> bool:
    """Count that a mail's picture was loaded; False for unknown ids and repeated loads.

    A hint only: mail providers fetch pictures ahead, and many readers never load them.
    """
    message = Message.objects.filter(tracking_id=tracking_id, channel=Message.Channel.EMAIL).first()
    if message is None or message.sent_at is None:
        return False
    with transaction.atomic():
        opened = MessageEvent.objects.filter(
            message=message, type=Type.OPENED, occurred_at__gt=now - ONE_LOOK
        )
        if opened.filter(ip=ip).exists():
            return False
        MessageEvent.objects.create(
            message=message, type=Type.OPENED, occurred_at=now, ip=ip, user_agent=user_agent[:500]
        )
        count_open(message, now=now)
    return True


def count_open(message: Message, *, now: datetime) -> None:
    """One more look at a mail; the first one is news."""
    rows = Message.objects.filter(pk=message.pk)
    # Whoever turns 0 into 1 is the first, also when two look in the same moment.
    first = rows.filter(opens=0).update(opens=1, updated_at=now)
    if not first:
        rows.update(opens=F("opens") + 1, updated_at=now)
    message.refresh_from_db()
    if first:
        announce_once(message, "opened", now=now)


def apply_notice(*, message: Message, notice: TrackingEvent, now: datetime) -> bool:
    """Keep a vendor's notice and move the message on; False when it was known or changed nothing.

    States never go backwards: what comes late, twice or out of order leaves the row as it is.
    """
    with transaction.atomic():
        row = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if not _keep(row, notice):
            return False
        if notice.type == Type.OPENED:
            count_open(row, now=now)
            return True
        changes = _changes(row, notice)
        if not changes:
            return False
        Message.objects.filter(pk=row.pk).update(**changes, updated_at=now)
        row.refresh_from_db()
        announce(row, now=now)
        settle_items([row])
    return True


def _keep(row: Message, notice: TrackingEvent) -> bool:
    """Store the notice; False when the vendor has sent this very one before."""
    facts: dict[str, Any] = {
        "message": row,
        "type": notice.type,
        "occurred_at": notice.occurred_at,
        "data": {**notice.data, **({"reason": notice.reason} if notice.reason else {})},
    }
    if not notice.event_id:
        MessageEvent.objects.create(vendor=notice.vendor, **facts)
        return True
    _, new = MessageEvent.objects.get_or_create(
        vendor=notice.vendor, event_id=notice.event_id, defaults=facts
    )
    return new


def _changes(row: Message, notice: TrackingEvent) -> dict[str, Any]:
    """What the notice changes of the row; empty when it comes too late or too early."""
    if row.state not in _UNDER_WAY:
        return {}
    # A notice proves that the vendor had the message, also when its answer never came.
    had = {"vendor": row.vendor or notice.vendor, "sent_at": row.sent_at or notice.occurred_at}
    if notice.type == Type.IN_TRANSIT:
        if row.channel != Message.Channel.LETTER or row.in_transit_at is not None:
            return {}
        return {**had, "state": State.SENT, "in_transit_at": notice.occurred_at}
    if notice.type not in _MOVES:
        return {}
    changes = {**had, "state": _MOVES[Type(notice.type)], "error_code": "", "error_text": ""}
    if notice.type == Type.DELIVERED:
        return {**changes, "delivered_at": notice.occurred_at}
    changes |= {"reason": notice.reason or Message.Reason.OTHER, "error_text": _words(notice)}
    return changes | ({"bounced_at": notice.occurred_at} if notice.type == Type.BOUNCED else {})


def _words(notice: TrackingEvent) -> str:
    return str(notice.data.get("description") or notice.data.get("code") or notice.reason)[:500]
