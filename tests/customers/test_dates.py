"""Days, terms and zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from customers.dates import (
    due_date_for,
    end_of_day,
    local_day,
    midday,
    parse_terms,
    plus_days,
    start_of_day,
    start_of_month,
)

NEW_YORK, LORD_HOWE, KATHMANDU = (
    ZoneInfo(name) for name in ("America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
)
CAIRO = ZoneInfo("Africa/Cairo")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("NET 30", 30),
        ("net-15", 15),
        ("NET7", 7),
        ("2% 10 NET 30", 30),
        ("Due on Receipt", None),
        ("AutoPay", None),
        ("", None),
        (None, None),
        ("NET", None),
        ("NET 30 days", None),
    ],
)
def test_terms_name_the_days_until_an_invoice_is_due(text: str | None, days: int | None) -> None:
    assert parse_terms(text).days == days


def test_terms_may_hold_an_early_payment_discount() -> None:
    terms = parse_terms("2% 10 NET 30")

    assert (terms.discount_percent, terms.discount_days) == ("2", 10)


def test_a_due_date_keeps_its_local_time_over_a_change_of_the_clocks() -> None:
    issued = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)  # noon in New York, winter time

    due = due_date_for(terms="NET 30", date=issued, zone=NEW_YORK)

    assert due == datetime(2026, 3, 31, 16, 0, tzinfo=UTC)  # noon, summer time


@pytest.mark.parametrize("zone", [NEW_YORK, LORD_HOWE, KATHMANDU, CAIRO, ZoneInfo("UTC")])
def test_days_follow_each_other_without_gap_or_overlap(zone: ZoneInfo) -> None:
    day = date(2026, 1, 1)
    for offset in range(400):
        today, tomorrow = day + timedelta(days=offset), day + timedelta(days=offset + 1)
        assert end_of_day(today, zone) + timedelta(seconds=1) == start_of_day(tomorrow, zone)
        assert local_day(start_of_day(today, zone), zone) == today
        assert local_day(end_of_day(today, zone), zone) == today
        assert local_day(midday(today, zone), zone) == today


def test_a_month_begins_with_its_first_local_second() -> None:
    moment = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)  # still 31 March in New York

    assert start_of_month(moment, NEW_YORK) == datetime(2026, 3, 1, 5, 0, tzinfo=UTC)


def test_the_29th_of_february_is_a_day_like_others() -> None:
    assert local_day(plus_days(midday(date(2028, 2, 28), NEW_YORK), 1, NEW_YORK), NEW_YORK) == date(
        2028, 2, 29
    )
