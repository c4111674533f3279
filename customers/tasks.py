"""Background work of the ground floor. A task makes one domain call."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from customers.autopay import collecting, resolving
from customers.importing import jobs
from customers.ledger.closed_days import close_days
from customers.ledger.events import Actor, acting_as
from customers.models import IdempotencyKey, ImportJob, RequestLog

# A large file is one piece of work: it renews its own lease, so the general limits are too short.
_LONG = 6 * 3600


@shared_task(queue="default", soft_time_limit=_LONG, time_limit=_LONG + 60)
def check_import(*, job_id: int, **_: Any) -> None:
    jobs.check_import(job=ImportJob.objects.get(pk=job_id), now=timezone.now())


@shared_task(queue="default", soft_time_limit=_LONG, time_limit=_LONG + 60)
def run_import(*, job_id: int, **_: Any) -> None:
    jobs.run_import(job_id=job_id, now=timezone.now())


@shared_task(queue="default")
def sweep_imports(**_: Any) -> None:
    """Ring for imports that wait, or whose worker died."""
    for job_id in jobs.due_imports(timezone.now()):
        run_import.delay(job_id=job_id)


@shared_task(queue="default")
def forget_request_keys(**_: Any) -> None:
    """Drop the answers of requests whose promised day is over."""
    IdempotencyKey.objects.expired(timezone.now()).delete()


@shared_task(queue="default")
def forget_requests(**_: Any) -> None:
    """Drop what is older than the request log reaches back."""
    RequestLog.objects.older_than(timezone.now() - timedelta(days=settings.REQUEST_LOG_DAYS)).delete()


@shared_task(queue="charges")
def charge_due_invoices(**_: Any) -> None:
    """Charge the AutoPay invoices whose day has come, a few at a time."""
    with acting_as(Actor(name="AutoPay")):
        more = collecting.charge_due_invoices(
            now=timezone.now(), most=settings.WORK_BATCH_ROWS, seconds=settings.WORK_NEW_ROW_SECONDS
        )
    if more:
        charge_due_invoices.delay()


@shared_task(queue="charges")
def settle_unclear_charges(**_: Any) -> None:
    """Ask the gateways what became of charges and refunds without a known end."""
    with acting_as(Actor(name="AutoPay")):
        resolving.settle_unclear_charges(now=timezone.now())


@shared_task(queue="default")
def close_event_days(**_: Any) -> None:
    """Seal the days of the audit trail that are over."""
    close_days(now=timezone.now())
