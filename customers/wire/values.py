"""How single values look on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from customers.money import to_amount

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


def clean_text(text: str) -> str:
    """Without outer blanks and control characters; line feeds and tabs inside stay."""
    return text.translate(_CONTROLS).strip()
