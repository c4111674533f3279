"""The bells of this floor: each task takes what is due from the rows, then rings for the next.

A bell may be lost, doubled or late without harm; the sweep finds every row.
"""

from functools import partial
from typing import Any

from celery import Task, shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import delivering, inbox, receipts, runs, webhooks_out
from notifications.composing import release_documents
from notifications.models import Message, StatementRun
from statements.tasks import MOST_BELLS, render_long_statements, render_statements, ring_printers


@shared_task(queue="plan")
def start_due_runs(**_: Any) -> None:
    """Start the runs that schedules are due for."""
    for run in runs.start_due_runs(now=timezone.now()):
        ring(plan_run, run_id=run.pk)


@shared_task(queue="plan")
def plan_run(*, run_id: int, **_: Any) -> None:
    """Plan the next customers of a run."""
    if runs.plan_run(run_id=run_id, now=timezone.now()):
        ring(plan_run, run_id=run_id)
    ring(render_statements)
    ring(render_long_statements)
    ring_channels()


@shared_task(queue="default")
def deliver_messages(*, channel: str, **_: Any) -> None:
    """Hand over the next messages of a channel."""
    if delivering.deliver_batch(channel=channel, now=timezone.now()).was_full:
        ring_channel(channel)


@shared_task(queue="default")
def deliver_code(*, message_id: int, **_: Any) -> None:
    """Hand over one mail that somebody waits for at a page."""
    waiting = list(Message.objects.filter(pk=message_id))
    delivering.deliver_now(messages=waiting, now=timezone.now())


@shared_task(queue="render")
def print_receipts(**_: Any) -> None:
    """Print the receipts that mails wait for, and let these go."""
    if receipts.print_receipts(now=timezone.now()):
        ring_channels()
        ring(print_receipts)


@shared_task(queue="default")
def sweep(**_: Any) -> None:
    """Find what was left: dead workers, lost bells, documents nobody announced, runs that are through."""
    now = timezone.now()
    delivering.sweep_stale(now=now)
    release_documents(now=now)
    runs.finish_runs(now=now)
    ring(announce_canceled)
    if receipts.are_receipts_waiting():
        ring(print_receipts)
    ring_asking()
    planning = StatementRun.objects.filter(state=StatementRun.State.PLANNING).order_by("pk")
    for pk in planning.values_list("pk", flat=True):
        ring(plan_run, run_id=pk)
    ring_channels()


@shared_task(queue="default")
def announce_canceled(**_: Any) -> None:
    """Record the events of messages whose run was canceled."""
    if delivering.announce_canceled(now=timezone.now()):
        ring(announce_canceled)


@shared_task(queue="default")
def ask_vendor(*, channel: str, **_: Any) -> None:
    """Ask a vendor what became of messages, and for letters that are to be stopped."""
    delivering.ask_vendor(channel=channel, now=timezone.now())
    if channel == "letter":
        delivering.stop_letters(now=timezone.now())


@shared_task(queue="inbox")
def work_off_inbox(**_: Any) -> None:
    """Act upon the next reports of vendors."""
    if inbox.work_off(now=timezone.now()):
        ring(work_off_inbox)


@shared_task(queue="default")
def sweep_inbox(**_: Any) -> None:
    """Ring for reports that nobody heard of."""
    for _bell in range(
        min(MOST_BELLS, -(-inbox.waiting_count(now=timezone.now()) // settings.WORK_BATCH_ROWS))
    ):
        ring(work_off_inbox)


@shared_task(queue="default")
def forget_reports(**_: Any) -> None:
    """Drop reports that were acted upon long ago."""
    inbox.forget_old(now=timezone.now())


@shared_task(queue="default")
def forget_messages(**_: Any) -> None:
    """Drop what is not kept for ever of messages: their readers' addresses, and perhaps their words."""
    now = timezone.now()
    delivering.forget_readers(now=now)
    delivering.forget_words(now=now)


@shared_task(queue="webhooks")
def deliver_webhooks(**_: Any) -> None:
    """Hand over the next events to the endpoints of API consumers."""
    if webhooks_out.deliver_batch(now=timezone.now()).was_full:
        ring(deliver_webhooks)


@shared_task(queue="default")
def sweep_webhooks(**_: Any) -> None:
    """Find deliveries that were left, and ring for what is due."""
    now = timezone.now()
    webhooks_out.sweep_stale(now=now)
    for _bell in range(min(MOST_BELLS, -(-webhooks_out.due_count(now=now) // settings.WORK_BATCH_ROWS))):
        ring(deliver_webhooks)


@shared_task(queue="default")
def forget_webhooks(**_: Any) -> None:
    """Drop deliveries that ended long ago."""
    webhooks_out.forget_ended(now=timezone.now())


def ring_webhooks() -> None:
    """One bell for a transaction, however many events it records."""
    if not any(bell is _ring_webhooks for _, bell, _ in transaction.get_connection().run_on_commit):
        transaction.on_commit(_ring_webhooks, robust=True)


def _ring_webhooks() -> None:
    deliver_webhooks.delay()


def ring_channels() -> None:
    """One bell for each batch that is due, but never more than the workers could hear."""
    for channel, count in delivering.due_counts(now=timezone.now()).items():
        for _bell in range(min(MOST_BELLS, -(-count // settings.WORK_BATCH_ROWS))):
            ring_channel(channel)


def ring_asking() -> None:
    """One bell for each channel whose vendor has something to be asked."""
    now = timezone.now()
    channels = set(delivering.asking_counts(now=now))
    if delivering.are_letters_to_stop(now=now):
        channels.add("letter")
    for channel in sorted(channels):
        ring(ask_vendor, queue=channel, channel=channel)


def ring_channel(channel: str) -> None:
    ring(deliver_messages, queue=channel, channel=channel)


def ring(task: "Task[Any, Any]", *, queue: str | None = None, **words: Any) -> None:
    """Nudge the queue after the commit. A broker that is down costs time, never the row."""
    bell = task.apply_async if queue is None else partial(task.apply_async, queue=queue)
    transaction.on_commit(partial(bell, kwargs=words), robust=True)


__all__ = [
    "ask_vendor",
    "deliver_code",
    "deliver_messages",
    "deliver_webhooks",
    "forget_messages",
    "forget_reports",
    "forget_webhooks",
    "plan_run",
    "print_receipts",
    "ring",
    "ring_asking",
    "ring_channel",
    "ring_channels",
    "ring_printers",
    "ring_webhooks",
    "start_due_runs",
    "sweep",
    "sweep_inbox",
    "sweep_webhooks",
    "work_off_inbox",
]
