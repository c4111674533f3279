"""Rows of the request log, gathered in the process and written by a thread of their own.

No request waits for its row and none fails with it. What a killed process had gathered in its last second
is lost; a stopped one writes it before it ends.
"""

import atexit
import logging
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
    transaction,
)

from customers.models import ApiKey, RequestLog

logger = logging.getLogger("duebook.api")

FLUSH_ROWS = 500
# For how many times that a row may wait the thread keeps its connection without a row.
IDLE_WAITS = 10
# Beyond this the oldest are dropped: a database that is away for long must not fill the memory.
MOST_ROWS = 10_000


@dataclass(slots=True)
class LoggedRequest:
    """The columns of a `RequestLog`; making a row of the ORM for each request would cost more."""

    request_id: str
    api_key_id: int | None
    method: str
    path: str
    query: str
    status: int
    message: str
    milliseconds: int
    address: str
    user_agent: str
    replayed: bool
    created_at: datetime


Row = LoggedRequest | RequestLog


class LogBuffer:
    """One for each process. The thread starts with the first row, so that it exists after a fork, too."""

    def __init__(self) -> None:
        self._rows: deque[Row] = deque(maxlen=MOST_ROWS)
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, row: Row) -> None:
        """Keep a row for the next flush; with `REQUEST_LOG_SECONDS` 0 it is written at once."""
        with self._changed:
            self._rows.append(row)
            if settings.REQUEST_LOG_SECONDS:
                self._start()
                # Rows between the first and a good handful need not wake it.
                if len(self._rows) == 1 or len(self._rows) >= FLUSH_ROWS:
                    self._changed.notify()
                return
        self.flush()

    def flush(self) -> None:
        """Write what is there. A failure is only logged; one that may pass keeps the rows for later."""
        with self._writing:
            rows = self._taken()
            try:
                _insert(rows)
            except (OperationalError, InterfaceError):
                logger.warning("The request log could not be written; it is tried again.", exc_info=True)
                self._put_back(rows)
            except DatabaseError:
                logger.warning("The database refused %d rows of the request log.", len(rows), exc_info=True)

    def _taken(self) -> list[Row]:
        with self._changed:
            rows = list(self._rows)
            self._rows.clear()
            return rows

    def _put_back(self, rows: list[Row]) -> None:
        with self._changed:
            room = MOST_ROWS - len(self._rows)
            self._rows.extendleft(reversed(rows[-room:] if room else []))

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="request-log", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: self._rows, settings.REQUEST_LOG_SECONDS * IDLE_WAITS):
                    # It may sleep for hours now: it must not keep a connection from the others.
                    connections.close_all()
                    self._changed.wait_for(lambda: self._rows)
                # Until there is a good handful, or for as long as a row may wait.
                self._changed.wait_for(
                    lambda: len(self._rows) >= FLUSH_ROWS, timeout=settings.REQUEST_LOG_SECONDS
                )
            try:
                # Only one that broke, or is old, is opened anew: that costs more than writing the rows.
                close_old_connections()
                self.flush()
            except Exception:
                connections.close_all()
                raise


def _insert(rows: list[Row]) -> None:
    if not rows:
        return
    try:
        with transaction.atomic():
            _write(rows)
    except IntegrityError:
        # A key was deleted between its last request and now.
        keys = set(
            ApiKey.objects.filter(pk__in={row.api_key_id for row in rows}).values_list("pk", flat=True)
        )
        for row in rows:
            row.api_key_id = row.api_key_id if row.api_key_id in keys else None
        _write(rows)


def _write(rows: list[Row]) -> None:
    """One INSERT by hand for a handful of rows: it costs a fourth of `bulk_create`, for every request."""
    adapt = connection.ops.adapt_datetimefield_value
    names = [field.attname for field in RequestLog._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    marks = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), FLUSH_ROWS):
            part = rows[start : start + FLUSH_ROWS]
            values = [getattr(row, name) for row in part for name in names]
            values = [adapt(value) if isinstance(value, datetime) else value for value in values]
            cursor.execute(
                f"INSERT INTO {RequestLog._meta.db_table} ({columns})"
                f" VALUES {', '.join([f'({marks})'] * len(part))}",
                values,
            )


buffer = LogBuffer()
atexit.register(buffer.flush)
