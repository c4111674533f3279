"""How single values look on the wire."""

import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from customers.money import to_amount

# Spaces, marks of direction, joiners, and signs that only change the one before them.
_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"})
# Letters and signs that are printed as nothing.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
LONGEST_EMAIL = 254
_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def seconds(moment: datetime | None) -> int | None:
    """Unix seconds; fractions are cut, never rounded up into the future."""
    return None if moment is None else int(moment.timestamp() // 1)


def text(value: str) -> str | None:
    return value or None


def money(minor: int, currency: str) -> Decimal:
    return to_amount(minor, currency)


def metadata(value: Any) -> dict[str, Any]:
    return dict(value or {})


def is_email(address: str) -> bool:
    """A bare address that every mail server can be given: what stands before the @ is ASCII, and it is
    short enough also in the lower case that is kept, which may be longer than what was sent.

    Django's own pattern lets letters pass that only look alike without case, such as a long s.
    """
    if len(address.lower()) > LONGEST_EMAIL:
        return False
    try:
        validate_email(address)
    except ValidationError:
        return False
    return address.rpartition("@")[0].isascii()


def clean_text(text: str) -> str:
    """Without outer blanks and control characters; line feeds and tabs inside stay. Text in which nothing
    can be seen is empty."""
    kept = text.translate(_CONTROLS).strip()
    return kept if kept.isascii() or any(map(_is_visible, kept)) else ""


def _is_visible(character: str) -> bool:
    return character not in _BLANK_LETTERS and unicodedata.category(character) not in _UNSEEN
