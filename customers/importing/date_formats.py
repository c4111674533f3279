"""Dates as files write them: strict formats of our own small language, such as DD.MM.YYYY. Pure."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from customers.errors import Refused
from customers.importing.faults import BadCell

ISO = "YYYY-MM-DD"
US = "M/D/YYYY"

# One letter takes one or two digits, a doubled one exactly two.
_PARTS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short>\d{2})",
    "MMM": r"(?P<word>[A-Za-z]{3})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})",
    "D": r"(?P<day>\d{1,2})",
}
_TOKEN = re.compile("YYYY|YY|MMM|MM|M|DD|D|[^A-Za-z]")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SLASHED = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})$", re.ASCII)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2099, 12, 31)

DateReader = Callable[[str], date]


@lru_cache(maxsize=64)
def date_reader(written: str) -> DateReader:
    """A function that reads texts of one format and nothing else; it raises BadCell.

    Raises Refused (`date_format`) for a format without exactly one day, month and year.
    """
    pattern = _pattern(written.strip())

    def read(text: str) -> date:
        found = pattern.fullmatch(text)
        if found is None:
            raise BadCell(_not_a_date(text, written))
        return _checked(found.groupdict(), text, written)

    return read


def read_iso(text: str) -> date:
    """An ISO date; what could be day-first or month-first is refused with both readings."""
    try:
        return date_reader(ISO)(text)
    except BadCell:
        if found := _SLASHED.match(text):
            raise BadCell(_ambiguous(text, int(found[1]), int(found[2]))) from None
        raise


def in_range(day: date) -> date:
    """The day itself; raises BadCell outside the years 1900 to 2099."""
    if not _EARLIEST <= day <= _LATEST:
        raise BadCell(f"{day} lies outside the years 1900 to 2099")
    return day


def _pattern(written: str) -> re.Pattern[str]:
    tokens = _TOKEN.findall(written)
    parts = "".join(_PARTS.get(token, re.escape(token)) for token in tokens)
    names = sorted(re.findall(r"\?P<(\w+)>", parts))
    kinds = [{"word": "month", "short": "year"}.get(name, name) for name in names]
    if "".join(tokens) != written or sorted(kinds) != ["day", "month", "year"]:
        raise Refused(
            f'"{written}" is no date format: write the day, month and year once each, '
            "such as YYYY-MM-DD, M/D/YYYY or DD.MM.YYYY.",
            param="date_format",
        )
    return re.compile(parts, re.ASCII)


def _checked(parts: dict[str, str], text: str, written: str) -> date:
    year = int(parts["year"]) if parts.get("year") else 2000 + int(parts["short"])
    word = parts.get("word", "").lower()
    if word and word not in _MONTHS:
        raise BadCell(f'"{text}" is no date: there is no month "{parts["word"]}"')
    month = _MONTHS.index(word) + 1 if word else int(parts["month"])
    if month > 12 and int(parts["day"]) <= 12:
        raise BadCell(
            f'"{text}" is no date: it is read as {written} and there is no month {month}; '
            "if days come first, name the date format in a map"
        )
    try:
        return in_range(date(year, month, int(parts["day"])))
    except BadCell:
        raise
    except ValueError:
        raise BadCell(f'"{text}" is no date: that day does not exist (read as {written})') from None


def _not_a_date(text: str, written: str) -> str:
    return f'"{text[:40]}" is no date as {written}'


def _ambiguous(text: str, first: int, second: int) -> str:
    if first <= 12 and second <= 12 and first != second:
        months = [_MONTHS[number - 1].capitalize() for number in (first, second)]
        return (
            f'"{text}" can be {first} {months[1]} or {second} {months[0]}: '
            "write YYYY-MM-DD, or name the date format in a map"
        )
    return f'"{text}" is not written YYYY-MM-DD: name the date format in a map'
