"""When to try again, and when to ask again. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from customers.dates import plus_days

# An attempt without an answer is looked up after five minutes, an hour, then daily for five days.
LOOKS = (timedelta(minutes=5), timedelta(hours=1), *[timedelta(days=1)] * 5)


def next_attempt(
    *, attempt_count: int, declined_at: datetime, days: Sequence[int], zone: ZoneInfo
) -> datetime | None:
    """When AutoPay tries again after its n-th declined attempt; None when it has given up.

    `days` are the waits after the first, second, … decline (Invoiced guide, AutoPay: 3, 5, 7).
    """
    if attempt_count > len(days):
        return None
    return plus_days(declined_at, days[attempt_count - 1], zone)


def next_look(*, looks: int, now: datetime) -> datetime | None:
    """When to ask the gateway again after it was asked `looks` times; None when staff must decide."""
    return now + LOOKS[looks] if looks < len(LOOKS) else None
