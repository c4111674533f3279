"""Twilio's error codes in our words, by the table in twilio.toml; unknown ones by the answer's status."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from notifications.channels.base import HandOverFailed, Rejected, Stopped, Unavailable, Unclear

Kind = Literal["opt_out", "number", "account", "reach", "content", "temporary", "tomorrow"]

OPTED_OUT, UNUSABLE = "unsubscribed", "invalid"
_REASONS = {
    "opt_out": OPTED_OUT,
    "number": UNUSABLE,
    "content": "blocked",
    "temporary": "timed_out",
    "tomorrow": "timed_out",
}


@lru_cache(maxsize=1)
def _table() -> dict[int, tuple[Kind, str]]:
    with (Path(__file__).parent / "twilio.toml").open("rb") as file:
        kinds = tomllib.load(file)
    return {
        int(code): (cast(Kind, kind), str(text))
        for kind, codes in kinds.items()
        for code, text in codes.items()
    }


def kind_of(code: int | None) -> Kind | None:
    """Which kind of failure a code names; None for codes that are not in the table."""
    return _table()[code][0] if code in _table() else None


def words_for(code: int | None, said: str = "") -> str:
    """A sentence for people: Twilio's own words when there are some."""
    if said:
        return said[:500]
    return (
        _table()[code][1]
        if code in _table()
        else f"Twilio's error {code}."
        if code
        else "Twilio gave no reason."
    )


def reason_for(code: int | None) -> str:
    """The reason column of a text that failed with this code."""
    kind = kind_of(code)
    return _REASONS.get(kind, "other") if kind else "other"


def failure_of(*, status: int, code: int | None, said: str, retry_after: float | None) -> HandOverFailed:
    """What an answer that is no success means for a text that was just handed over.

    A 5xx or 408 says nothing about whether the text was taken: Twilio has no idempotency key.
    """
    text = words_for(code, said) if code or said else f"Twilio answered {status}."
    shown = str(code or status)
    if status >= 500 or status == 408:
        return Unclear(text, code=shown)
    if status == 429 or code == 20429:
        return Unavailable(text, code=shown, channel_wide=True, retry_after=retry_after, counts=False)
    kind = kind_of(code)
    if kind == "account" or (kind is None and (status in (401, 403, 404) or status < 400)):
        return Stopped(text, code=shown)
    if kind in ("temporary", "tomorrow"):
        # A full queue is the sender's, so the next text would fare no better.
        return Unavailable(text, code=shown, channel_wide=code in (21611, 30001), retry_after=retry_after)
    return Rejected(text, code=shown, reason=reason_for(code))
