"""The hours in which texts may go: in the company's zone and in every zone that the number may be in."""

from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone as number_zones

Hours = tuple[time, time]

# A number that may ring in more zones than a country has is at home in none of them (free numbers).
MOST_ZONES = 12


@lru_cache(maxsize=4096)
def zones_of(number: str) -> tuple[ZoneInfo, ...]:
    """The zones in which a number in international form may ring; none when that is not known."""
    try:
        names = number_zones.time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ()
    found = []
    for name in names:
        try:
            found.append(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError):  # "Etc/Unknown"
            continue
    return tuple(found) if len(found) <= MOST_ZONES else ()


def quiet_reason(*, number: str, moment: datetime, zone: ZoneInfo, hours: Hours | None) -> str:
    """Why a text may not go to this number at this moment; empty when it may.

    `hours` are the first and the last minute of the day, both included; None means any time. `zone`
    is the company's.
    """
    if hours is None:
        return ""
    for place in (zone, *zones_of(number)):
        local = moment.astimezone(place)
        if not hours[0] <= local.time().replace(second=0, microsecond=0) <= hours[1]:
            first, last = (f"{edge:%H:%M}" for edge in hours)
            return f"It is {local:%H:%M} in {place.key}; texts go from {first} to {last} only."
    return ""


def next_allowed(*, number: str, moment: datetime, zone: ZoneInfo, hours: Hours | None) -> datetime:
    """The first moment from this one on at which a text may go.

    A number whose zones leave no common hour goes by the company's zone alone.
    """
    if not quiet_reason(number=number, moment=moment, zone=zone, hours=hours):
        return moment
    assert hours is not None
    for places in ((zone, *zones_of(number)), (zone,)):
        # Hours begin somewhere on the way: each beginning of the next two days is a candidate.
        for start in sorted(_beginnings(moment, places, hours[0])):
            if all(_allows(start, place, hours) for place in places):
                return start
    return moment


def _beginnings(moment: datetime, places: tuple[ZoneInfo, ...], first: time) -> list[datetime]:
    found = []
    for place in places:
        today = moment.astimezone(place).date()
        for ahead in range(3):
            start = datetime.combine(today + timedelta(days=ahead), first, tzinfo=place)
            if start > moment:
                found.append(start)
    return found


def _allows(moment: datetime, place: ZoneInfo, hours: Hours) -> bool:
    return hours[0] <= moment.astimezone(place).time().replace(second=0, microsecond=0) <= hours[1]
