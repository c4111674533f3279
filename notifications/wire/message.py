"""Emails, text messages and letters of the wire (Invoiced API, Customers)."""

from datetime import UTC, datetime, time
from typing import Any

from customers.wire.values import seconds, text
from notifications.channels.letter.channel import planned_delivery
from notifications.models import Message, MessageEvent

State = Message.State
LATEST_OPENS = 5

_EMAIL = {
    State.QUEUED: "queued",
    State.SENDING: "queued",
    State.HELD: "queued",
    State.UNKNOWN: "queued",
    State.SENT: "sent",
    State.DELIVERED: "sent",
    State.FAILED: "rejected",
    State.CANCELED: "rejected",
}
_BOUNCED = {
    "invalid": "invalid",
    "timed_out": "soft-bounced",
    "blocked": "rejected",
    "unsubscribed": "rejected",
}
_SMS = {
    State.SENT: "sent",
    State.DELIVERED: "sent",
    State.BOUNCED: "failed",
    State.FAILED: "failed",
    State.CANCELED: "failed",
}
_LETTER = {
    State.SENT: "sent",
    State.DELIVERED: "delivered",
    State.BOUNCED: "returned",
    State.FAILED: "failed",
    State.CANCELED: "canceled",
}


def describe_message(row: Message) -> dict[str, Any]:
    """A message as its channel's object: email, text message or letter."""
    shape = _SHAPES[row.channel](row)
    return {
        **shape,
        "customer": row.customer_id,
        "related_to": None,
        "sent_at": seconds(row.sent_at),
        "delivered_at": seconds(row.delivered_at),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }


def _email(row: Message) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "object": "email",
        "state": _email_state(row),
        "reject_reason": text(row.reason),
        "email": row.recipient,
        "template": row.template,
        "subject": row.subject,
        "message": row.text,
        "opens": row.opens,
        "opens_detail": _latest_opens(row) if row.opens else [],
        "bounced_at": seconds(row.bounced_at),
    }


def _email_state(row: Message) -> str:
    if row.state == State.BOUNCED:
        return _BOUNCED.get(row.reason, "bounced")
    if row.state == State.QUEUED and row.attempt:
        return "deferred"
    if row.state == State.QUEUED and row.due_at is not None and row.due_at > row.updated_at:
        return "scheduled"
    return _EMAIL[State(row.state)]


def _latest_opens(row: Message) -> list[dict[str, Any]]:
    opened = row.message_events.filter(type=MessageEvent.Type.OPENED).order_by("-occurred_at", "-pk")
    return [
        {"timestamp": seconds(event.occurred_at), "ip": event.ip, "user_agent": event.user_agent}
        for event in opened[:LATEST_OPENS]
    ]


def _text_message(row: Message) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "object": "text_message",
        "state": _SMS.get(State(row.state), "queued"),
        "to": row.recipient,
        "contact_name": text(row.recipient_name),
        "message": row.text,
        "failure_reason": text(row.error_text) if row.state in (State.FAILED, State.BOUNCED) else None,
    }


def _letter(row: Message) -> dict[str, Any]:
    issued = row.issued_statement
    expected = row.expected_delivery_date or planned_delivery((row.due_at or row.created_at).date())
    return {
        "id": row.public_id,
        "object": "letter",
        "state": _LETTER.get(State(row.state), "queued"),
        "to": row.recipient,
        "num_pages": issued.page_count if issued is not None else 0,
        "expected_delivery_date": seconds(datetime.combine(expected, time.min, tzinfo=UTC)),
        "failure_reason": text(row.error_text) if row.state in (State.FAILED, State.BOUNCED) else None,
    }


_SHAPES = {"email": _email, "sms": _text_message, "letter": _letter}
