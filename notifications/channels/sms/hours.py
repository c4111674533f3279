"""The hours in which texts may go: in the company's zone and in every zone that the number may be in.

Between some zones there is no hour that is daytime in both, such as between New York and India from nine
to five. Then the recipient's own hours decide: they are whom the night protects.
"""

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
    for place in _places(number, moment, zone, hours):
        if not _allows(moment, place, hours):
            local = moment.astimezone(place)
            first, last = (f"{edge:%H:%M}" for edge in hours)
            return f"It is {local:%H:%M} in {place.key}; texts go from {first} to {last} only."
    return ""


def apart_reason(*, number: str, moment: datetime, zone: ZoneInfo, hours: Hours | None) -> str:
    """Whose hours count for a number whose daytime never meets the company's; empty when both count."""
    if hours is None:
        return ""
    places = _places(number, moment, zone, hours)
    if len(places) == 1 + len(zones_of(number)):
        return ""
    whose = "yours" if zone in places else "the reader's own"
    there = ", ".join(place.key for place in zones_of(number)[:3])
    return f"There is no hour at which texts may go both in {zone.key} and in {there}: {whose} decide."


def next_allowed(*, number: str, moment: datetime, zone: ZoneInfo, hours: Hours | None) -> datetime:
    """The first moment from this one on at which a text may go."""
    if not quiet_reason(number=number, moment=moment, zone=zone, hours=hours):
        return moment
    assert hours is not None
    starts = _common_starts(moment, _places(number, moment, zone, hours), hours)
    return starts[0] if starts else moment


def _places(number: str, moment: datetime, zone: ZoneInfo, hours: Hours) -> tuple[ZoneInfo, ...]:
    """The zones whose hours decide: all of them, else the number's, else the company's alone."""
    theirs = zones_of(number)
    for places in ((zone, *theirs), theirs):
        if places and _common_starts(moment, places, hours):
            return places
    return (zone,)


def _common_starts(moment: datetime, places: tuple[ZoneInfo, ...], hours: Hours) -> list[datetime]:
    """When the next common hours begin: with the latest beginning, so that each is a candidate."""
    starts = sorted(_beginnings(moment, places, hours[0]))
    return [start for start in starts if all(_allows(start, place, hours) for place in places)]


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
