"""The wire's words for where a message stands: for one row, and as an expression for whole lists.

Both are made of the same tables; a test holds them together for every state there is.
"""

from django.db.models import Case, CharField, F, Value, When
from django.db.models.expressions import Combinable

from notifications.models import Message

State = Message.State

EMAIL_STATES = (
    "queued",
    "sent",
    "scheduled",
    "invalid",
    "deferred",
    "rejected",
    "soft-bounced",
    "bounced",
)
TEXT_STATES = ("queued", "sent", "failed")
LETTER_STATES = ("queued", "sent", "in_transit", "delivered", "returned", "failed", "canceled")

# What a state is called on each channel; all others are "queued".
_WORDS: dict[str, dict[State, str]] = {
    "email": {
        State.SENT: "sent",
        State.DELIVERED: "sent",
        State.BOUNCED: "bounced",
        State.FAILED: "rejected",
        State.CANCELED: "rejected",
    },
    "sms": {
        State.SENT: "sent",
        State.DELIVERED: "sent",
        State.BOUNCED: "failed",
        State.FAILED: "failed",
        State.CANCELED: "failed",
    },
    "letter": {
        State.SENT: "sent",
        State.DELIVERED: "delivered",
        State.BOUNCED: "returned",
        State.FAILED: "failed",
        State.CANCELED: "canceled",
    },
}
# A mail that came back after many tries only may arrive another time.
_SOFT = "timed_out"
# An address that is none ended the mail before anybody was asked to take it.
_INVALID = "invalid"


def wire_state(row: Message) -> str:
    """The state of one message as its channel's object shows it."""
    if row.channel == Message.Channel.EMAIL:
        if row.state == State.BOUNCED and row.reason == _SOFT:
            return "soft-bounced"
        if row.state == State.FAILED and row.reason == _INVALID:
            return "invalid"
        if row.state == State.QUEUED and row.attempt:
            return "deferred"
        if row.state == State.SENT and row.deferred_at is not None:
            return "deferred"
        if row.state == State.QUEUED and row.due_at is not None and row.due_at > row.updated_at:
            return "scheduled"
    if row.channel == Message.Channel.LETTER and row.state == State.SENT and row.in_transit_at is not None:
        return "in_transit"
    return _WORDS[row.channel].get(State(row.state), "queued")


def wire_states(channel: str) -> Combinable:
    """The same as an expression over the rows of one channel."""
    special: list[When] = []
    if channel == Message.Channel.EMAIL:
        special = [
            When(state=State.BOUNCED, reason=_SOFT, then=Value("soft-bounced")),
            When(state=State.FAILED, reason=_INVALID, then=Value("invalid")),
            When(state=State.SENT, deferred_at__isnull=False, then=Value("deferred")),
            When(state=State.QUEUED, attempt__gt=0, then=Value("deferred")),
            When(state=State.QUEUED, due_at__gt=F("updated_at"), then=Value("scheduled")),
        ]
    elif channel == Message.Channel.LETTER:
        special = [When(state=State.SENT, in_transit_at__isnull=False, then=Value("in_transit"))]
    plain = [When(state=state, then=Value(word)) for state, word in _WORDS[channel].items()]
    return Case(*special, *plain, default=Value("queued"), output_field=CharField())
