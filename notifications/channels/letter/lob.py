"""Lob over httpx: the few requests we need (Lob, API reference, Letters).

Every letter is sent under an idempotency key of its own, which Lob keeps for a day: within that time
a repetition returns the letter that is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from notifications.channels.base import HandOverFailed, Rejected, Unavailable, Unclear
from notifications.channels.letter.lob_errors import failure_of
from notifications.channels.vendor_http import Answer, VendorClient

VENDOR = "lob"
# The version whose fields and answers this module speaks.
VERSION = "2020-02-11"
TEST_KEY, LIVE_KEY = "test_", "live_"


@dataclass(frozen=True, slots=True)
class LobLetter:
    """A letter as Lob shows it."""

    id: str
    expected_delivery_date: date | None = None


class Lob:
    """The account's letters. Raises the kinds of HandOverFailed."""

    def __init__(self, api_key: str) -> None:
        self._client = VendorClient(
            base_url=settings.LOB_BASE_URL,
            user=api_key,
            password="",
            vendor="Lob",
            headers={"Lob-Version": VERSION},
        )

    def send(self, *, fields: Mapping[str, str], file: tuple[str, bytes], key: str) -> LobLetter:
        """Hand a letter over, or get back the one that is there under this key."""
        answer = self._client.ask(
            "POST",
            "/v1/letters",
            data=dict(fields),
            files={"file": (*file, "application/pdf")},
            headers={"Idempotency-Key": key},
        )
        if answer.status not in (200, 201):
            raise _failure(answer)
        letter = _letter(answer.data)
        if letter is None:
            raise Unclear("Lob's answer could not be read.", code="unreadable")
        return letter

    def find(self, *, delivery: str) -> LobLetter | None:
        """The letter of one of our deliveries, by what we wrote into its metadata."""
        answer = _checked(
            self._client.ask("GET", "/v1/letters", params={"metadata[delivery]": delivery, "limit": "10"})
        )
        found = answer.data.get("data")
        for entry in found if isinstance(found, list) else []:
            if isinstance(entry, dict) and not entry.get("deleted") and (letter := _letter(entry)):
                return letter
        return None

    def cancel(self, letter_id: str) -> None:
        """Take a letter out of production; one that is out already is fine. Raises Rejected when too late."""
        answer = self._client.ask("DELETE", f"/v1/letters/{letter_id}")
        if answer.status == 200:
            return
        if answer.status in (404, 410, 422):
            raise Rejected(_said(answer) or "Lob has begun to print this letter.", code=_code(answer))
        raise _failure(answer)

    def check_account(self) -> None:
        """Sign in. Raises Stopped when Lob refuses the key."""
        _checked(self._client.ask("GET", "/v1/letters", params={"limit": "1"}))

    def close(self) -> None:
        self._client.close()


def _checked(answer: Answer) -> Answer:
    """The answer to a question, when it is one."""
    if answer.status == 200 and answer.data:
        return answer
    if answer.status == 200:
        raise Unavailable("Lob's answer could not be read.", code="unreadable", channel_wide=True)
    failed = _failure(answer)
    if isinstance(failed, Unclear):
        raise Unavailable(failed.text, code=failed.code, channel_wide=True, retry_after=answer.retry_after)
    raise failed


def _failure(answer: Answer) -> HandOverFailed:
    return failure_of(
        status=answer.status, code=_code(answer), said=_said(answer), retry_after=answer.retry_after
    )


def _error(answer: Answer) -> dict[str, Any]:
    error = answer.data.get("error")
    return error if isinstance(error, dict) else {}


def _code(answer: Answer) -> str:
    code = _error(answer).get("code")
    return code if isinstance(code, str) else ""


def _said(answer: Answer) -> str:
    said = _error(answer).get("message")
    return said if isinstance(said, str) else ""


def _letter(entry: Mapping[str, Any]) -> LobLetter | None:
    found = entry.get("id")
    if not isinstance(found, str) or not found.startswith("ltr_"):
        return None
    return LobLetter(found[:255], day_of(entry.get("expected_delivery_date")))


def day_of(shown: Any) -> date | None:
    """A day as Lob writes it; None for anything else."""
    try:
        return date.fromisoformat(str(shown)[:10])
    except ValueError:
        return None
