"""How long a query of an API request may run, and wait for a lock: on PostgreSQL.

A connection serves API requests and pages of browsers in turn. Its limits are changed when the kind of
request changes, not for each request: where only programs call, nobody pays for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from django.conf import settings
from django.db import connection

Kind = Literal["api", "page"]

_MARK = "duebook_serves"


def limit_queries_of_api() -> None:
    """Before a request looks into the database. What takes too long is answered with 503 and undone."""
    if connection.vendor != "postgresql":
        return
    with connection.wrap_database_errors:
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        _serve("api")


@contextmanager
def limits_of_pages() -> Iterator[None]:
    """While a page is made: its first query takes the API's limits off. A page without one asks nobody."""
    if connection.connection is None or getattr(connection.connection, _MARK, "page") == "page":
        yield
        return
    with connection.execute_wrapper(_unlimited):
        yield


def _unlimited(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    with connection.wrap_database_errors:
        _serve("page")
    return execute(sql, params, many, context)


def _serve(kind: Kind) -> None:
    raw: Any = connection.connection
    if getattr(raw, _MARK, "page") == kind:
        return
    # Not the framework's cursor: these are no queries of the request.
    with raw.cursor() as cursor:
        for name, seconds in _limits(kind).items():
            cursor.execute(f"SET {name} = {round(seconds * 1000)}" if seconds else f"RESET {name}")
    # What is set within a transaction goes back with it: the next request sets it again.
    setattr(raw, _MARK, "unsure" if connection.in_atomic_block else kind)


def _limits(kind: Kind) -> dict[str, float]:
    """Nothing for pages: back to what the server has set."""
    if kind == "page":
        return {"statement_timeout": 0, "lock_timeout": 0}
    return {"statement_timeout": settings.API_STATEMENT_SECONDS, "lock_timeout": settings.API_LOCK_SECONDS}
