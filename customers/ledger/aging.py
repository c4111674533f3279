"""Open amounts by age. Pure: days in, buckets out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from customers.ages import AgingRule
from customers.dates import local_day, start_of_day


@dataclass(frozen=True, slots=True)
class Ruler:
    """Tells how late a due moment is at one second, and which bucket an age falls into, in company days.

    Due today is not late, and late is a matter of due dates whatever the buckets count from. The
    thresholds are computed once, so that a million items cost a few comparisons each.
    """

    at: int
    zone: ZoneInfo
    today: int
    thresholds: tuple[int, ...]
    by_due_date: bool

    @classmethod
    def of(cls, at: int, zone: ZoneInfo, rule: AgingRule | None = None) -> "Ruler":
        rule = rule or AgingRule()
        first, *others = _starts(local_day(_moment(at), zone), zone, (1, *rule.bounds))
        return cls(at, zone, first, tuple(others), rule.basis == "due_date")

    def is_late(self, due_at: int | None) -> bool:
        return due_at is not None and due_at < self.today

    def bucket(self, moment: int | None) -> int:
        """0 is below the first bound; each further bucket begins at its bound of days."""
        if moment is None:
            return 0
        return sum(moment < threshold for threshold in self.thresholds)

    def days_late(self, due_at: int | None) -> int:
        """Whole calendar days past due, 0 when not late or without a due date."""
        if due_at is None or due_at >= self.today:
            return 0
        today = local_day(_moment(self.at), self.zone)
        return (today - local_day(_moment(due_at), self.zone)).days

    @property
    def size(self) -> int:
        return len(self.thresholds) + 1


@lru_cache(maxsize=64)
def _starts(today: date, zone: ZoneInfo, bounds: tuple[int, ...]) -> tuple[int, ...]:
    """The second at which each bound begins; the same all day long."""
    return tuple(int(start_of_day(today - timedelta(days=bound - 1), zone).timestamp()) for bound in bounds)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
