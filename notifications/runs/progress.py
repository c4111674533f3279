"""How far a run is: counts of customers, counts of messages, and its end."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from customers.ledger.events import record_fact
from notifications.delivering.settling import settle, settle_deleted
from notifications.models import Message, RunItem, StatementRun

Outcome = RunItem.Outcome


@dataclass(frozen=True, slots=True)
class Progress:
    """A run's customers by outcome. They and `waiting` add up to `selected` at all times."""

    selected: int
    sent: int
    failed: int
    skipped: int
    unknown: int
    skip_reasons: dict[str, int] = field(default_factory=dict)
    failure_reasons: dict[str, int] = field(default_factory=dict)
    messages: dict[tuple[str, str], int] = field(default_factory=dict)  # (channel, state) → count

    @property
    def done(self) -> int:
        return self.sent + self.failed + self.skipped + self.unknown

    @property
    def waiting(self) -> int:
        """Customers not planned yet, or whose messages are still under way."""
        return self.selected - self.done

    @property
    def percent(self) -> int:
        return 100 if not self.selected else self.done * 100 // self.selected

    @property
    def is_clean(self) -> bool:
        return not self.failed and not self.unknown

    @property
    def summary(self) -> str:
        """One line for people: `52 sent, 0 failed, 48 skipped (48 no balance), 0 unknown`."""
        names = dict(RunItem.SkipReason.choices)
        reasons = ", ".join(f"{n} {names.get(key, key).lower()}" for key, n in self.skip_reasons.items())
        skipped = f"{self.skipped} skipped" + (f" ({reasons})" if reasons else "")
        return f"{self.sent} sent, {self.failed} failed, {skipped}, {self.unknown} unknown"


def progress_of(run: StatementRun) -> Progress:
    """The run's counts now: two queries."""
    counts: dict[str, int] = {}
    reasons: dict[str, dict[str, int]] = {Outcome.SKIPPED: {}, Outcome.FAILED: {}}
    items = RunItem.objects.filter(run=run).values_list("outcome", "reason")
    for outcome, reason, count in items.annotate(count=Count("pk")).order_by("outcome", "reason"):
        counts[outcome] = counts.get(outcome, 0) + count
        if outcome in reasons:
            reasons[outcome][reason or "other"] = count
    messages = Message.objects.filter(run=run).values_list("channel", "state")
    by_state = messages.annotate(count=Count("pk")).order_by("channel", "state")
    planned = sum(counts.values())
    return Progress(
        selected=planned if run.planned_at else max(run.selected_count, planned),
        sent=counts.get(Outcome.SENT, 0),
        failed=counts.get(Outcome.FAILED, 0),
        skipped=counts.get(Outcome.SKIPPED, 0),
        unknown=counts.get(Outcome.UNKNOWN, 0),
        skip_reasons=reasons[Outcome.SKIPPED],
        failure_reasons=reasons[Outcome.FAILED],
        messages={(channel, state): count for channel, state, count in by_state},
    )


def finish_run(*, run_id: int, now: datetime) -> bool:
    """End a run when nothing of it is open any more; True when this call ended it."""
    pending = RunItem.objects.filter(run_id=run_id, outcome=Outcome.PENDING)
    settle(pending)
    settle_deleted(run_id=run_id, now=now)
    if pending.exists():
        return False
    with transaction.atomic():
        under_way = StatementRun.objects.filter(pk=run_id, state=StatementRun.State.RUNNING)
        # Asked again under the lock: staff may have put a message back into the queue meanwhile.
        if not under_way.select_for_update().exists() or pending.exists():
            return False
        under_way.update(state=StatementRun.State.FINISHED, finished_at=now, updated_at=now)
        run = StatementRun.objects.get(pk=run_id)
        counts = progress_of(run)
        record_fact(
            type="statement_run.finished",
            object_type="statement_run",
            object_id=str(run_id),
            data={
                "selected": counts.selected,
                "sent": counts.sent,
                "failed": counts.failed,
                "skipped": counts.skipped,
                "unknown": counts.unknown,
            },
            now=now,
        )
    return True


def finish_runs(*, now: datetime) -> int:
    """End every run that is through; returns how many."""
    running = StatementRun.objects.filter(state=StatementRun.State.RUNNING).order_by("pk")
    return sum(finish_run(run_id=pk, now=now) for pk in running.values_list("pk", flat=True))
