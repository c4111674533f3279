"""Moments and days: company calendar days, payment terms, month ends. Pure; nobody reads a clock here."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

# The company days that can be picked. Every zone's first second of the first is behind the beginning of
# Unix time, so that no moment of a picked day is negative; the last is where the wire ends, too.
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2100, 1, 1)

_NET = re.compile(r"^\s*net\s*-?\s*(\d{1,4})\s*$", re.IGNORECASE)
_DISCOUNT_NET = re.compile(
    r"^\s*(\d{1,2}(?:\.\d{1,2})?)\s*%\s+(\d{1,3})\s+net\s*-?\s*(\d{1,4})\s*$", re.IGNORECASE
)


class Terms(NamedTuple):
    """What a text such as `NET 30` or `2% 10 NET 30` means; days are None without a due date."""

    days: int | None
    discount_percent: str | None = None
    discount_days: int | None = None


def parse_terms(text: str | None) -> Terms:
    """Read payment terms; texts that are not understood carry no due date (Invoiced guide, Payment terms)."""
    if not text:
        return Terms(None)
    if found := _NET.match(text):
        return Terms(int(found[1]))
    if found := _DISCOUNT_NET.match(text):
        return Terms(int(found[3]), found[1], int(found[2]))
    return Terms(None)


def due_date_for(*, terms: str | None, date: datetime, zone: ZoneInfo) -> datetime | None:
    """The due moment: the same local time n company days later, whatever the clocks did between."""
    days = parse_terms(terms).days
    return None if days is None else plus_days(date, days, zone)


def is_known_day(day: date) -> bool:
    """Whether the day is one that can be picked: FIRST_DAY to LAST_DAY."""
    return FIRST_DAY <= day <= LAST_DAY


def read_day(text: str) -> date:
    """A day that somebody wrote. Raises ValueError with one sentence that says what is wrong."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is no date: write YYYY-MM-DD.") from None
    if not is_known_day(day):
        raise ValueError(f"{text} is out of range: days go from {FIRST_DAY} to {LAST_DAY}.")
    return day


def plus_days(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    return (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone).astimezone(UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The company's calendar day in which a moment lies."""
    return moment.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first second of a local day, also where midnight does not exist on that day."""
    start = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    if start.astimezone(zone).date() < day:  # the clocks jumped over midnight
        start += timedelta(hours=1)
    return start


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last whole second of a local day."""
    return start_of_day(day + timedelta(days=1), zone) - timedelta(seconds=1)


def midday(day: date, zone: ZoneInfo) -> datetime:
    """12:00 company time: the moment given to imported days, so that no zone moves them."""
    return datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)


def start_of_month(moment: datetime, zone: ZoneInfo) -> datetime:
    """First second of the company month that contains the moment."""
    return start_of_day(local_day(moment, zone).replace(day=1), zone)


def whole_second(moment: datetime) -> datetime:
    """Business moments are whole seconds in UTC; fractions are cut."""
    return moment.astimezone(UTC).replace(microsecond=0)
