"""Emails, text messages and letters of the wire (Invoiced API, Customers)."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from django.db.models import Prefetch, QuerySet

from customers.wire.values import seconds, text
from notifications.channels.letter.channel import planned_delivery
from notifications.models import Message, MessageEvent
from notifications.wire.states import wire_state

State = Message.State
LATEST_OPENS = 5
_OPENS = "latest_opens"


def describe_message(row: Message) -> dict[str, Any]:
    """A message as its channel's object: email, text message or letter."""
    shape = _SHAPES[row.channel](row)
    return {
        **shape,
        "customer": row.customer_id,
        "related_to": related_to(row),
        "sent_at": seconds(row.sent_at),
        "delivered_at": seconds(row.delivered_at),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }


def related_to(row: Message) -> dict[str, Any] | None:
    """The document that a message is about; None for statements."""
    for kind in ("invoice", "credit_note", "payment"):
        if (pk := getattr(row, f"{kind}_id")) is not None:
            return {"object": kind, "id": pk}
    return None


def wire_messages(rows: QuerySet[Message], *, channel: str) -> QuerySet[Message]:
    """The rows of one channel with everything that the projection reads, in a fixed number of queries."""
    opens = _opens().order_by("-occurred_at", "-pk")[:LATEST_OPENS]
    narrow = rows.defer("html", "request")
    if channel == Message.Channel.LETTER:
        facts = ("issued_statement__facts", "issued_statement__members")
        return narrow.select_related("issued_statement").defer(*facts)
    if channel != Message.Channel.EMAIL:
        return narrow
    return narrow.prefetch_related(Prefetch("message_events", queryset=opens, to_attr=_OPENS))


def _email(row: Message) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "object": "email",
        "state": wire_state(row),
        "reject_reason": text(row.reason),
        "email": row.recipient,
        "template": row.template,
        "subject": row.subject,
        "message": row.text,
        "opens": row.opens,
        "opens_detail": [
            {"timestamp": seconds(event.occurred_at), "ip": event.ip, "user_agent": event.user_agent}
            for event in _latest_opens(row)
        ],
        "bounced_at": seconds(row.bounced_at),
    }


def _latest_opens(row: Message) -> Iterable[MessageEvent]:
    known: list[MessageEvent] | None = getattr(row, _OPENS, None)
    if known is not None or not row.opens:
        return known or ()
    return _opens().filter(message=row).order_by("-occurred_at", "-pk")[:LATEST_OPENS]


def _opens() -> QuerySet[MessageEvent]:
    return MessageEvent.objects.filter(type=MessageEvent.Type.OPENED)


def _text_message(row: Message) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "object": "text_message",
        "state": wire_state(row),
        "to": row.recipient,
        "contact_name": text(row.recipient_name),
        "message": row.text,
        "failure_reason": _failure(row),
    }


def _letter(row: Message) -> dict[str, Any]:
    issued = row.issued_statement
    expected = row.expected_delivery_date or planned_delivery((row.due_at or row.created_at).date())
    return {
        "id": row.public_id,
        "object": "letter",
        "state": wire_state(row),
        "to": row.recipient,
        "num_pages": issued.page_count if issued is not None else row.document_pages,
        "expected_delivery_date": seconds(datetime.combine(expected, time.min, tzinfo=UTC)),
        "failure_reason": _failure(row),
    }


def _failure(row: Message) -> str | None:
    ended = row.state in (State.FAILED, State.BOUNCED)
    return text(row.error_text) or text(row.reason) if ended else None


_SHAPES = {"email": _email, "sms": _text_message, "letter": _letter}
