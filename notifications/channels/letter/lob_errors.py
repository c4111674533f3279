"""Lob's error codes in our words, by the table in lob.toml; unknown ones by the answer's status."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from notifications.channels.base import Rejected, Stopped, Unavailable, Unclear

Kind = Literal["address", "document", "account", "temporary"]


@lru_cache(maxsize=1)
def _table() -> dict[str, Kind]:
    with (Path(__file__).parent / "lob.toml").open("rb") as file:
        kinds = tomllib.load(file)
    return {str(code): cast(Kind, kind) for kind, entry in kinds.items() for code in entry["codes"]}


def kind_of(code: str) -> Kind | None:
    """Which kind of failure a code names; None for codes that are not in the table."""
    return _table().get(code)


def failure_of(
    *, status: int, code: str, said: str, retry_after: float | None
) -> Rejected | Stopped | Unavailable | Unclear:
    """What an answer that is no success means. Unclear is safe to repeat: the key is the same."""
    text = said[:500] or f"Lob answered {status}."
    shown = code[:64] or str(status)
    kind = kind_of(code)
    if status == 429 or code == "rate_limit_exceeded":
        return Unavailable(text, code=shown, channel_wide=True, retry_after=retry_after, counts=False)
    if status >= 500 or status == 408 or kind == "temporary":
        return Unclear(text, code=shown)
    if kind == "account" or (kind is None and (status in (401, 403) or status < 400)):
        return Stopped(text, code=shown)
    if kind == "document":
        return Rejected(text, code=shown, reason="document")
    if kind == "address" or (code == "invalid" and "to" in said.lower().split(".")[0].split()):
        return Rejected(text, code=shown, reason="invalid")
    return Rejected(text, code=shown)
