"""How long a query of an API request may run, and wait for a lock: on PostgreSQL.

A connection serves API requests and pages of browsers in turn. Its limits are changed when the kind of
request changes, not for each request: where only programs call, nobody pays for it.
"""

from typing import Any, Literal

from django.conf import settings
from django.db import connection

_MARK = "duebook_serves"


def limit_queries(kind: Literal["api", "page"]) -> None:
    """Before a request looks into the database. What takes too long is answered with 503 and undone."""
    if connection.vendor != "postgresql" or (kind == "page" and connection.connection is None):
        return
    with connection.wrap_database_errors:
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        raw: Any = connection.connection
        if getattr(raw, _MARK, "page") == kind:
            return
        # Not the framework's cursor: these are no queries of the request.
        with raw.cursor() as cursor:
            for name, seconds in _limits(kind).items():
                cursor.execute(f"SET {name} = {round(seconds * 1000)}" if seconds else f"RESET {name}")
        setattr(raw, _MARK, kind)


def _limits(kind: str) -> dict[str, float]:
    """Nothing for pages: back to what the server has set."""
    if kind == "page":
        return {"statement_timeout": 0, "lock_timeout": 0}
    return {"statement_timeout": settings.API_STATEMENT_SECONDS, "lock_timeout": settings.API_LOCK_SECONDS}
