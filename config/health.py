"""Whether this process lives, and whether it can serve. Open to probes: says nothing secret."""

from collections.abc import Callable
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError as BrokerError


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nobody else, so that a slow database does not get it restarted."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database and migrations decide; without the queue the service is only degraded: work waits in rows."""
    database, queue = check_database(), check_queue()
    if database == "ok":
        return JsonResponse(
            {"status": "ok" if queue == "ok" else "degraded", "database": database, "queue": queue}
        )
    return JsonResponse({"status": "unavailable", "database": database, "queue": queue}, status=503)


def check_database() -> str:
    """`ok`, `unreachable` or `not migrated`."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "not migrated" if waiting else "ok"


def check_queue() -> str:
    """`ok` or `unreachable`. Asks the broker with a short time limit and without trying again."""
    probe: Callable[[], bool] = (
        _folder_is_writable if settings.CELERY_BROKER_URL == "filesystem://" else _broker_answers
    )
    return "ok" if probe() else "unreachable"


def _folder_is_writable() -> bool:
    folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])
    mark = folder / ".ready"
    try:
        mark.touch()
        mark.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _broker_answers() -> bool:
    try:
        with current_app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=3)
    except (BrokerError, OSError):
        return False
    return True
