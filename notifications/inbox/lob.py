"""Reads what Lob reports about letters (Lob, API reference, Webhooks and Events)."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from notifications.channels.base import TrackingEvent
from notifications.channels.letter.lob import day_of
from notifications.inbox.matching import adopt, belongs
from notifications.models import Message, MessageEvent, VendorEvent
from notifications.tracking import apply_event

Type = MessageEvent.Type

_TYPES = {
    "created": Type.ACCEPTED,
    "rendered_pdf": Type.ACCEPTED,
    "rendered_thumbnails": Type.ACCEPTED,
    "mailed": Type.IN_TRANSIT,
    "in_transit": Type.IN_TRANSIT,
    "in_local_area": Type.IN_TRANSIT,
    "processed_for_delivery": Type.IN_TRANSIT,
    "pickup_available": Type.IN_TRANSIT,
    "re-routed": Type.IN_TRANSIT,
    "international_exit": Type.IN_TRANSIT,
    "delivered": Type.DELIVERED,
    "returned_to_sender": Type.BOUNCED,
    "rejected": Type.FAILED,
    "failed": Type.FAILED,
    "deleted": Type.CANCELED,
}
_WORDS = {
    "re-routed": "The letter was sent on to another address.",
    "international_exit": "The letter has left the United States.",
    "returned_to_sender": "The letter came back.",
    "rejected": "The print house rejected the letter.",
    "failed": "The print house could not make the letter.",
    "deleted": "The letter was canceled at the print house.",
}
_KEY = re.compile(r"([0-9a-f]{32})(?:-([0-9]{1,5}))?")


def read_event(row: VendorEvent, *, now: datetime) -> str:
    """Move the letter on that an event is about."""
    event = json.loads(bytes(row.body))
    kind, letter = _kind_of(event), _letter_of(event)
    if not kind.startswith("letter."):
        return f"{kind}: not about a letter"
    step = kind.removeprefix("letter.").removeprefix("certified.")
    if step not in _TYPES:
        return f"{kind}: unknown"
    letter_id = str(letter.get("id") or "")
    message = _find(letter, letter_id)
    if message is None:
        return "no such message"
    if not belongs(message, letter_id):
        return "about an earlier sending"
    adopt(message, letter_id)
    moved = apply_event(message=message, event=_notice(row, event, step, letter_id), now=now)
    _expect(message, row.vendor, letter_id, now=now)
    return f"{kind}: moved" if moved else f"{kind}: nothing new"


def _expect(message: Message, vendor: str, letter_id: str, *, now: datetime) -> None:
    """Expect the letter on the day that was named last by the vendor's clock, however late we hear of it."""
    told = MessageEvent.objects.filter(message=message, vendor=vendor)
    days = [
        (moment, data["expected"])
        for moment, data in told.values_list("occurred_at", "data")
        if data.get("vendor_id") == letter_id and "expected" in data
    ]
    if days and (day := day_of(max(days)[1])):
        others = Message.objects.filter(pk=message.pk).exclude(expected_delivery_date=day)
        others.update(expected_delivery_date=day, updated_at=now)


def _notice(row: VendorEvent, event: Mapping[str, Any], step: str, letter_id: str) -> TrackingEvent:
    failed = _TYPES[step] in (Type.FAILED, Type.BOUNCED)
    data = {"status": step, "vendor_id": letter_id}
    if (day := day_of(_letter_of(event).get("expected_delivery_date"))) is not None:
        data["expected"] = day.isoformat()
    if step in _WORDS:
        data["description"] = _WORDS[step]
    return TrackingEvent(
        type=_TYPES[step],
        occurred_at=_moment(event.get("date_created"), latest=row.received_at),
        vendor=row.vendor,
        event_id=row.event_id,
        reason="other" if failed else "",
        data=data,
    )


def _kind_of(event: Any) -> str:
    kind = event.get("event_type") if isinstance(event, dict) else None
    found = kind.get("id") if isinstance(kind, dict) else None
    return found if isinstance(found, str) else ""


def _letter_of(event: Any) -> Mapping[str, Any]:
    body = event.get("body")
    return body if isinstance(body, dict) else {}


def _find(letter: Mapping[str, Any], letter_id: str) -> Message | None:
    letters = Message.objects.on_channel(Message.Channel.LETTER)
    metadata = letter.get("metadata")
    key = metadata.get("delivery") if isinstance(metadata, dict) else None
    found = _KEY.fullmatch(key) if isinstance(key, str) else None
    if found:
        # The number after it tells which sending it is about: not the present one, no message.
        return letters.filter(public_id=found[1], key_number=int(found[2] or 0)).first()
    return letters.filter(vendor_id=letter_id).first() if letter_id else None


def _moment(shown: Any, *, latest: datetime) -> datetime:
    """When it happened, by Lob's clock, but never later than we heard of it."""
    try:
        moment = datetime.fromisoformat(str(shown))
    except ValueError:
        return latest
    return min(moment if moment.tzinfo else moment.replace(tzinfo=UTC), latest)
