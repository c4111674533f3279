"""Drives a run to its end in this process, with the workers' own functions, beside them or alone."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from notifications.channels import CHANNELS
from notifications.composing import release_documents
from notifications.delivering import deliver_batch, sweep_stale
from notifications.models import Message, StatementRun
from notifications.runs.planning import plan_run
from notifications.runs.progress import finish_run
from statements.issuing import render_batch

_ACTIVE = StatementRun.ACTIVE_STATES
State = Message.State
# A vendor that asks for rest is waited for; the morning is not.
SOON = timedelta(minutes=5)


def drive(
    *,
    run_id: int,
    clock: Callable[[], datetime],
    watch: Callable[[StatementRun], None] = lambda run: None,
    sleep: Callable[[float], None] = time.sleep,
) -> StatementRun:
    """Plan, print and hand over until the run is finished, paused or canceled.

    `watch` sees the run after each round. Messages that wait for another try are waited for; those that may
    not go before tomorrow morning are left to the workers: then the run comes back as it is, still
    running. With a channel that is stopped it pauses itself.
    """
    while True:
        run = StatementRun.objects.get(pk=run_id)
        watch(run)
        if run.state not in _ACTIVE:
            return run
        worked = _one_round(run, clock)
        if worked or finish_run(run_id=run_id, now=clock()):
            continue
        if run.state == StatementRun.State.RUNNING and _rests(run, clock()):
            return run
        sleep(min(1.0, settings.WORK_SWEEP_SECONDS))


def _one_round(run: StatementRun, clock: Callable[[], datetime]) -> bool:
    worked = False
    if run.state == StatementRun.State.PLANNING:
        plan_run(run_id=run.pk, now=clock())
        worked = True
    printed = render_batch(now=clock()) + render_batch(now=clock(), long=True)
    release_documents(now=clock())
    sweep_stale(now=clock())
    handled = sum(deliver_batch(channel=channel, now=clock(), run_id=run.pk).handled for channel in CHANNELS)
    return worked or bool(printed or handled)


def _rests(run: StatementRun, now: datetime) -> bool:
    """Whether everything that is left was put off by a rule."""
    left = Message.objects.filter(run=run, state__in=(State.QUEUED, State.SENDING, State.HELD))
    put_off = Q(state=State.QUEUED, attempt=0, due_at__gt=now + SOON)
    return left.exists() and not left.exclude(put_off).exists()
