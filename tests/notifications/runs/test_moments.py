"""When a schedule is due, across months and changes of the clocks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from notifications.runs.moments import Moment, next_moments, period_of, wall_clock

NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Plan:
    rhythm: str = "monthly"
    day_of_month: int = 1
    weekday: int = 0
    time_of_day: time = time(6)


def local(moments: list[Moment], zone: ZoneInfo) -> list[str]:
    return [f"{moment.at.astimezone(zone):%Y-%m-%d %H:%M}" for moment in moments]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_31st_is_the_last_day_of_shorter_months() -> None:
    moments = next_moments(Plan(day_of_month=31), zone=NEW_YORK, after=utc("2027-12-31T12:00"))

    assert local(moments, NEW_YORK) == [
        "2028-01-31 06:00",
        "2028-02-29 06:00",
        "2028-03-31 06:00",
        "2028-04-30 06:00",
        "2028-05-31 06:00",
    ]


def test_a_weekly_schedule_keeps_its_day_and_local_time() -> None:
    moments = next_moments(
        Plan(rhythm="weekly", weekday=6), zone=NEW_YORK, after=utc("2026-10-24T00:00"), count=3
    )

    assert local(moments, NEW_YORK) == ["2026-10-25 06:00", "2026-11-01 06:00", "2026-11-08 06:00"]
    assert [moment.at.hour for moment in moments] == [10, 11, 11]


def test_a_due_moment_itself_lies_behind() -> None:
    [first] = next_moments(Plan(), zone=NEW_YORK, after=utc("2026-01-15T00:00"), count=1)
    [second] = next_moments(Plan(), zone=NEW_YORK, after=first.at, count=1)

    assert (first.day, second.day) == (date(2026, 2, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("zone", "day", "clock", "shown"),
    [
        ("America/New_York", "2026-03-08", "02:30", "03:00"),
        ("Europe/Berlin", "2026-03-29", "02:15", "03:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:10", "02:30"),
        ("Asia/Kathmandu", "2026-03-08", "02:30", "02:30"),
        ("America/New_York", "2026-03-08", "23:59", "23:59"),
    ],
)
def test_a_time_that_the_clocks_skip_is_the_next_valid_minute(
    zone: str, day: str, clock: str, shown: str
) -> None:
    at = wall_clock(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone))

    assert f"{at.astimezone(ZoneInfo(zone)):%H:%M}" == shown


def test_a_time_that_comes_twice_is_due_once_the_first_time() -> None:
    plan = Plan(rhythm="weekly", weekday=6, time_of_day=time(1, 30))

    moments = next_moments(plan, zone=NEW_YORK, after=utc("2026-10-31T12:00"), count=2)

    assert moments[0].at == utc("2026-11-01T05:30")
    assert moments[1].at == utc("2026-11-08T06:30")


def test_a_day_that_a_zone_left_out_makes_no_second_moment() -> None:
    apia = ZoneInfo("Pacific/Apia")
    plan = Plan(day_of_month=30)

    at = wall_clock(date(2011, 12, 30), time(6), apia)

    assert f"{at.astimezone(apia):%Y-%m-%d %H:%M}" == "2011-12-31 00:00"
    [first, second] = next_moments(plan, zone=apia, after=utc("2011-12-01T00:00"), count=2)
    assert first.day == date(2011, 12, 30)
    assert second.day == date(2012, 1, 30)


@pytest.mark.parametrize(
    ("plan", "day", "first", "last"),
    [
        (Plan(), "2026-08-01", "2026-07-01", "2026-07-31"),
        (Plan(), "2027-01-01", "2026-12-01", "2026-12-31"),
        (Plan(day_of_month=15), "2026-03-15", "2026-02-15", "2026-03-14"),
        (Plan(day_of_month=31), "2026-03-31", "2026-02-28", "2026-03-30"),
        (Plan(rhythm="weekly"), "2026-08-03", "2026-07-27", "2026-08-02"),
    ],
)
def test_the_period_reaches_from_the_last_due_day_to_the_day_before(
    plan: Plan, day: str, first: str, last: str
) -> None:
    assert period_of(plan, date.fromisoformat(day)) == (date.fromisoformat(first), date.fromisoformat(last))
