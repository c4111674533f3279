"""Reads what mail vendors report, in the words that django-anymail gives to all of them."""

import hashlib
import ipaddress
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.encoding import punycode

from notifications.channels.base import TrackingEvent
from notifications.channels.email.blocking import GONE, Reason, block_address, key_of
from notifications.inbox.storing import Report
from notifications.models import Message, MessageEvent, VendorEvent
from notifications.tracking import apply_event

KIND = "mail.event"

Type = MessageEvent.Type
_TYPES = {
    "queued": Type.ACCEPTED,
    "sent": Type.ACCEPTED,
    "deferred": Type.DEFERRED,
    "delivered": Type.DELIVERED,
    "bounced": Type.BOUNCED,
    "rejected": Type.FAILED,
    "failed": Type.FAILED,
    "opened": Type.OPENED,
    "complained": Type.COMPLAINED,
    "unsubscribed": Type.UNSUBSCRIBED,
}
_BLOCKING = {Type.COMPLAINED: Reason.COMPLAINED, Type.UNSUBSCRIBED: Reason.UNSUBSCRIBED}
_ENDING = (Type.BOUNCED, Type.FAILED)
_KEY = re.compile(r"([0-9a-f]{32})(?:-([0-9]{1,5}))?")
# What vendors call the address that loaded the picture.
_IP_NAMES = ("ip", "IP", "ip_address", "ipAddress")


def report_of(event: Any, *, vendor: str) -> Report:
    """A normalised event of django-anymail (AnymailTrackingEvent) as it is kept.

    Some vendors name one event for several recipients, others name none: what makes it unlike others
    is its kind, its name or its whole content, and its recipient.
    """
    raw = _plain(event.esp_event)
    kept = {
        "type": event.event_type,
        "timestamp": event.timestamp.isoformat() if event.timestamp else "",
        "message_id": event.message_id or "",
        "delivery": str((event.metadata or {}).get("delivery") or ""),
        "recipient": event.recipient or "",
        "reason": event.reject_reason or "",
        "description": event.description or event.mta_response or "",
        "user_agent": event.user_agent or "",
        "ip": _ip_of(raw),
        "esp_event": raw,
    }
    named = event.event_id or json.dumps(raw, sort_keys=True)
    unlike = "\n".join((str(event.event_type), str(named), str(event.recipient)))
    return Report(
        vendor=vendor,
        event_id=hashlib.sha256(unlike.encode()).hexdigest(),
        kind=KIND,
        body=json.dumps(kept).encode(),
        content_type="application/json",
        reference=kept["delivery"],
    )


def read_event(row: VendorEvent, *, now: datetime) -> str:
    """Move the mail on that an event is about, and block addresses that want or take no more."""
    event = json.loads(bytes(row.body))
    type_ = _TYPES.get(event["type"])
    if type_ is None:
        return f"{event['type']}: nothing to do"
    message = _find(event)
    if message is None:
        return "no such message"
    if _is_copy(event["recipient"], message):
        return _about_copy(event, type_, message, now)
    moved = apply_event(message=message, event=_news(row, event, type_), now=now)
    if reason := _BLOCKING.get(type_):
        detail = event["description"]
        block_address(address=message.recipient, reason=reason, detail=detail, message=message, now=now)
    return f"{event['type']}: moved" if moved else f"{event['type']}: nothing new"


def _news(row: VendorEvent, event: Mapping[str, Any], type_: Type) -> TrackingEvent:
    moment = parse_datetime(event["timestamp"]) if event["timestamp"] else None
    seen = ("ip", "user_agent") if type_ == Type.OPENED else ("description",)
    return TrackingEvent(
        type=type_,
        # By the vendor's clock, but never later than we heard of it.
        occurred_at=min(moment, row.received_at) if moment and moment.tzinfo else row.received_at,
        vendor=row.vendor,
        event_id=row.event_id,
        reason=_reason(event) if type_ in _ENDING else "",
        data={name: event[name] for name in seen if event[name]},
    )


def _reason(event: Mapping[str, Any]) -> str:
    known = event["reason"] in Message.Reason.values and event["reason"]
    return str(known or Message.Reason.OTHER)


def _find(event: Mapping[str, Any]) -> Message | None:
    """By what we gave the vendor to remember, else by the vendor's id and the recipient."""
    mails = Message.objects.on_channel(Message.Channel.EMAIL)
    if found := _KEY.fullmatch(event["delivery"]):
        # The number after it tells which sending it is about: not the present one, no message.
        return mails.filter(public_id=found[1], key_number=int(found[2] or 0)).first()
    if not event["message_id"] or not event["recipient"]:
        return None
    wanted = _spelled(event["recipient"])
    for column in ("vendor_id", "message_id"):
        for message in mails.filter(**{column: event["message_id"]}).order_by("pk")[:50]:
            if _spelled(message.recipient) == wanted:
                return message
    return None


def _is_copy(recipient: str, message: Message) -> bool:
    """Whether an event is about a blind copy: the mail itself stands as it stood."""
    return bool(recipient) and _spelled(recipient) in {_spelled(copy) for copy in message.bcc}


def _about_copy(event: Mapping[str, Any], type_: Type, message: Message, now: datetime) -> str:
    reason = GONE.get(event["reason"]) if type_ in _ENDING else _BLOCKING.get(type_)
    if reason:
        block_address(
            address=event["recipient"], reason=reason, detail=event["description"], message=message, now=now
        )
    return "about a blind copy"


def _spelled(address: str) -> str:
    name, at, domain = address.strip().rpartition("@")
    try:
        return key_of(f"{name}{at}{punycode(domain)}")
    except UnicodeError:
        return key_of(address)


def _ip_of(raw: Any) -> str:
    """The address in a vendor's own words, at the top or one level below; empty when there is none."""
    parts = [raw, *raw.values()] if isinstance(raw, dict) else []
    for part in parts:
        for name in _IP_NAMES if isinstance(part, dict) else ():
            try:
                return str(ipaddress.ip_address(str(part.get(name))))
            except ValueError:
                continue
    return ""


def _plain(raw: Any) -> Any:
    """The vendor's event as JSON keeps it, forms as their last values."""
    plain = raw.dict() if hasattr(raw, "dict") else raw
    return json.loads(json.dumps(plain, default=str))
