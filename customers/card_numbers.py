"""Numbers of cards: told from other digits, so that none is ever accepted, stored or logged.

A card number is 13 to 19 digits that begin as an issuer's do and end in the right check digit: in one
piece, or in groups of at least three digits with blanks, dots, dashes, slashes or plus signs between them.
One in ten other numbers has the check digit by chance: dates, moments, telephone numbers and IBANs are told
apart by their look.
"""

import re
from collections.abc import Iterator
from typing import Any

from customers.errors import Refused

# As the issuers number them, each with its lengths.
_ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|220[0-4]\d{12,15}"  # Mir
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11,16}"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|(?:50|5[6-9]|6\d)\d{14,17}"  # Maestro, Discover, UnionPay, RuPay
    r"|8[12]\d{14}|9792\d{12}"  # RuPay, Troy
)
# A path or query may be written in percent signs: those are no digits.
_PIECE = re.compile(r"(?:%[0-9A-Fa-f]{2})+|\w+")
# Letters may touch it ("CC4242…"); after an underscore it is part of a token.
_WORD = re.compile(r"(?P<before>[^\W\d_]*)(?P<digits>\d+)(?P<after>\D\w*)?")
_BETWEEN = re.compile(r"\+|(?:[\s./\u2010-\u2015\u2212\u200b-\u200d\u2060\ufeff-]|(?:%[0-9A-Fa-f]{2})+){1,3}")
_ENOUGH_DIGITS = re.compile(r"(?:\d\D{0,9}){13}")
_NO_DIGIT = re.compile(r"%[0-9A-Fa-f]{2}|\D")
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?:[ \xa0]?[A-Za-z0-9]){11,30}")
_SHORTEST, _LONGEST, _SHORTEST_IN_GROUPS = 13, 19, 14


def is_card_number(digits: str) -> bool:
    """Whether an issuer's numbers look like this and the check digit (Luhn) is right."""
    if _ISSUED.fullmatch(digits) is None:
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def without_card_numbers(text: str) -> str:
    """The text with the last four digits of each card number in it: `***4242`."""
    shown, end = "", 0
    for start, stop in _found(text):
        last4 = _NO_DIGIT.sub("", text[start:stop])[-4:]
        shown += f"{text[end:start]}***{last4}"
        end = stop
    return shown + text[end:]


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
    if next(_found(text), None):
        raise Refused("Card numbers are not accepted here; send a token of the gateway.", param or None)


def _found(text: str) -> Iterator[tuple[int, int]]:
    """Where the card numbers are, none over another."""
    if _ENOUGH_DIGITS.search(text) is None:
        return
    ibans: list[tuple[int, int]] | None = None
    end = 0
    words = [word for piece in _PIECE.finditer(text) if (word := _WORD.fullmatch(text, *piece.span()))]
    for place, word in enumerate(words):
        start = word.start("digits")
        stop = _end_of_number(text, words[place : place + _LONGEST // 3]) if start >= end else 0
        if not stop:
            continue
        ibans = list(_ibans(text)) if ibans is None else ibans
        if not any(begin <= start < beyond for begin, beyond in ibans):
            yield start, stop
            end = stop


def _end_of_number(text: str, words: list[re.Match[str]]) -> int:
    """Where the longest card number ends that begins with the first of these; 0 when none does."""
    end, digits = 0, ""
    for place, word in enumerate(words):
        group = word["digits"]
        if place and not _continues(text, words[place - 1], word):
            break
        # Digits of other scripts are read as ours.
        digits += "".join(str(int(digit)) for digit in group)
        if len(digits) > _LONGEST:
            break
        is_long_enough = len(digits) >= (_SHORTEST_IN_GROUPS if place else _SHORTEST)
        if is_long_enough and is_card_number(digits) and (place or not _is_decimal(text, word)):
            end = word.end("digits")
    return end


def _continues(text: str, before: re.Match[str], word: re.Match[str]) -> bool:
    """Whether two groups of digits may be one number."""
    is_grouped = len(before["digits"]) >= 3 and len(word["digits"]) >= 3
    if not is_grouped or before["after"] or word["before"]:
        return False
    return _BETWEEN.fullmatch(text, before.end(), word.start()) is not None


def _is_decimal(text: str, word: re.Match[str]) -> bool:
    start, end = word.span("digits")
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    return re.fullmatch(r"\d\.", before) is not None or re.fullmatch(r"\.\d", after) is not None


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    """Where account numbers are whose own check digits are right (ISO 13616)."""
    for found in _IBAN.finditer(text):
        ends = [blank.start() for blank in re.finditer(r"[ \xa0]|$", found[0])]
        for end in reversed(ends):
            account = re.sub(r"[ \xa0]", "", found[0][:end])
            number = "".join(str(int(sign, 36)) for sign in account[4:] + account[:4])
            if len(account) >= 15 and int(number) % 97 == 1:
                yield found.start(), found.start() + end
                break
