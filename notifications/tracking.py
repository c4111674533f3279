"""News about messages: opens by our own picture, and what vendors report."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from notifications.channels.base import TrackingEvent
from notifications.delivering.announcing import announce_once
from notifications.delivering.progress import move
from notifications.models import Message, MessageEvent

Type = MessageEvent.Type

# Several loads within this time are one look at the mail.
ONE_LOOK = timedelta(seconds=60)


def record_open(*, tracking_id: str, ip: str | None, user_agent: str, now: datetime) -> bool:
    """Count that a mail's picture was loaded; False for unknown ids and repeated loads.

    A hint only: mail providers fetch pictures ahead, and many readers never load them. Yet who loads
    it has the mail: one of unclear fate was sent.
    """
    message = Message.objects.filter(tracking_id=tracking_id, channel=Message.Channel.EMAIL).first()
    if message is None or message.sending_since is None:
        return False
    seen = {"ip": ip, "user_agent": user_agent}
    event = TrackingEvent(type=Type.OPENED, occurred_at=now, vendor=message.vendor or "smtp", data=seen)
    return apply_event(message=message, event=event, now=now)


def apply_event(*, message: Message, event: TrackingEvent, now: datetime) -> bool:
    """Keep a piece of news and move the message on; False when it was known or changed nothing.

    The one place where news changes a message. States never go backwards: what comes late, twice or
    out of order is kept and leaves the row as it is.
    """
    with transaction.atomic():
        row = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if event.type == Type.OPENED:
            if _is_same_look(row, event) or not _keep(row, event):
                return False
            move(row, event, now=now)
            _count_open(row, now=now)
            return True
        return _keep(row, event) and move(row, event, now=now)


def _is_same_look(row: Message, event: TrackingEvent) -> bool:
    if not event.data.get("ip"):
        return False
    looks = MessageEvent.objects.filter(message=row, type=Type.OPENED, ip=event.data["ip"])
    return looks.filter(
        occurred_at__gt=event.occurred_at - ONE_LOOK, occurred_at__lt=event.occurred_at + ONE_LOOK
    ).exists()


def _count_open(row: Message, *, now: datetime) -> None:
    """One more look at a mail; the first one is news."""
    first = not row.opens
    Message.objects.filter(pk=row.pk).update(opens=F("opens") + 1, updated_at=now)
    row.refresh_from_db()
    if first:
        announce_once(row, "opened", now=now)


def _keep(row: Message, event: TrackingEvent) -> bool:
    """Store the news; False when the vendor has told this very thing before."""
    data = dict(event.data)
    facts: dict[str, Any] = {
        "message": row,
        "type": event.type,
        "occurred_at": event.occurred_at,
        "ip": data.pop("ip", None),
        "user_agent": str(data.pop("user_agent", "") or "")[:500],
        "data": {**data, **({"reason": event.reason} if event.reason else {})},
    }
    if not event.event_id:
        MessageEvent.objects.create(vendor=event.vendor, **facts)
        return True
    _, new = MessageEvent.objects.get_or_create(
        vendor=event.vendor, event_id=event.event_id[:128], defaults=facts
    )
    return new
