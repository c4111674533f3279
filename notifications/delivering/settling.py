"""What the messages of a run mean for its customers, and when a run slows itself down."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.leases import FREE
from customers.ledger.events import record_fact
from notifications.models import Message, RunItem, StatementRun

WATCHED = 200
MOST_FAILURES = WATCHED * 5 // 100

Outcome = RunItem.Outcome
_SENT = ("sent", "delivered")


def settle_items(messages: Iterable[Message]) -> None:
    """Bring the run items behind these messages to their outcome.

    A customer with an open message waits; one unclear message makes the customer unclear; one that
    went out makes it sent; all canceled means skipped; else it failed, for the message's reason.
    """
    pairs = {(m.run_id, m.customer_id) for m in messages if m.run_id and m.customer_id}
    for run_id in sorted({run for run, _ in pairs}):
        ids = [customer for run, customer in pairs if run == run_id]
        settle(RunItem.objects.filter(run_id=run_id, customer_id__in=ids))


def settle(items: QuerySet[RunItem]) -> int:
    """Settle these items where they differ from what their messages say; returns how many changed."""
    rows = Message.objects.filter(run_id=OuterRef("run_id"), customer_id=OuterRef("customer_id"))
    ended = items.exclude(outcome=Outcome.SKIPPED).filter(
        Exists(rows), ~Exists(rows.filter(state__in=Message.OPEN_STATES))
    )
    unclear = Exists(rows.filter(state=Message.State.UNKNOWN))
    out = Exists(rows.filter(state__in=_SENT))
    wrong = Q(state__in=("failed", "bounced"))
    changed = (
        ended.filter(unclear).exclude(outcome=Outcome.UNKNOWN).update(outcome=Outcome.UNKNOWN, reason="")
    )
    changed += (
        ended.filter(~unclear, out).exclude(outcome=Outcome.SENT).update(outcome=Outcome.SENT, reason="")
    )
    changed += ended.filter(~unclear, ~out, ~Exists(rows.filter(wrong))).update(
        outcome=Outcome.SKIPPED, reason=RunItem.SkipReason.CANCELED
    )
    changed += _fail(ended.filter(~unclear, ~out, Exists(rows.filter(wrong))).exclude(outcome=Outcome.FAILED))
    return changed


def settle_deleted(*, run_id: int, now: datetime) -> int:
    """Customers deleted since they were planned get nothing more; returns how many were waiting.

    Their rows no longer say whose they are, so they wait together until none is being handed over.
    """
    waiting = RunItem.objects.filter(run_id=run_id, customer=None, outcome=Outcome.PENDING)
    if not waiting.exists():
        return 0
    theirs = Message.objects.filter(run_id=run_id, customer=None)
    theirs.filter(state__in=(Message.State.QUEUED, Message.State.HELD)).update(
        state=Message.State.CANCELED, due_at=now, updated_at=now, **FREE
    )
    if theirs.filter(state=Message.State.SENDING).exists():
        return 0
    return waiting.update(outcome=Outcome.SKIPPED, reason=RunItem.SkipReason.CUSTOMER_DELETED)


def _fail(items: QuerySet[RunItem]) -> int:
    """Failed customers carry the reason of their last failed message."""
    by_reason: dict[tuple[str, str], list[int]] = defaultdict(list)
    last = Message.objects.filter(state__in=("failed", "bounced"))
    for item in items.exclude(customer=None).iterator(chunk_size=500):
        assert item.customer_id is not None
        message = last.filter(run_id=item.run_id, customer_id=item.customer_id).order_by("-pk")[0]
        by_reason[(message.reason, message.error_text[:255])].append(item.pk)
    for (reason, detail), ids in by_reason.items():
        RunItem.objects.filter(pk__in=ids).update(outcome=Outcome.FAILED, reason=reason, detail=detail)
    return sum(map(len, by_reason.values()))


def slow_down(messages: Iterable[Message], *, now: datetime) -> None:
    """Pause a run when more than 5 % of its last 200 hand-overs failed: something is wrong with all."""
    for run_id in sorted({m.run_id for m in messages if m.run_id and m.state in ("failed", "bounced")}):
        run = StatementRun.objects.get(pk=run_id)
        handed = Message.objects.filter(run=run, handed_over_at__isnull=False)
        if run.resumed_at is not None:
            handed = handed.filter(handed_over_at__gt=run.resumed_at)
        last = handed.order_by("-handed_over_at", "-pk").values_list("state", flat=True)[:WATCHED]
        failures = sum(state in ("failed", "bounced") for state in last)
        if failures > MOST_FAILURES:
            pause(run, reason=f"{failures} of the last {len(last)} messages failed.", now=now)


def pause(run: StatementRun, *, reason: str, now: datetime) -> bool:
    """Stop a run's hand-overs until staff resume it. False when it was not under way."""
    active = StatementRun.objects.filter(pk=run.pk, state__in=StatementRun.ACTIVE_STATES)
    if not active.update(state=StatementRun.State.PAUSED, paused_at=now, pause_reason=reason, updated_at=now):
        return False
    record_fact(
        type="statement_run.paused",
        object_type="statement_run",
        object_id=str(run.pk),
        data={"reason": reason},
        now=now,
    )
    return True
