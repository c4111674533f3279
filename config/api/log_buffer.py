"""Rows of the request log, gathered in the process and written by a thread of their own.

No request waits for its row and none fails with it. What a killed process had gathered in its last second
is lost; a stopped one writes it before it ends.
"""

import atexit
import logging
import threading
from collections import deque

from django.conf import settings
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connections,
    transaction,
)

from customers.models import ApiKey, RequestLog

logger = logging.getLogger("duebook.api")

FLUSH_ROWS = 500
# Beyond this the oldest are dropped: a database that is away for long must not fill the memory.
MOST_ROWS = 10_000


class LogBuffer:
    """One for each process. The thread starts with the first row, so that it exists after a fork, too."""

    def __init__(self) -> None:
        self._rows: deque[RequestLog] = deque(maxlen=MOST_ROWS)
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, row: RequestLog) -> None:
        """Keep a row for the next flush; with `REQUEST_LOG_SECONDS` 0 it is written at once."""
        with self._changed:
            self._rows.append(row)
            if settings.REQUEST_LOG_SECONDS:
                self._start()
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

    def _taken(self) -> list[RequestLog]:
        with self._changed:
            rows = list(self._rows)
            self._rows.clear()
            return rows

    def _put_back(self, rows: list[RequestLog]) -> None:
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
                self._changed.wait_for(lambda: self._rows)
                # Until there is a good handful, or for as long as a row may wait.
                self._changed.wait_for(
                    lambda: len(self._rows) >= FLUSH_ROWS, timeout=settings.REQUEST_LOG_SECONDS
                )
            try:
                self.flush()
            finally:
                # The thread may sleep for hours: it must not keep a connection from the others.
                connections.close_all()


def _insert(rows: list[RequestLog]) -> None:
    if not rows:
        return
    try:
        with transaction.atomic():
            RequestLog.objects.bulk_create(rows)
    except IntegrityError:
        # A key was deleted between its last request and now.
        keys = set(
            ApiKey.objects.filter(pk__in={row.api_key_id for row in rows}).values_list("pk", flat=True)
        )
        for row in rows:
            row.api_key_id = row.api_key_id if row.api_key_id in keys else None
        RequestLog.objects.bulk_create(rows)


buffer = LogBuffer()
atexit.register(buffer.flush)
