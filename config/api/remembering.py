"""What pages remember for a while, in a store that may be away: then nothing is remembered."""

import logging
from typing import Any

from django.core.cache import cache

logger = logging.getLogger("duebook.api")


def recall(name: str) -> Any:
    """The value; None when it was never kept, is too old, or the store is away."""
    try:
        return cache.get(name)
    except Exception:
        # Any kind of store may stand behind the cache, with any kind of failure.
        logger.warning("What lists remember cannot be read.", exc_info=True)
        return None


def remember(name: str, value: Any, *, seconds: int) -> None:
    try:
        cache.set(name, value, seconds)
    except Exception:
        logger.warning("What lists remember cannot be kept.", exc_info=True)
