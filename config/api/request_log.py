"""What API clients asked and what they were told, for staff to look up by request id.

Sits outside of everything that answers (see settings): requests that are refused before any view, by a
bad host, key or body, are kept, too. Bodies, keys and the secret parts of links never are.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from config.api import log_buffer
from config.api.log_buffer import LoggedRequest
from config.api.paths import is_api
from config.logs import is_secret_name, mask_text
from customers.wire.values import clean_text

logger = logging.getLogger("duebook.api")

# Keys and tokens: long words with digits in them. Ids of messages (32 hexadecimal digits) are none.
_OPAQUE = re.compile(r"(?<![A-Za-z0-9_-])(?![0-9a-fA-F]{32}(?![A-Za-z0-9_-]))[A-Za-z0-9_-]{24,}")
_PREFIXED = re.compile(r"\b((?:sk|rk|pk|whsec|pm|tok|btok)_)[A-Za-z0-9_]{8,}")
# None of them, and no credential of a header, is without one of these: most paths need no second look.
_MAY_HOLD_ONE = re.compile(r"[A-Za-z0-9_-]{11}|(?:\d\D{0,9}){13}|basic|bearer", re.I)
_SHOWN = 4


class RequestLogged:
    """Keeps one row for each API request; `REQUEST_LOG_DAYS` 0 keeps none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.REQUEST_LOG_DAYS or not is_api(request):
            return self.get_response(request)
        begun = time.perf_counter()
        response = self.get_response(request)
        try:
            log_buffer.buffer.add(
                _row(request, response, milliseconds=round((time.perf_counter() - begun) * 1000))
            )
        except Exception:
            # An answer that is ready goes out, whatever happens to its row.
            logger.warning("A request could not be put into the request log.", exc_info=True)
        return response


def _row(request: HttpRequest, response: HttpResponseBase, *, milliseconds: int) -> LoggedRequest:
    key = getattr(request, "api_key", None)
    return LoggedRequest(
        request_id=getattr(request, "request_id", ""),
        api_key_id=None if key is None else key.pk,
        method=_short(request.method or "", 8),
        path=_short(masked(request.path_info), 500),
        query=_short(masked_query(request.META.get("QUERY_STRING", "")), 1000),
        status=response.status_code,
        message=_short(masked(_message(response)), 500),
        milliseconds=milliseconds,
        address=_short(request.META.get("REMOTE_ADDR", ""), 45),
        user_agent=_short(masked(request.META.get("HTTP_USER_AGENT", "")), 255),
        replayed=response.get("Idempotent-Replayed") == "true",
        created_at=timezone.now(),
    )


def masked(text: str) -> str:
    """A text without card numbers, keys and tokens; their first characters stay, to find them again."""
    if _MAY_HOLD_ONE.search(text) is None:
        return text
    text = _PREFIXED.sub(r"\1***", mask_text(text))
    return _OPAQUE.sub(lambda found: _without_rest(found[0]), text)


def masked_query(query: str) -> str:
    """The query in plain letters, without values that are secret by their name or look."""
    if not query:
        return ""
    text = query.encode("latin-1", "replace").decode("utf-8", "replace")
    pairs = parse_qsl(text, keep_blank_values=True)
    return "&".join(
        f"{masked(name)}={'***' if value and is_secret_name(name) else masked(value)}"
        for name, value in pairs
    )


def _without_rest(word: str) -> str:
    has_both = any(sign.isdigit() for sign in word) and any(sign.isalpha() for sign in word)
    return f"{word[:_SHOWN]}***" if has_both else word


def _message(response: HttpResponseBase) -> str:
    """What a refused client was told."""
    content: Any = getattr(response, "content", b"")
    if response.status_code < 400 or not response.get("Content-Type", "").startswith("application/json"):
        return ""
    try:
        return str(json.loads(content)["message"])
    except (ValueError, KeyError, TypeError):
        return ""


def _short(text: str, longest: int) -> str:
    if not text.isascii() or not text.isprintable():
        text = clean_text(text.encode("utf-8", "replace").decode())
    return text.strip()[:longest]
