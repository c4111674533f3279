"""Reads what Twilio reports: where a text stands, and what its readers reply."""

from collections.abc import Mapping
from datetime import datetime

from django.http import QueryDict

from notifications.channels.sms.optouts import START, STOP, record_word
from notifications.channels.sms.statuses import notice_of, stops_channel
from notifications.channels.sms.twilio import VENDOR
from notifications.channels.sms.twilio_errors import words_for
from notifications.delivering import hold_channel
from notifications.inbox.matching import adopt, ask_no_more, belongs
from notifications.models import Message, VendorEvent
from notifications.tracking import apply_event


def form_of(body: bytes | memoryview) -> dict[str, str]:
    """The fields of a form, the last of each name. Twilio writes UTF-8; anything else is replaced."""
    return {name: str(value) for name, value in QueryDict(bytes(body), encoding="utf-8").items()}


def read_status(row: VendorEvent, *, now: datetime) -> str:
    """Move the text on that a status is about (Twilio, Status Callback)."""
    form = form_of(row.body)
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    message = _find(row.reference, sid)
    if message is None:
        return "no such message"
    if not belongs(message, sid):
        return "about an earlier sending"
    code = _code(form)
    notice = notice_of(sid, status, code, vendor=row.vendor, at=row.received_at)
    if notice is None:
        return f"unknown status {status}"
    adopt(message, sid)
    moved = apply_event(message=message, event=notice, now=now)
    ask_no_more(message)
    if stops_channel(code) and row.vendor == VENDOR:
        hold_channel(channel=message.channel, reason=words_for(code), code=str(code), now=now)
    return f"{status}: moved" if moved else f"{status}: nothing new"


def read_inbound(row: VendorEvent, *, now: datetime) -> str:
    """Keep a reader's STOP or START; other replies mean nothing to us (Twilio, Advanced Opt-Out)."""
    form = form_of(row.body)
    number = form.get("From", "").strip()
    word = (form.get("OptOutType") or form.get("Body", "")).strip().upper()
    if not number or word not in STOP | START:
        return "no keyword"
    changed = record_word(
        number=number, stop=word in STOP, said_at=row.received_at, source=f"reply {word}", now=now
    )
    return f"{word}: kept" if changed else f"{word}: nothing new"


def _find(reference: str, sid: str) -> Message | None:
    texts = Message.objects.on_channel(Message.Channel.SMS)
    if reference:
        return texts.filter(tracking_id=reference).first()
    return texts.filter(vendor_id=sid).first() if sid else None


def _code(form: Mapping[str, str]) -> int | None:
    shown = form.get("ErrorCode", "").strip()
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 9 else None
