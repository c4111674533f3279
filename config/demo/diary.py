"""What happens when: acts are written down for a moment and played in order."""

import heapq
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from customers.dates import local_day

Act = Callable[[datetime], object]
SATURDAY = 5


class Diary:
    """Plays acts from the past up to `until`; an act may write down later ones.

    Going through time once for all accounts, not account by account, gives documents the numbers they
    would have had. What lies behind `until` has not happened.
    """

    def __init__(self, *, until: datetime, zone: ZoneInfo) -> None:
        self.until = until
        self.zone = zone
        self._pages: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def note(self, at: datetime, act: Act) -> None:
        if at <= self.until:
            heapq.heappush(self._pages, (at, next(self._order), act))

    def play(self) -> None:
        while self._pages:
            at, _, act = heapq.heappop(self._pages)
            act(at)

    def days_ago(self, days: int, rng: Random) -> datetime:
        """A moment in office hours that many days before the end, or on the Friday before it."""
        return self.office_hours(self.until - timedelta(days=days), rng)

    def office_hours(self, moment: datetime, rng: Random) -> datetime:
        """Some whole minute between nine and five of the day of `moment`; weekends move to Friday."""
        day = local_day(moment, self.zone)
        day -= timedelta(days=max(0, day.weekday() - SATURDAY + 1))
        clock = time(rng.randrange(9, 17), rng.randrange(60))
        return datetime.combine(day, clock, tzinfo=self.zone)
