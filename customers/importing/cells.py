"""Reading single cells: texts, amounts, yes and no. Pure; each raises BadCell with the reason."""

import re
from decimal import Decimal
from functools import lru_cache

from customers.importing.faults import BadCell
from customers.money import LARGEST_AMOUNT, exponent, is_currency
from customers.wire.codes import countries, languages, lower_code, upper_code
from customers.wire.values import LONGEST_EMAIL, is_email

# Control characters, and invisible marks that turn the direction of writing or hide text.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_INVISIBLE_IN_NOTES = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_PLAIN_AMOUNT = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]{1,9})?|\.[0-9]{1,9})")
_GROUPED_AMOUNT = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3}){1,5}(\.[0-9]{1,9})?")
_YES, _NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0"}


def read_text(text: str, longest: int, several_lines: bool = False) -> str:
    """A text without outer blanks. Refused: control characters, formulas, more than `longest` letters."""
    clean = text.strip()
    if clean.isascii() and clean.isprintable() and len(clean) <= longest and clean[:1] != "=":
        return clean
    if found := (_INVISIBLE_IN_NOTES if several_lines else _INVISIBLE).search(clean):
        raise BadCell(f"holds the invisible character U+{ord(found[0]):04X}")
    if clean.startswith("="):
        raise BadCell("holds a formula; write its value instead")
    if len(clean) > longest:
        raise BadCell(f"is too long: {len(clean):,} characters, at most {longest:,}")
    return clean


def read_decimal(text: str, decimal_mark: str = ".") -> Decimal:
    """A number such as 1234.56, 1,234.56 or, with a decimal comma, 1.234,56. Never rounded."""
    written = text.strip()
    if decimal_mark == ",":
        written = written.translate(_SWAPPED)
    if _PLAIN_AMOUNT.fullmatch(written):
        return Decimal(written)
    if _GROUPED_AMOUNT.fullmatch(written):
        return Decimal(written.replace(",", ""))
    hint = ""
    if decimal_mark == "." and re.fullmatch(r"[+-]?[\d.]*,\d{1,2}", written):
        hint = '; for decimal commas set decimal_mark to "," in a map'
    raise BadCell(f'"{text[:40]}" is no amount{hint}')


def minor_units(amount: Decimal, currency: str) -> int:
    """An amount as exact minor units; more decimals than the currency has are refused, not rounded."""
    places = exponent(currency)
    scaled = amount.scaleb(places)
    minor = int(scaled)
    if minor != scaled:
        raise BadCell(f"{amount} has more decimals than {currency.upper()} ({places})")
    if abs(amount) >= LARGEST_AMOUNT:
        raise BadCell(f"{amount:,} is too large")
    return minor


def as_written(minor: int, currency: str) -> str:
    """Minor units as a plain decimal text: 5594 usd is 55.94. Exact for any size, and fast."""
    places = exponent(currency)
    if not places:
        return str(minor)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).zfill(places + 1)
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def read_yes_no(text: str) -> bool:
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadCell(f'"{text[:40]}" is neither yes nor no')


@lru_cache(maxsize=512)
def read_currency(text: str) -> str:
    """A currency code in lower case."""
    code = lower_code(text.strip())
    if len(code) != 3 or not is_currency(code):
        raise BadCell(f'"{text[:40]}" is no currency: write an ISO code such as USD')
    return code


@lru_cache(maxsize=4096)
def read_email(text: str) -> str:
    """One address, in lower case as the API keeps it."""
    address = read_text(text, LONGEST_EMAIL).lower()
    if not is_email(address):
        raise BadCell(f'"{address[:80]}" is no email address')
    return address


@lru_cache(maxsize=512)
def read_country(text: str) -> str:
    code = upper_code(text.strip())
    if code not in countries():
        raise BadCell(f'"{text[:40]}" is no country: write an ISO code such as US')
    return code


@lru_cache(maxsize=512)
def read_language(text: str) -> str:
    code = lower_code(text.strip())
    if code not in languages():
        raise BadCell(f'"{text[:40]}" is no language: write an ISO code such as en')
    return code


_SWAPPED = str.maketrans(".,", ",.")
