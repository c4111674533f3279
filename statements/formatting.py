"""Amounts and dates as people of one locale write them, remembered so that a line costs microseconds.

Amounts are minor units and always print the currency's own number of decimals; the sign and the
place of the symbol are the locale's (CLDR, through Babel). Dates are company calendar days.
"""

import copy
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import NumberPattern
from babel.units import format_unit

from customers.money import exponent, to_amount

FALLBACK = "en"
# As many as quantities and unit costs are kept with.
MOST_DECIMALS = 6


@lru_cache(maxsize=512)
def locale_for(language: str, country: str) -> str:
    """The locale of a customer: language and country, else the language alone, else English."""
    for name in (f"{language}_{country.upper()}", language):
        try:
            return str(Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    return FALLBACK


@lru_cache(maxsize=256)
def _locale(name: str) -> Locale:
    return Locale.parse(name)


class Amounts:
    """Formats minor units of one currency in one locale."""

    def __init__(self, *, locale: str, currency: str) -> None:
        self._locale = _locale(locale)
        self._code = currency.upper()
        self._currency = currency
        self._right_to_left = self._locale.text_direction == "rtl"
        self._money = self._fixed(self._locale.currency_formats["standard"])
        self._plain = self._fixed(self._locale.decimal_formats[None])

    def _fixed(self, pattern: NumberPattern) -> NumberPattern:
        fixed = copy.copy(pattern)
        fixed.frac_prec = (exponent(self._currency),) * 2
        return fixed

    def money(self, minor: int) -> str:
        """With the currency's sign: $1,234.50."""
        amount = to_amount(minor, self._currency)
        text = str(self._money.apply(amount, self._locale, currency=self._code, currency_digits=False))
        # In a right-to-left text a trailing "$" would otherwise part from its letters.
        return f"{_before_digits(text)}\u200e" if self._right_to_left else text

    def plain(self, minor: int) -> str:
        """Digits only, for columns: 1,234.50."""
        text = str(self._plain.apply(to_amount(minor, self._currency), self._locale))
        return _before_digits(text) if self._right_to_left else text

    def rate(self, price: Decimal) -> str:
        """A price for one, with the currency's decimals or as many more as it has: 1,234.50; 0.0125."""
        return self._number(self._plain, price, exponent(self._currency))

    def quantity(self, count: Decimal) -> str:
        """A count with the decimals that it has: 1,000; 2.5."""
        return self._number(self._plain, count, 0)

    def percent(self, value: Decimal) -> str:
        """7.5 as 7.5%, as the locale writes it."""
        return self._number(self._locale.percent_formats[None], value / 100, 0)

    def _number(self, pattern: NumberPattern, value: Decimal, least: int) -> str:
        open_ended = copy.copy(pattern)
        open_ended.frac_prec = (least, MOST_DECIMALS)
        text = str(open_ended.apply(value, self._locale))
        return _before_digits(text) if self._right_to_left else text

    def column_total(self, minor: int) -> str:
        """With the currency's sign where it stands before the digits, so that a column stays in line."""
        money, plain = self.money(minor), self.plain(minor)
        return money if money.endswith(plain.lstrip("-")) else plain


def _before_digits(text: str) -> str:
    """In a right-to-left text a minus would otherwise stand behind its digits (CLDR has the mark, too)."""
    return text.replace("-", "\u200e-")


@lru_cache(maxsize=256)
def amounts(locale: str, currency: str) -> Amounts:
    return Amounts(locale=locale, currency=currency)


def local_date(at: int, zone: ZoneInfo) -> date:
    """The company's calendar day of a Unix second."""
    return datetime.fromtimestamp(at, zone).date()


@lru_cache(maxsize=8192)
def medium_date(day: date, locale: str) -> str:
    """5 mars 2026; Mar 5, 2026."""
    return format_date(day, "medium", locale=_locale(locale))


@lru_cache(maxsize=1024)
def long_date(day: date, locale: str) -> str:
    """March 5, 2026."""
    return format_date(day, "long", locale=_locale(locale))


@lru_cache(maxsize=1024)
def month_name(day: date, locale: str) -> str:
    """March 2026."""
    return format_skeleton("yMMMM", day, locale=_locale(locale))


@lru_cache(maxsize=512)
def days(count: int, locale: str) -> str:
    """1 day; 3 days: each language has forms of its own."""
    return format_unit(count, "duration-day", "long", locale=_locale(locale))


@lru_cache(maxsize=512)
def country_name(code: str, locale: str) -> str:
    """The country in the words of the locale; the code itself when it is unknown."""
    return str(_locale(locale).territories.get(code.upper(), code.upper()))


def is_right_to_left(locale: str) -> bool:
    return _locale(locale).text_direction == "rtl"
