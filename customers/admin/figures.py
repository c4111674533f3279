"""Amounts and days as staff read them. The back office speaks English; figures come in minor units."""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import NumberPattern
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from customers.ages import AgingRule
from customers.ledger.balances import Receivable
from customers.money import exponent, to_amount

ENGLISH = Locale.parse("en_US")
NOTHING = format_html('<span class="desk-nil">{}</span>', "–")


@lru_cache(maxsize=256)
def _patterns(currency: str) -> tuple[NumberPattern, NumberPattern]:
    patterns = []
    for pattern in (ENGLISH.currency_formats["standard"], ENGLISH.decimal_formats[None]):
        fixed = copy.copy(pattern)
        fixed.frac_prec = (exponent(currency),) * 2
        patterns.append(fixed)
    return patterns[0], patterns[1]


def money(minor: int, currency: str) -> str:
    """With the currency's sign: $1,234.50."""
    pattern = _patterns(currency)[0]
    code = currency.upper()
    return str(pattern.apply(to_amount(minor, currency), ENGLISH, currency=code, currency_digits=False))


def plain(minor: int, currency: str) -> str:
    """Digits alone: 1,234.50."""
    return str(_patterns(currency)[1].apply(to_amount(minor, currency), ENGLISH))


def cell(parts: Iterable[tuple[int, str]], *, late: bool = False) -> SafeString:
    """A table cell: one line for each currency, a dash when there is nothing."""
    shown = [(" desk-late" if late else "", money(minor, currency)) for minor, currency in parts if minor]
    if not shown:
        return format_html('<span class="desk-money">{}</span>', NOTHING)
    return format_html_join("", '<span class="desk-money{}">{}</span>', shown)


def one_line(number: str) -> SafeString:
    """A number of a customer or document; it never breaks in two."""
    return format_html('<span class="desk-num">{}</span>', number)


def short_day(day: date) -> str:
    """Mar 5, 2026."""
    return format_date(day, "medium", locale=ENGLISH)


def day_of(moment: datetime | int | None, zone: ZoneInfo) -> str:
    """The company's calendar day of a moment or Unix second; empty without one."""
    if moment is None:
        return ""
    if isinstance(moment, int):
        moment = datetime.fromtimestamp(moment, zone)
    return short_day(moment.astimezone(zone).date())


def minute_of(moment: datetime | None, zone: ZoneInfo) -> str:
    """Mar 5, 2026, 14:05 in company time; empty without one."""
    return _moment(moment, zone, "MMM d, y, HH:mm")


def second_of(moment: datetime | None, zone: ZoneInfo) -> str:
    """Mar 5, 2026, 14:05:09 in company time; empty without one."""
    return _moment(moment, zone, "MMM d, y, HH:mm:ss")


def _moment(moment: datetime | None, zone: ZoneInfo, look: str) -> str:
    return "" if moment is None else format_datetime(moment.astimezone(zone), look, locale=ENGLISH)


@dataclass(frozen=True, slots=True)
class Strip:
    """One currency's open amounts by age, with the share of each bucket for a bar."""

    currency: str
    open_count: int
    open_amount: str
    past_due_count: int
    past_due_amount: str
    buckets: tuple[tuple[str, str, str, int], ...]  # name, slug, amount, per cent of what is owed

    @property
    def code(self) -> str:
        return self.currency.upper()


def strips(rows: Sequence[Receivable], aging: AgingRule, *, first: str = "") -> list[Strip]:
    """The receivables of many accounts added up by currency; the company's own comes first."""
    found = []
    for currency in sorted({row.currency for row in rows}, key=lambda code: (code != first, code)):
        mine = [row for row in rows if row.currency == currency]
        sums = [sum(column) for column in zip(*(row.buckets for row in mine), strict=True)]
        owed = sum(max(0, part) for part in sums) or 1
        found.append(
            Strip(
                currency=currency,
                open_count=sum(row.open_count for row in mine),
                open_amount=money(sum(row.open_amount for row in mine), currency),
                past_due_count=sum(row.past_due_count for row in mine),
                past_due_amount=money(sum(row.past_due_amount for row in mine), currency),
                buckets=tuple(
                    (name, slug, money(part, currency), max(0, part) * 100 // owed)
                    for name, slug, part in zip(aging.names, aging.slugs, sums, strict=True)
                ),
            )
        )
    return found
