"""The day as of which staff look at receivables: `?as_of=YYYY-MM-DD`, the present when not given."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from customers.ages import AgingRule
from customers.dates import end_of_day, local_day, read_day
from customers.models import Company

PARAMETER = "as_of"


@dataclass(frozen=True, slots=True)
class AsOf:
    """A moment to look from: the last second of a company day, or now when no day was picked.

    `aging` is the company's rule for the buckets.
    """

    day: date
    at: int
    zone: ZoneInfo
    aging: AgingRule
    picked: bool = False

    @property
    def query(self) -> str:
        """To be put behind links that shall keep the day: `as_of=2026-03-31`, or nothing."""
        return f"{PARAMETER}={self.day.isoformat()}" if self.picked else ""

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, self.zone)

    def link(self, url: str) -> str:
        """The address with the day."""
        if not self.picked:
            return url
        return f"{url}{'&' if '?' in url else '?'}{self.query}"


def read_as_of(request: HttpRequest, *, now: datetime) -> AsOf:
    """The day of a request. What is not a day that can be picked counts as not given."""
    company = Company.get()
    zone, aging = company.zone, company.aging
    try:
        day = read_day(request.GET.get(PARAMETER, ""))
    except ValueError:
        return AsOf(day=local_day(now, zone), at=int(now.timestamp()), zone=zone, aging=aging)
    at = int(end_of_day(day, zone).timestamp())
    return AsOf(day=day, at=at, zone=zone, aging=aging, picked=True)
