"""Lob's door: what became of letters."""

import hashlib
import hmac
import json
import time
from typing import Any

from django.http import HttpRequest, HttpResponse

from notifications.channels.accounts import Connection
from notifications.channels.letter.lob import VENDOR
from notifications.hooks.base import Forged, NotConfigured, VendorHook, body_of
from notifications.inbox import Report

# How far a signed moment may lie from ours, in seconds.
TOLERANCE = 300
# Numbers above it are milliseconds: as seconds they would lie in the year 5138.
_MOST_SECONDS = 100_000_000_000


def signature(*, secret: str, timestamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over the moment as it was sent, a dot, and the bytes."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class LobHook(VendorHook):
    channel, vendor = "letter", VENDOR

    def read(self, request: HttpRequest, connection: Connection, **words: Any) -> Report:
        secret = connection.secrets.get("webhook_secret", "")
        if not secret:
            raise NotConfigured
        body = body_of(request)
        timestamp = request.headers.get("Lob-Signature-Timestamp", "").strip()
        shown = request.headers.get("Lob-Signature", "").strip().lower()
        expected = signature(secret=secret, timestamp=timestamp, body=body)
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), expected.encode()):
            raise Forged("The signature is wrong.")
        if not is_fresh(timestamp, present=time.time()):
            raise Forged("The signature is too old, or its moment lies ahead.")
        return Report(self.vendor, _event_id(body), "lob.event", body, "json")

    def answer(self) -> HttpResponse:
        return HttpResponse(status=200)


def is_fresh(timestamp: str, *, present: float) -> bool:
    """Whether a signed moment, in seconds or milliseconds, is near ours."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 16):
        return False
    moment = int(timestamp)
    seconds = moment / 1000 if moment > _MOST_SECONDS else float(moment)
    return abs(present - seconds) <= TOLERANCE


def _event_id(body: bytes) -> str:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise Forged("The report is not JSON.") from None
    found = event.get("id") if isinstance(event, dict) else None
    if not isinstance(found, str) or not found:
        raise Forged("The report has no id.")
    return found
