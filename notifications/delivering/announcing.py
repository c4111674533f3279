"""What the wire hears of a message: each kind of news at most once, however often it is sent again."""

from datetime import datetime

from customers.ledger.events import record_event
from customers.models import Event
from notifications.models import Message
from notifications.wire.states import wire_state

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


def _news_of(message: Message) -> list[str]:
    if message.state == Message.State.SENT:
        return ["sent"]
    if message.state == Message.State.DELIVERED:
        return ["sent", "delivered"]
    ended = _ENDED[message.channel].get(wire_state(message))
    return [ended] if ended else []
