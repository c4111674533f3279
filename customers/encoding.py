"""JSON as it leaves the house: exact numbers, UTF-8, no surprises.

Answers, events and webhooks all go through `to_json`, so one amount looks the same everywhere.
"""

import json
from decimal import Decimal
from typing import Any

import orjson

# Dates and dataclasses would be written in forms that the wire does not have.
_STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def to_json(value: Any, *, pretty: bool = False) -> bytes:
    """Encode plain wire values. A Decimal becomes a JSON number with its exact digits.

    Raises `TypeError` for values that have no wire form (dates, models, NaN).
    """
    option = _STRICT | orjson.OPT_INDENT_2 if pretty else _STRICT
    return orjson.dumps(value, default=_encode, option=option)


def digits(amount: Decimal) -> str:
    """`470.00` as `470`, `51.150` as `51.15`; never an exponent, never a rounded digit."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _encode(value: Any) -> Any:
    # The encoder knows no Decimal and would lose digits through a float; a fragment is copied as is.
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(digits(value))
    raise TypeError(f"{type(value).__name__} has no form on the wire")


def same_json(one: Any, other: Any) -> bool:
    """Whether two plain values are the same on the wire. To Python `True` is 1; to a client it is not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


class ExactEncoder(json.JSONEncoder):
    """For JSON columns: writes what `to_json` writes."""

    def encode(self, o: Any) -> str:
        return to_json(o).decode()


class ExactDecoder(json.JSONDecoder):
    """For JSON columns: fractions come back as Decimal, never as a binary float."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "parse_float": Decimal})
