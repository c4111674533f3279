"""What every test may ask for."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.house import recording, wire_table

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


@pytest.fixture(scope="session", autouse=True)
def _emptied_row_by_row() -> None:
    """PostgreSQL truncates by making new files for all tables: seconds, where a test leaves a few rows."""
    from django.db import connection

    def sql_flush(own: Any, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        return [f"DELETE FROM {own.quote_name(table)}" for table in tables]

    if connection.vendor == "postgresql":
        # In one transaction: keys between the tables are checked at its end.
        # For the class: beside a browser's loop the framework opens connections of their own.
        type(connection.ops).sql_flush = sql_flush  # type: ignore[assignment,method-assign]


@pytest.fixture(scope="session")
def _claims() -> dict[str, set[recording.Row]]:
    return wire_table.claims()


@pytest.fixture(autouse=True)
def _calls_what_it_covers(
    request: pytest.FixtureRequest, _claims: dict[str, set[recording.Row]]
) -> Iterator[None]:
    """A test that docs/wire.md names for a route must call this route with success."""
    recording.CALLED.clear()
    yield
    name = request.node.nodeid
    if name != wire_table.EXAMPLES and wire_table.NOTES not in os.environ:
        lacking = _claims.get(name, set()) - set(recording.CALLED)
        assert not lacking, f"docs/wire.md says that this test calls {lacking}: run script/wire_table"
