"""Where a vendor's news leads a message: forwards only, in whatever order and however often it comes."""

from datetime import datetime
from typing import Any

from django.db.models import F

from notifications.channels import CHANNELS
from notifications.channels.base import TrackingEvent
from notifications.delivering.announcing import announce
from notifications.delivering.settling import settle_items
from notifications.models import Message, MessageEvent

State, Type = Message.State, MessageEvent.Type

# How far a message has come. News of the same or an earlier stage changes nothing, so that the same
# news ends alike in any order. A mail that a server took and sent back later did come back.
_RANK = {
    State.UNKNOWN: 0,
    State.SENT: 1,
    State.DELIVERED: 2,
    State.CANCELED: 3,
    State.FAILED: 4,
    State.BOUNCED: 5,
}
_LEADS_TO = {
    Type.ACCEPTED: State.SENT,
    Type.DEFERRED: State.SENT,
    Type.IN_TRANSIT: State.SENT,
    Type.OPENED: State.SENT,
    Type.DELIVERED: State.DELIVERED,
    Type.CANCELED: State.CANCELED,
    Type.FAILED: State.FAILED,
    Type.BOUNCED: State.BOUNCED,
}
# When a stage that is no state of its own was reached.
_MARKS = {Type.DEFERRED: "deferred_at", Type.IN_TRANSIT: "in_transit_at"}
_OF_CHANNEL = {Type.DEFERRED: "email", Type.IN_TRANSIT: "letter"}
_FAILED = (State.FAILED, State.BOUNCED)
_DATES = {Type.DELIVERED: "delivered_at", Type.BOUNCED: "bounced_at"}


def move(row: Message, event: TrackingEvent, *, now: datetime) -> bool:
    """Move a locked message on; False when the news comes too late, too early or says nothing new.

    The row is refreshed. To be called in the transaction that keeps the news.
    """
    changes = _changes(row, event)
    if not changes:
        return False
    Message.objects.filter(pk=row.pk).update(**changes, updated_at=now)
    row.refresh_from_db()
    announce(row, now=now)
    settle_items([row])
    if row.state in _FAILED:
        CHANNELS[row.channel].learn(row, reason=row.reason, now=now)
    return True


def catch_up(row: Message, *, now: datetime) -> None:
    """Act upon news that was faster than our own note of the hand-over.

    What was told before it began is about an earlier sending.
    """
    kept = MessageEvent.objects.filter(message=row, type__in=list(_LEADS_TO)).exclude(vendor="")
    kept = kept.filter(created_at__gte=F("message__sending_since"))
    for event in kept.order_by("occurred_at", "pk"):
        move(row, _as_news(event), now=now)


def _as_news(event: MessageEvent) -> TrackingEvent:
    return TrackingEvent(
        type=event.type,
        occurred_at=event.occurred_at,
        vendor=event.vendor,
        event_id=event.event_id,
        reason=str(event.data.get("reason", "")),
        data=event.data,
    )


def _changes(row: Message, event: TrackingEvent) -> dict[str, Any]:
    """What the news changes of the row; empty when it changes nothing."""
    state = _LEADS_TO.get(Type(event.type))
    if state is None or not _is_under_way(row, event):
        return {}
    # News proves that the vendor had the message, also when its answer never came.
    had = {"vendor": row.vendor or event.vendor, "sent_at": row.sent_at or event.occurred_at}
    if mark := _MARKS.get(Type(event.type)):
        return _stage(row, event, mark, had)
    if _RANK[state] <= _RANK.get(State(row.state), 0):
        return {}
    changes = {**had, "state": state, "error_code": "", "error_text": ""}
    if date := _DATES.get(Type(event.type)):
        changes[date] = event.occurred_at
    if state in _FAILED:
        changes |= {"reason": event.reason or Message.Reason.OTHER, "error_text": _words(event)}
    return changes


def _stage(row: Message, event: TrackingEvent, mark: str, had: dict[str, Any]) -> dict[str, Any]:
    """A letter that left the print house, a mail that the other side wants later."""
    if row.channel != _OF_CHANNEL[Type(event.type)] or row.state not in (State.SENT, State.UNKNOWN):
        return {}
    if getattr(row, mark) is not None:
        return {}
    return {**had, "state": State.SENT, mark: event.occurred_at, "error_code": "", "error_text": ""}


def _is_under_way(row: Message, event: TrackingEvent) -> bool:
    if row.state in (State.QUEUED, State.HELD):
        # Staff had it sent again because nobody knew; now it is known to be there, and stays away.
        return event.type == Type.DELIVERED and row.sending_since is not None
    if row.state == State.FAILED:
        return row.sent_at is not None
    return row.state in (State.UNKNOWN, State.SENT, State.DELIVERED)


def _words(event: TrackingEvent) -> str:
    return str(event.data.get("description") or event.data.get("code") or event.reason)[:500]
