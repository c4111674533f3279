"""When a schedule is due: company wall-clock time to moments, across every change of the clocks. Pure."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo


class Rhythm(Protocol):
    """What decides when: a StatementSchedule row, or anything alike."""

    @property
    def rhythm(self) -> str: ...
    @property
    def day_of_month(self) -> int: ...
    @property
    def weekday(self) -> int: ...
    @property
    def time_of_day(self) -> time: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """One due moment: the instant, and the company day it belongs to."""

    at: datetime
    day: date


def next_moments(schedule: Rhythm, *, zone: ZoneInfo, after: datetime, count: int = 5) -> list[Moment]:
    """The next due moments strictly after an instant.

    A local time that the clocks skip is taken at the next valid minute; one that comes twice counts
    once, the first time.
    """
    return list(islice(_moments(schedule, zone, after), count))


def period_of(schedule: Rhythm, day: date) -> tuple[date, date]:
    """First and last day that the statements of a due day cover: since the previous due day."""
    if schedule.rhythm == "weekly":
        return day - timedelta(days=7), day - timedelta(days=1)
    before = day.replace(day=1) - timedelta(days=1)
    return _day_in(before.year, before.month, schedule.day_of_month), day - timedelta(days=1)


def wall_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant at which a company clock shows this time on this day, or the next valid minute."""
    wanted = datetime.combine(day, clock.replace(second=0, microsecond=0, tzinfo=None))
    while True:
        instant = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == wanted:
            return instant
        wanted += timedelta(minutes=1)


def _moments(schedule: Rhythm, zone: ZoneInfo, after: datetime) -> Iterator[Moment]:
    last = None
    for day in _days(schedule, after.astimezone(zone).date()):
        at = wall_clock(day, schedule.time_of_day, zone)
        # A zone that left out a whole day would make two due days meet in one instant.
        if at > after and at != last:
            last = at
            yield Moment(at, day)


def _days(schedule: Rhythm, first: date) -> Iterator[date]:
    if schedule.rhythm == "weekly":
        day = first - timedelta(days=7 + (first.weekday() - schedule.weekday) % 7)
        while True:
            yield day
            day += timedelta(days=7)
    year, month = (first.year, first.month - 1) if first.month > 1 else (first.year - 1, 12)
    while True:
        yield _day_in(year, month, schedule.day_of_month)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _day_in(year: int, month: int, day: int) -> date:
    """The day of a month, or the month's last day."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
