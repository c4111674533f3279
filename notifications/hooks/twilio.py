"""Twilio's doors: the status of a text, and what its readers reply."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict

from notifications.channels.accounts import Connection
from notifications.channels.sms.twilio import VENDOR
from notifications.hooks.base import Forged, NotConfigured, VendorHook, body_of
from notifications.inbox import Report

_USUAL_PORTS = {"https": 443, "http": 80}


def signature(*, token: str, url: str, fields: QueryDict) -> str:
    """The base64 of HMAC-SHA1 over the address and the sorted fields (Twilio, Security)."""
    text = url + "".join(
        name + value for name in sorted(fields) for value in sorted(set(fields.getlist(name)))
    )
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1)
    return base64.b64encode(digest.digest()).decode()


def _spellings(url: str) -> Iterable[str]:
    """An address with and without the port that needs no naming: Twilio signs either."""
    parts = urlsplit(url)
    host, usual = parts.hostname or "", _USUAL_PORTS.get(parts.scheme)
    host = f"[{host}]" if ":" in host else host
    yield url
    if parts.port is None:
        yield urlunsplit(parts._replace(netloc=f"{host}:{usual}"))
    elif parts.port == usual:
        yield urlunsplit(parts._replace(netloc=host))


class TwilioHook(VendorHook):
    channel, vendor = "sms", VENDOR

    def read(self, request: HttpRequest, connection: Connection, **words: Any) -> Report:
        token = connection.secrets.get("auth_token", "")
        if not token:
            raise NotConfigured
        body = body_of(request)
        fields = QueryDict(body, encoding="utf-8")
        # As the world sees the address: what a proxy says about itself is not believed here.
        url = settings.PUBLIC_URL.rstrip("/") + request.get_full_path()
        shown = request.headers.get("X-Twilio-Signature", "").encode("utf-8", "replace")
        good = [
            hmac.compare_digest(shown, signature(token=token, url=each, fields=fields).encode())
            for each in _spellings(url)
        ]
        if not any(good):
            raise Forged("The signature is wrong.")
        return self.report(fields, body, **words)

    def report(self, fields: QueryDict, body: bytes, **words: Any) -> Report:
        raise NotImplementedError


class TwilioStatus(TwilioHook):
    """Where a text stands; the address names which."""

    def report(self, fields: QueryDict, body: bytes, *, token: str = "", **words: Any) -> Report:
        sid, status = fields.get("MessageSid", ""), fields.get("MessageStatus", "")
        if not sid or not status:
            raise Forged("MessageSid and MessageStatus are missing.")
        event_id = f"{sid}:{status}:{fields.get('ErrorCode', '')}"
        return Report(self.vendor, event_id, "twilio.status", body, "form", token)


class TwilioInbound(TwilioHook):
    """A reply. Twilio itself confirms STOP and START, so that we answer with nothing to say."""

    def report(self, fields: QueryDict, body: bytes, **words: Any) -> Report:
        sid = fields.get("MessageSid", "")
        if not sid:
            raise Forged("MessageSid is missing.")
        return Report(self.vendor, f"{sid}:inbound", "twilio.inbound", body, "form")

    def answer(self) -> HttpResponse:
        return HttpResponse("<Response/>", content_type="text/xml; charset=utf-8")
