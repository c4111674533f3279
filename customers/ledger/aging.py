"""Open amounts by age. Pure: days in, buckets out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from customers.dates import local_day, start_of_day

BOUNDS = (1, 31, 61, 91)


@dataclass(frozen=True, slots=True)
class Ruler:
    """Tells how late a due moment is at one second, in company calendar days.

    Due today is not late. The thresholds are computed once, so that a million items cost a few
    comparisons each.
    """

    at: int
    zone: ZoneInfo
    thresholds: tuple[int, ...]

    @classmethod
    def of(cls, at: int, zone: ZoneInfo, bounds: Sequence[int] = BOUNDS) -> "Ruler":
        today = local_day(_moment(at), zone)
        starts = (start_of_day(today - timedelta(days=bound - 1), zone) for bound in bounds)
        return cls(at, zone, tuple(int(start.timestamp()) for start in starts))

    def bucket(self, due_at: int | None) -> int:
        """0 is current; each further bucket begins at its bound of days late."""
        if due_at is None:
            return 0
        return sum(due_at < threshold for threshold in self.thresholds)

    def days_late(self, due_at: int | None) -> int:
        """Whole calendar days past due, 0 when not late or without a due date."""
        if due_at is None or due_at >= self.thresholds[0]:
            return 0
        today = local_day(_moment(self.at), self.zone)
        return (today - local_day(_moment(due_at), self.zone)).days

    @property
    def size(self) -> int:
        return len(self.thresholds) + 1


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
