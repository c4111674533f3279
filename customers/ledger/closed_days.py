"""Proof that nobody touched the audit trail: one hash for each closed day, over that of the day before."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from customers.models import Event, EventDay

# Work that began before midnight has been written long before this.
_GRACE = timedelta(hours=2)
_MOST_DAYS = 400
_CHUNK = 500

# What never changes. Links to users and keys are emptied when those are deleted.
_COLUMNS = (
    "id", "type", "timestamp", "recorded_at", "object_type", "object_id", "actor", "request_id", "address",
    "data", "previous",
)  # fmt: skip


@transaction.atomic
def close_days(*, now: datetime) -> int:
    """Close every day that is over, oldest first; returns how many. Doing it again changes nothing."""
    last = EventDay.objects.order_by("-day").first()
    day = _first_day() if last is None else last.day + timedelta(days=1)
    previous = "" if last is None else last.sha256
    closed = 0
    while day is not None and day < (now - _GRACE).astimezone(UTC).date() and closed < _MOST_DAYS:
        count, digest = _digest(day, previous)
        EventDay.objects.create(day=day, count=count, sha256=digest, previous=previous, closed_at=now)
        previous, day, closed = digest, day + timedelta(days=1), closed + 1
    return closed


def broken_days() -> Iterator[str]:
    """What no longer agrees with its hash, one sentence for each day; nothing means nobody touched it."""
    before, expected = "", None
    for row in EventDay.objects.order_by("day").iterator(chunk_size=_CHUNK):
        if expected is not None and row.day != expected:
            yield f"audit trail: the closed days before {row.day} are missing"
        count, digest = _digest(row.day, row.previous)
        if count != row.count:
            yield f"audit trail of {row.day}: {row.count} events were closed, {count} are there"
        elif digest != row.sha256 or row.previous != before:
            yield f"audit trail of {row.day}: the events are not those that were closed"
        before, expected = row.sha256, row.day + timedelta(days=1)


def _first_day() -> date | None:
    first = Event.objects.order_by("recorded_at", "pk").values_list("recorded_at", flat=True).first()
    return None if first is None else first.astimezone(UTC).date()


def _digest(day: date, previous: str) -> tuple[int, str]:
    start = datetime.combine(day, time.min, UTC)
    rows = Event.objects.filter(recorded_at__gte=start, recorded_at__lt=start + timedelta(days=1))
    hashed, count = hashlib.sha256(previous.encode()), 0
    for values in rows.order_by("pk").values_list(*_COLUMNS).iterator(chunk_size=_CHUNK):
        hashed.update(_canonical(values) + b"\n")
        count += 1
    return count, hashed.hexdigest()


def _canonical(values: tuple[object, ...]) -> bytes:
    """The same bytes whenever they are read: exact numbers, keys in order."""
    return json.dumps(values, sort_keys=True, default=_written).encode()


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else repr(value)
