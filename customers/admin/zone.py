"""The company's time zone, read once for each request: a list asks for it in every row."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from customers.models import Company

_read: ContextVar[list[ZoneInfo] | None] = ContextVar("desk_zone", default=None)


@contextmanager
def reading_zone_once() -> Iterator[None]:
    """Around a request; what was read is forgotten at its end."""
    token = _read.set([])
    try:
        yield
    finally:
        _read.reset(token)


def desk_zone() -> ZoneInfo:
    read = _read.get()
    if read is None:
        return Company.get().zone
    if not read:
        read.append(Company.get().zone)
    return read[0]
