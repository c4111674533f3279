"""Limits per key and per address. A limiter that fails lets requests pass."""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache

logger = logging.getLogger("duebook.api")

# A slot frees itself after this long, so that a killed process does not keep it.
SLOT_SECONDS = 60
BAD_KEY_SECONDS = 60


class TooMany(Exception):
    """The limit is reached; try again after so many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@contextmanager
def slot_for(key_id: int) -> Iterator[None]:
    """Hold one of the key's concurrent places for the time of a request; raises `TooMany`."""
    taken = _take(key_id)
    try:
        yield
    finally:
        if taken is not None:
            _release(taken)


def count_bad_key(address: str, fingerprint: str) -> None:
    """Remember that an address showed a wrong key; raises `TooMany` for the eleventh one in a minute.

    Different keys are counted: guessing needs many, a forgotten configuration repeats one.
    """
    limit = settings.API_BAD_KEYS_PER_MINUTE
    try:
        if limit and cache.add(f"api-bad-key:{address}:{fingerprint}", 1, BAD_KEY_SECONDS):
            counter = f"api-bad-keys:{address}"
            cache.add(counter, 0, BAD_KEY_SECONDS)
            if cache.incr(counter) > limit:
                raise TooMany(BAD_KEY_SECONDS)
    except TooMany:
        raise
    except Exception:
        logger.warning("The limiter of wrong keys is not working.", exc_info=True)


def _take(key_id: int) -> str | None:
    """The name of the slot that was taken; None when there is no limit or no working limiter."""
    try:
        _check_rate(key_id)
        limit = settings.API_CONCURRENT_REQUESTS
        if not limit:
            return None
        first = secrets.randbelow(limit)
        for step in range(limit):
            slot = f"api-slot:{key_id}:{(first + step) % limit}"
            if cache.add(slot, 1, SLOT_SECONDS):
                return slot
    except TooMany:
        raise
    except Exception:
        # Any kind of store may stand behind the cache, with any kind of failure.
        logger.warning("The limiter of concurrent requests is not working.", exc_info=True)
        return None
    raise TooMany(1)


def _check_rate(key_id: int) -> None:
    limit = settings.API_REQUESTS_PER_SECOND
    if limit:
        counter = f"api-rate:{key_id}:{int(time.time())}"
        cache.add(counter, 0, 2)
        if cache.incr(counter) > limit:
            raise TooMany(1)


def _release(slot: str) -> None:
    try:
        cache.delete(slot)
    except Exception:
        logger.warning("A place of the concurrency limiter could not be freed.", exc_info=True)
