"""What the wire hears of a message: each kind of news at most once, however often it is sent again."""

from datetime import datetime

from django.db import transaction

from customers.ledger.events import record_event
from customers.models import Event
from notifications.models import Message
from notifications.wire.states import wire_state

CANCELED_AT_ONCE = 200

_NAMES = {"email": "email", "sms": "text_message", "letter": "letter"}
# How a message ended without being delivered, by its word on the wire.
_ENDED = {
    "email": {"invalid": "not_sent", "rejected": "not_sent", "bounced": "bounced"},
    "sms": {"failed": "failed"},
    "letter": {"returned": "returned", "failed": "failed", "canceled": "failed"},
}


def announce(message: Message, *, now: datetime) -> None:
    """Record the events that this message has come to, in the caller's transaction.

    `message` is the row as it stands after the change. A mail that was given up for now
    (`soft-bounced`) is no news. Source: Invoiced API, Events.
    """
    for news in _news_of(message):
        announce_once(message, news, now=now)


def announce_once(message: Message, news: str, *, now: datetime) -> bool:
    """Record one event unless it was recorded before; `news` is its last word: `sent`, `opened`."""
    kind = f"{_NAMES[message.channel]}.{news}"
    known = Event.objects.filter(object_type="message", object_id=message.public_id, type=kind)
    if known.exists():
        return False
    record_event(type=kind, row=message, now=now)
    return True


def announce_canceled(*, now: datetime) -> bool:
    """Record what became of the next messages that were canceled many at once. True when more may be left."""
    with transaction.atomic():
        untold = Message.objects.filter(state=Message.State.CANCELED, due_at__isnull=False).order_by("pk")
        locked = untold.select_for_update(of=("self",), skip_locked=True)
        messages = list(locked.select_related("customer", "issued_statement")[:CANCELED_AT_ONCE])
        for message in messages:
            announce(message, now=now)
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(due_at=None)
    return len(messages) == CANCELED_AT_ONCE


def _news_of(message: Message) -> list[str]:
    if message.state == Message.State.SENT:
        return ["sent"]
    if message.state == Message.State.DELIVERED:
        return ["sent", "delivered"]
    ended = _ENDED[message.channel].get(wire_state(message))
    return [ended] if ended else []
