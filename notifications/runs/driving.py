"""Drives a run to its end in this process, with the workers' own functions, beside them or alone."""

import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from notifications.channels import CHANNELS
from notifications.composing import release_documents
from notifications.delivering import deliver_batch, sweep_stale
from notifications.models import StatementRun
from notifications.runs.planning import plan_run
from notifications.runs.progress import finish_run
from statements.issuing import render_batch

_ACTIVE = StatementRun.ACTIVE_STATES


def drive(
    *,
    run_id: int,
    clock: Callable[[], datetime],
    watch: Callable[[StatementRun], None] = lambda run: None,
    sleep: Callable[[float], None] = time.sleep,
) -> StatementRun:
    """Plan, print and hand over until the run is finished, paused or canceled.

    `watch` sees the run after each round. Rows that wait for another try are waited for.
    """
    while True:
        run = StatementRun.objects.get(pk=run_id)
        watch(run)
        if run.state not in _ACTIVE:
            return run
        worked = _one_round(run, clock)
        if not worked and not finish_run(run_id=run_id, now=clock()):
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
