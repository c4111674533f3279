"""What vendors say, signed as they sign it, sent to our doors."""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from notifications.hooks import lob as lob_hook
from notifications.hooks.twilio import signature
from notifications.inbox import work_off
from notifications.models import Message, VendorEvent
from tests.vendors.lob_server import SECRET
from tests.vendors.twilio_server import TOKEN

HERE = "http://127.0.0.1:8000"
Reader = Callable[..., Customer]


def twilio_says(path: str, token: str = TOKEN, at: str = HERE, **form: str) -> Any:
    signed = signature(token=token, url=f"{at}{path}", fields=QueryDict(urlencode(form)))
    return Client().post(
        path, urlencode(form), "application/x-www-form-urlencoded", HTTP_X_TWILIO_SIGNATURE=signed
    )


def status(row: Message, word: str, code: str = "", **words: Any) -> Any:
    form = {"MessageSid": row.vendor_id, "MessageStatus": word, "To": row.recipient, "From": "+1"}
    form |= {"ErrorCode": code} if code else {}
    return twilio_says(f"/webhooks/twilio/status/{row.tracking_id}", **{**form, **words})


def reply(number: str, text: str, sid: str = "SMreply1", **words: str) -> Any:
    form = {"From": number, "To": "+16175550100", "Body": text, "MessageSid": sid}
    return twilio_says("/webhooks/twilio/inbound", **{**form, **words})


def lob_says(
    event: Any, *, secret: str = SECRET, ago: float = 0, milliseconds: bool = True, signed: str = ""
) -> Any:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    moment = time.time() - ago
    timestamp = str(int(moment * 1000) if milliseconds else int(moment))
    signed = signed or lob_hook.signature(secret=secret, timestamp=timestamp, body=body)
    return Client().post(
        "/webhooks/lob", body, "application/json",
        HTTP_LOB_SIGNATURE=signed, HTTP_LOB_SIGNATURE_TIMESTAMP=timestamp,
    )  # fmt: skip


def letter_event(row: Message, kind: str, event_id: str = "", **letter: Any) -> dict[str, Any]:
    return {
        "id": event_id or f"evt_{kind}_{row.pk}",
        "event_type": {"id": f"letter.{kind}", "resource": "letters"},
        "date_created": "2026-08-03T15:00:00.000Z",
        "body": {"id": row.vendor_id, "metadata": {"delivery": row.delivery_key}, **letter},
    }


def work(now: datetime | None = None) -> None:
    work_off(now=(now or timezone.now()) + timedelta(hours=1))


def outcomes() -> list[str]:
    return list(VendorEvent.objects.order_by("pk").values_list("outcome", flat=True))
