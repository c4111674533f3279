"""Numbers of cards: told from other digits, so that none is ever accepted, stored or logged."""

import re
from typing import Any

from customers.errors import Refused

# 13 to 19 digits, also written in groups.
LONG_DIGITS = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])")


def is_card_number(digits: str) -> bool:
    """The check digit of card numbers (Luhn)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def refuse_card_numbers(value: Any, param: str = "") -> None:
    """Walk parameters of any depth. Raises Refused, naming the place, for the first card number in them.

    The number itself is in no message. Source: PCI DSS, requirement 3: what is not kept cannot leak.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_text(str(key), param)
            refuse_card_numbers(inner, f"{param}.{key}" if param else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            refuse_card_numbers(inner, f"{param}.{index}" if param else str(index))
    elif isinstance(value, str | int) and not isinstance(value, bool):
        _refuse_text(str(value), param)


def _refuse_text(text: str, param: str) -> None:
    for found in LONG_DIGITS.finditer(text):
        if is_card_number(re.sub(r"\D", "", found[0])):
            raise Refused("Card numbers are not accepted here; send a token of the gateway.", param or None)
