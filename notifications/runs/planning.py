"""Planning: customers in order of id become run items, issued statements and messages, batch by batch."""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from customers.errors import Refused
from customers.models import Company, Customer
from notifications.composing import Letterbox, compose_messages
from notifications.delivering.settling import pause
from notifications.models import Message, RunItem, StatementRun
from notifications.runs.deciding import Decision, decide, served_elsewhere, without_served
from notifications.wording import Wording, find_wording
from statements.issuing import Plan, hold_numbers, issue_statements

logger = logging.getLogger("duebook.runs")

BATCH = 500
MOST_FAULTS = 3


class _Unwritable(Exception):
    """The messages of these customers cannot be composed, by id: what was written is rolled back."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        super().__init__(f"{len(reasons)} customers")
        self.reasons = reasons


class _Overtaken(Exception):
    """Another planner moved the cursor first: what was written is rolled back."""


@dataclass(slots=True)
class Preview:
    """What a run would do: customers by channel, skipped ones by reason, totals by currency."""

    selected: int = 0
    channels: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    totals: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def to_send(self) -> int:
        return sum(self.channels.values())


def plan_run(*, run_id: int, now: datetime) -> bool:
    """Plan batches of a run until it is planned or the time for one task is over.

    Returns whether more is to be planned. Safe to call again at any time, also by several workers
    at once: items, statements, messages and the cursor move in one transaction. An unexpected fault
    is kept as the run's error; the run pauses when the same batch fails MOST_FAULTS times.
    """
    begun = time.monotonic()
    try:
        while _plan_batch(run_id, now):
            if time.monotonic() - begun > settings.WORK_NEW_ROW_SECONDS:
                return True
    except Exception as fault:
        # The sweep rings again; a fault that stays would otherwise spin for ever, unseen.
        logger.exception("run %s could not be planned", run_id)
        _record_fault(run_id, fault, now)
    return False


def preview_run(*, run: StatementRun) -> Preview:
    """A dry run: the same decisions, nothing stored, no number given."""
    preview = Preview()
    cursor = 0
    while ids := _next_ids(run, cursor):
        for decision in decide(run=run, customer_ids=ids):
            preview.selected += 1
            if decision.skip:
                preview.skipped[decision.skip] += 1
                continue
            preview.channels[decision.channel] += 1
            preview.messages[decision.channel] += len(decision.recipients) * len(decision.statements)
            for statement in decision.statements:
                preview.totals[statement.currency] += statement.headline
        cursor = ids[-1]
    return preview


def _plan_batch(run_id: int, now: datetime) -> bool:
    run = StatementRun.objects.get(pk=run_id)
    if run.state != StatementRun.State.PLANNING:
        return False
    ids = _next_ids(run, run.cursor)
    if not ids:
        _end_planning(run, now)
        return False
    # Building reads much and writes nothing: it stays outside the transaction, which holds the
    # counter of statement numbers and, on SQLite, the only write lock.
    decisions = decide(run=run, customer_ids=ids, now=now)
    try:
        _store(run, decisions, ids[-1], now)
    except _Overtaken:
        pass
    except _Unwritable as unwritable:
        # Numbers have no gaps: all goes back, and is written again without these customers.
        _plan_without(run, decisions, unwritable.reasons, ids[-1], now)
    return True


def _plan_without(
    run: StatementRun, decisions: Sequence[Decision], reasons: Mapping[int, str], last_id: int, now: datetime
) -> None:
    kept = [
        Decision(decision.customer, decision.channel, failure=reasons[decision.customer.pk])
        if decision.customer.pk in reasons
        else decision
        for decision in decisions
    ]
    with suppress(_Overtaken):
        _store(run, kept, last_id, now)


def _store(run: StatementRun, decisions: Sequence[Decision], last_id: int, now: datetime) -> None:
    with transaction.atomic():
        moved = StatementRun.objects.filter(pk=run.pk, state=run.state, cursor=run.cursor)
        if not moved.update(cursor=last_id, planning_faults=0, error="", updated_at=now):
            raise _Overtaken
        _write(run, decisions, now)


def _write(run: StatementRun, decisions: Sequence[Decision], now: datetime) -> None:
    ids = [decision.customer.pk for decision in decisions if decision.statements]
    if ids:
        # Another run may have been planned since we decided; whoever holds the numbers is alone.
        hold_numbers()
        served = served_elsewhere(run=run, customer_ids=ids)
        decisions = [without_served(decision, served) for decision in decisions]
    RunItem.objects.bulk_create([_item(run, decision, now) for decision in decisions], batch_size=BATCH)
    Message.objects.bulk_create(_messages(run, decisions, now), batch_size=BATCH)


def _messages(run: StatementRun, decisions: Sequence[Decision], now: datetime) -> list[Message]:
    company = Company.get()
    pairs = [(decision, statement) for decision in decisions for statement in decision.statements]
    if not pairs:
        return []
    plans = [Plan(s, d.customer, by_post=d.channel == "letter") for d, s in pairs]
    wordings: dict[tuple[str, str], Wording] = {}
    messages: list[Message] = []
    broken: dict[int, str] = {}
    for (decision, _), issued in zip(pairs, issue_statements(plans=plans, now=now), strict=True):
        key = (decision.channel, decision.customer.language or company.language)
        if key not in wordings:
            wordings[key] = _wording(*key)
        box = Letterbox(channel=decision.channel, recipients=decision.recipients, wording=wordings[key])
        try:
            messages += compose_messages(
                issued=issued, customer=decision.customer, company=company, box=box, now=now, run=run
            )
        except Refused as refused:
            broken[decision.customer.pk] = refused.message
    if broken:
        raise _Unwritable(broken)
    return messages


def _item(run: StatementRun, decision: Decision, now: datetime) -> RunItem:
    item = RunItem(run=run, customer=decision.customer, reason=decision.skip, created_at=now)
    if decision.skip:
        item.outcome = RunItem.Outcome.SKIPPED
    elif decision.failure:
        item.outcome, item.reason = RunItem.Outcome.FAILED, Message.Reason.WORDING
        item.detail = decision.failure[:255]
    return item


def _record_fault(run_id: int, fault: Exception, now: datetime) -> None:
    text = fault.message if isinstance(fault, Refused) else f"{type(fault).__name__}: {fault}"
    with transaction.atomic():
        planning = StatementRun.objects.filter(pk=run_id, state=StatementRun.State.PLANNING)
        planning.update(error=text[:500], planning_faults=F("planning_faults") + 1, updated_at=now)
        if run := planning.filter(planning_faults__gte=MOST_FAULTS).first():
            pause(run, reason=f"Planning failed {run.planning_faults} times: {text}"[:255], now=now)


def _wording(channel: str, language: str) -> Wording:
    if channel == "letter":
        return Wording(name="", subject="", body="")
    return find_wording(channel=channel, name=None, language=language)


def _next_ids(run: StatementRun, cursor: int) -> list[int]:
    rows: QuerySet[Customer] = Customer.objects.filter(pk__gt=cursor, pk__lte=run.last_customer_id)
    if run.customer_ids is not None:
        wanted = [pk for pk in run.customer_ids if pk > cursor][:BATCH]
        rows = rows.filter(pk__in=wanted)
        if wanted and not rows.exists():
            return _next_ids(run, wanted[-1])
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _end_planning(run: StatementRun, now: datetime) -> None:
    selected = RunItem.objects.filter(run=run).count()
    StatementRun.objects.filter(pk=run.pk, state=StatementRun.State.PLANNING, cursor=run.cursor).update(
        state=StatementRun.State.RUNNING, planned_at=now, selected_count=selected, updated_at=now
    )
