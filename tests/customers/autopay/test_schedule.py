"""When AutoPay tries again, and when the gateway is asked again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from customers.autopay.schedule import next_attempt, next_look

CHICAGO = ZoneInfo("America/Chicago")
MARCH_2 = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def test_three_declines_are_tried_again_after_three_five_and_seven_days_the_fourth_is_the_last() -> None:
    waits = [
        next_attempt(attempt_count=count, declined_at=MARCH_2, days=(3, 5, 7), zone=CHICAGO)
        for count in (1, 2, 3, 4)
    ]

    # Seven days later the clocks stand an hour ahead: the local hour stays.
    hour = timedelta(hours=1)
    assert waits == [
        MARCH_2 + timedelta(days=3), MARCH_2 + timedelta(days=5), MARCH_2 + timedelta(days=7) - hour, None,
    ]  # fmt: skip


def test_without_retry_days_the_first_decline_is_the_last() -> None:
    assert next_attempt(attempt_count=1, declined_at=MARCH_2, days=(), zone=CHICAGO) is None


def test_unclear_charges_are_looked_up_ever_more_seldom_and_then_left_to_people() -> None:
    looks = [next_look(looks=count, now=MARCH_2) for count in range(8)]

    day = timedelta(days=1)
    assert looks[:2] == [MARCH_2 + timedelta(minutes=5), MARCH_2 + timedelta(hours=1)]
    assert looks[2:7] == [MARCH_2 + day] * 5
    assert looks[7] is None
