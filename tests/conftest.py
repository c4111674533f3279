"""What every test may ask for."""

from datetime import UTC, datetime

import pytest

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    """A fixed moment to pass as `now`."""
    return NOON


@pytest.fixture(autouse=True)
def _no_leftover_throttles() -> None:
    """Counters in the cache must not travel from test to test."""
    from django.core.cache import cache

    cache.clear()
