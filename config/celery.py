"""The Celery app, its queues and the timetable.

Work waits in rows; a Celery message only says "look at the table" and may be lost, doubled or late without
harm. Tasks name their queue (`@shared_task(queue="plan")`); one without a name goes to `default`.
"""

import logging
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, worker_init
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Embedded mode listens to all; production gives the heavy ones workers of their own.
QUEUES = (
    "plan",
    "render",
    "render_long",
    "email",
    "sms",
    "letter",
    "charges",
    "inbox",
    "webhooks",
    "default",
)


def timetable(sweep_seconds: float) -> dict[str, dict[str, Any]]:
    """What beat rings, in seconds or at an hour of UTC.

    Staff edit schedules and cadences as rows; the task decides what is due, so a bell that rings twice,
    late or not at all does no harm. A sweep looks for rows that are due and that nobody holds. A test
    asks that each task exists.
    """
    return {
        "runs": {"task": "notifications.tasks.start_due_runs", "schedule": 60.0},
        "delivery": {"task": "notifications.tasks.sweep", "schedule": sweep_seconds},
        "inbox": {"task": "notifications.tasks.sweep_inbox", "schedule": sweep_seconds},
        "old reports": {"task": "notifications.tasks.forget_reports", "schedule": 3600.0},
        # At night: it looks at every message there is.
        "old messages": {
            "task": "notifications.tasks.forget_messages",
            "schedule": crontab(hour=2, minute=30),
        },
        "webhooks": {"task": "notifications.tasks.sweep_webhooks", "schedule": sweep_seconds},
        "webhook log": {"task": "notifications.tasks.forget_webhooks", "schedule": 3600.0},
        "imports": {"task": "customers.tasks.sweep_imports", "schedule": sweep_seconds},
        "closed days": {"task": "customers.tasks.close_event_days", "schedule": 3600.0},
        "request keys": {"task": "customers.tasks.forget_request_keys", "schedule": 3600.0},
        "request log": {"task": "customers.tasks.forget_requests", "schedule": 3600.0},
        "autopay": {"task": "customers.tasks.charge_due_invoices", "schedule": 300.0},
        "unclear charges": {"task": "customers.tasks.settle_unclear_charges", "schedule": 60.0},
        "printing": {"task": "statements.tasks.ring_printers", "schedule": sweep_seconds},
        "codes of links": {"task": "statements.tasks.forget_sign_ins", "schedule": 3600.0},
        "views of statements": {"task": "statements.tasks.forget_views", "schedule": 3600.0},
    }


app = Celery("duebook")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Each with an exchange and key of its own: on a shared one every message would reach all queues.
app.conf.task_queues = [Queue(name, Exchange(name, type="direct"), routing_key=name) for name in QUEUES]
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@app.on_after_configure.connect
def hang_up_timetable(sender: Celery, **_: Any) -> None:
    """Only now: settings may not be read while this module is being imported by them."""
    from django.conf import settings

    sender.conf.beat_schedule = timetable(settings.WORK_SWEEP_SECONDS)


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Workers log as the web does: Celery would replace the handlers otherwise."""
    from django.conf import settings
    from django.utils.log import configure_logging

    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


@worker_init.connect
def warm_the_press(sender: Any, **_: Any) -> None:
    """A worker that prints loads fonts and sheets before it forks, so that its children share them.

    A machine without the libraries still does all other work; the pages then fail with their reason.
    """
    if not {"render", "render_long"} & set(sender.app.amqp.queues.consume_from):
        return
    try:
        from statements.rendering import warm_up

        warm_up()
    except OSError:
        logging.getLogger(__name__).warning("The PDF libraries are missing: see manage.py doctor.")
