"""Where a vendor's news leads a message: forwards only, in whatever order and however often it comes."""

from datetime import datetime
from typing import Any

from django.db.models import F

from customers.ledger.events import record_event
from notifications.channels import CHANNELS
from notifications.channels.base import TrackingEvent
from notifications.delivering.announcing import announce
from notifications.delivering.resending import resend
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
_BEFORE_MARKS = (State.SENT, State.UNKNOWN, State.CANCELED)
_HAS_LEFT = (*_BEFORE_MARKS, State.DELIVERED, State.BOUNCED)
_TAKEN = (Type.ACCEPTED, Type.DEFERRED)
_CARRIED = (Type.IN_TRANSIT, Type.OPENED, Type.DELIVERED, Type.BOUNCED)
_FAILED = (State.FAILED, State.BOUNCED)
_DATES = {Type.DELIVERED: "delivered_at", Type.BOUNCED: "bounced_at"}


def move(row: Message, event: TrackingEvent, *, now: datetime) -> bool:
    """Move a locked message on; False when the news comes too late, too early or says nothing new.

    The row is refreshed. To be called in the transaction that keeps the news.
    """
    changes = _changes(row, event)
    if not changes:
        return False
    if changes.get("state") == State.FAILED:
        changes = resend(row, event, now=now) or changes
    was_canceled = row.state == State.CANCELED
    Message.objects.filter(pk=row.pk).update(**changes, updated_at=now)
    row.refresh_from_db()
    if was_canceled and row.state != State.CANCELED:
        _remark(row, "It went out although it was canceled", now)
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


def _remark(row: Message, text: str, now: datetime) -> None:
    MessageEvent.objects.create(message=row, type=Type.RESOLVED, occurred_at=now, data={"act": text})
    record_event(type="message.went_after_all", row=row, now=now)


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
    if state is None:
        return {}
    marked = _mark(row, event)
    if not _is_under_way(row, event):
        return marked if row.state == State.BOUNCED else {}
    # News proves that the vendor had the message, also when its answer never came.
    had = {"vendor": row.vendor or event.vendor, "sent_at": row.sent_at or event.occurred_at, **marked}
    if event.type in _MARKS:
        back = {**had, "state": State.SENT, "error_code": "", "error_text": ""}
        return back if marked and row.state in _BEFORE_MARKS else marked
    if not _leads_on(row, state):
        return {}
    changes = {**had, "state": state, "error_code": "", "error_text": ""}
    if date := _DATES.get(Type(event.type)):
        changes[date] = event.occurred_at
    if state in _FAILED:
        changes |= {"reason": event.reason or Message.Reason.OTHER, "error_text": _words(event)}
    if row.state == State.CANCELED and row.channel == "letter" and event.type == Type.ACCEPTED:
        # The print house has what nobody wants: it is asked for it.
        changes["cancel_wanted_at"] = event.occurred_at
    return changes


def _mark(row: Message, event: TrackingEvent) -> dict[str, Any]:
    """The moment at which a mail was put off first, or a letter left the print house.

    A letter has left before it arrived or came back, also when that is heard of later.
    """
    mark = _MARKS.get(Type(event.type))
    if mark is None or row.channel != _OF_CHANNEL[Type(event.type)] or row.sending_since is None:
        return {}
    known = getattr(row, mark)
    if mark == "in_transit_at":
        earlier = known is None or event.occurred_at < known
        return {mark: event.occurred_at} if earlier and row.state in _HAS_LEFT else {}
    return {mark: event.occurred_at} if known is None and row.state in _BEFORE_MARKS else {}


def _leads_on(row: Message, state: Message.State) -> bool:
    if state == State.CANCELED and row.in_transit_at is not None:
        return False
    if row.state == State.CANCELED:
        return state != State.CANCELED
    return _RANK[state] > _RANK.get(State(row.state), 0)


def _is_under_way(row: Message, event: TrackingEvent) -> bool:
    if row.state in (State.QUEUED, State.HELD):
        # Staff had it sent again because nobody knew; now it is known to be there, and stays away.
        return event.type == Type.DELIVERED and row.sending_since is not None
    if row.state == State.CANCELED:
        return _went_after_all(row, event)
    if row.state == State.FAILED:
        return row.sent_at is not None
    return row.state in (State.UNKNOWN, State.SENT, State.DELIVERED)


def _went_after_all(row: Message, event: TrackingEvent) -> bool:
    """Whether the news is that a canceled message was carried all the same: the vendor knows best.

    Of one that the vendor had taken and gave back, only what happened to it afterwards counts.
    """
    if row.sending_since is None:
        return False
    return event.type in _CARRIED or (event.type in _TAKEN and row.sent_at is None)


def _words(event: TrackingEvent) -> str:
    return str(event.data.get("description") or event.data.get("code") or event.reason)[:500]
