"""Staff steer a run: pause, resume, cancel, try the failed ones again. Each may be pressed twice."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from customers.leases import FREE
from customers.ledger.events import record_fact
from notifications.delivering import send_again, want_stopped
from notifications.delivering.settling import pause, settle
from notifications.models import Message, RunItem, StatementRun
from statements.issuing import cancel_statements
from statements.models import IssuedStatement

State = StatementRun.State


def pause_run(*, run: StatementRun, reason: str, now: datetime) -> bool:
    """Hand nothing over until the run is resumed. False when it was not under way."""
    with transaction.atomic():
        return pause(run, reason=reason or "Paused by staff.", now=now)


def resume_run(*, run: StatementRun, now: datetime) -> bool:
    """Go on with a paused run; failures before this moment no longer count against it."""
    with transaction.atomic():
        paused = StatementRun.objects.filter(pk=run.pk, state=State.PAUSED)
        changes: dict[str, Any] = {"paused_at": None, "pause_reason": "", "planning_faults": 0}
        changes |= {"resumed_at": now, "updated_at": now}
        changed = paused.filter(planned_at=None).update(state=State.PLANNING, **changes)
        changed += paused.filter(planned_at__isnull=False).update(state=State.RUNNING, **changes)
        if changed:
            _record("resumed", run, now)
    return changed == 1


def cancel_run(*, run: StatementRun, now: datetime) -> bool:
    """Stop everything that is not being handed over at this moment. False when the run had ended.

    Letters that the print house has not begun with are taken back by the next `stop_letters`.
    """
    with transaction.atomic():
        live = StatementRun.objects.filter(pk=run.pk, state__in=(*StatementRun.ACTIVE_STATES, State.PAUSED))
        if not live.update(state=State.CANCELED, finished_at=now, updated_at=now):
            return False
        waiting = Message.objects.filter(run=run, state__in=(Message.State.QUEUED, Message.State.HELD))
        # `due_at` marks those whose events are recorded later, in batches: they may be very many.
        waiting.update(state=Message.State.CANCELED, due_at=now, updated_at=now, **FREE)
        want_stopped(messages=Message.objects.filter(run=run), now=now)
        alive = Message.objects.filter(issued_statement=OuterRef("pk")).exclude(state=Message.State.CANCELED)
        orphans = IssuedStatement.objects.filter(~Exists(alive), messages__run=run).distinct()
        ids = list(orphans.values_list("pk", flat=True))
        for first in range(0, len(ids), 500):
            cancel_statements(statement_ids=ids[first : first + 500], now=now)
        settle(RunItem.objects.filter(run=run, outcome=RunItem.Outcome.PENDING))
        _record("canceled", run, now)
    return True


def retry_failed(*, run: StatementRun, now: datetime) -> int:
    """Send what failed once more; the run goes on until that is done. Returns how many messages."""
    with transaction.atomic():
        failed = Message.objects.filter(run=run, state__in=(Message.State.FAILED, Message.State.BOUNCED))
        count = send_again(messages=failed.exclude(reason=Message.Reason.DOCUMENT), now=now)
        if count:
            _record("retried", run, now)
    return count


def _record(act: str, run: StatementRun, now: datetime) -> None:
    record_fact(
        type=f"statement_run.{act}",
        object_type="statement_run",
        object_id=str(run.pk),
        data={},
        now=now,
    )
