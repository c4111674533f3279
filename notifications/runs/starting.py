"""Runs come into being: by hand, with an identity, or when a schedule is due."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max

from customers.dates import local_day
from customers.errors import Refused
from customers.ledger.events import current_actor, record_fact
from customers.models import Company, Customer
from notifications.channels import CHANNELS
from notifications.models import StatementRun, StatementSchedule
from notifications.runs.moments import Moment, next_moments, period_of
from statements.options import day_options
from statements.statement import Options

CHANNEL_WORDS = (*CHANNELS, "preferred")
# Due moments that one look at the clock may make up for after a standstill.
MOST_AT_ONCE = 24


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run by hand is asked to do. Days are company days; without `end_day`, today.

    `customer_ids` None means all customers. `minimum_balance` is an amount in each statement's
    currency below which nothing is sent.
    """

    type: str
    channel: str = "preferred"
    start_day: date | None = None
    end_day: date | None = None
    items: str = "open"
    currency: str | None = None
    customer_ids: Sequence[int] | None = None
    minimum_balance: Decimal | None = None


def start_run(*, request: RunRequest, now: datetime, again: str = "") -> tuple[StatementRun, bool]:
    """Start a run by hand, or find the one that was started with the same words.

    Returns the run and whether it is new. `again` (a reason, kept in the audit trail) starts a new
    one although the same was run before, and sends to whom another run has sent the same. Raises
    Refused for bad words and channels that are not connected; nothing is created then.
    """
    run = describe_run(request=request, now=now)
    if request.channel != "preferred":
        CHANNELS[request.channel].check()
    with transaction.atomic():
        last = StatementRun.objects.filter(identity=run.identity).order_by("-repeat").first()
        if last is not None and not again.strip():
            return last, False
        run.repeat = 0 if last is None else last.repeat + 1
        run.repeat_reason = again.strip()[:255]
        run.started_by = current_actor().name
        try:
            with transaction.atomic():
                run.save(force_insert=True)
        except IntegrityError:  # the same click, twice at once
            return StatementRun.objects.get(identity=run.identity, repeat=run.repeat), False
        _record_start(run, now)
    return run, True


def describe_run(*, request: RunRequest, now: datetime) -> StatementRun:
    """The run that a request means, not saved: its period, selection and identity."""
    if request.channel not in CHANNEL_WORDS:
        raise Refused(f"The channel is one of {', '.join(CHANNEL_WORDS)}.", param="channel")
    company = Company.get()
    options = day_options(
        type=request.type,
        zone=company.zone,
        start_day=request.start_day,
        end_day=request.end_day or local_day(now, company.zone),
        items=request.items,
        currency=request.currency,
    )
    run = _new_run(options, request.channel, now)
    run.minimum_balance = request.minimum_balance
    if request.customer_ids is not None:
        ids = sorted(set(request.customer_ids))
        if not ids:
            raise Refused("No customer is selected.", param="customer")
        run.customer_ids = ids
        run.selected_count = len(ids)
        run.last_customer_id = ids[-1]
        run.selection = f"{len(ids)} selected customer{'s' if len(ids) > 1 else ''}"
    run.identity = _identity(run)
    return run


def start_due_runs(*, now: datetime) -> list[StatementRun]:
    """Start what schedules are due for: one run for each due moment, whoever looks, however often."""
    company = Company.get()
    started = []
    for schedule in StatementSchedule.objects.filter(enabled=True).order_by("pk"):
        moments = next_moments(schedule, zone=company.zone, after=schedule.starts_after, count=MOST_AT_ONCE)
        for moment in moments:
            if moment.at > now:
                break
            if run := _start_scheduled(schedule, moment, company, now):
                started.append(run)
    return started


def _start_scheduled(
    schedule: StatementSchedule, moment: Moment, company: Company, now: datetime
) -> StatementRun | None:
    first, last = period_of(schedule, moment.day)
    options = day_options(
        type=schedule.type,
        zone=company.zone,
        start_day=first if schedule.type == "balance_forward" else None,
        end_day=last,
        items=schedule.items,
        currency=schedule.currency or None,
    )
    run = _new_run(options, schedule.channel, now)
    run.schedule, run.due_at, run.minimum_balance = schedule, moment.at, schedule.minimum_balance
    run.started_by = f"schedule {schedule.name}"[:255]
    with transaction.atomic():
        # The mark moves in the same transaction: a second look finds it behind this moment.
        behind = StatementSchedule.objects.filter(pk=schedule.pk, starts_after__lt=moment.at)
        if not behind.update(starts_after=moment.at):
            return None
        if StatementRun.objects.filter(schedule=schedule, due_at=moment.at).exists():
            return None
        run.save(force_insert=True)
        _record_start(run, now)
    return run


def _new_run(options: Options, channel: str, now: datetime) -> StatementRun:
    known = Customer.objects.aggregate(last=Max("pk"))
    return StatementRun(
        type=options.type,
        items=options.items,
        start_at=None if options.start is None else datetime.fromtimestamp(options.start, UTC),
        end_at=datetime.fromtimestamp(options.end, UTC),
        currency=options.currency or "",
        channel=channel,
        last_customer_id=known["last"] or 0,
        selected_count=Customer.objects.count(),
        created_at=now,
    )


def _identity(run: StatementRun) -> str:
    words = [
        run.type,
        None if run.start_at is None else int(run.start_at.timestamp()),
        int(run.end_at.timestamp()),
        run.items,
        run.currency,
        run.customer_ids,
        run.channel,
        None if run.minimum_balance is None else str(run.minimum_balance.normalize()),
    ]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def _record_start(run: StatementRun, now: datetime) -> None:
    record_fact(
        type="statement_run.started",
        object_type="statement_run",
        object_id=str(run.pk),
        data={
            "type": run.type,
            "items": run.items,
            "end": int(run.end_at.timestamp()),
            "channel": run.channel,
            "selection": run.selection,
            "again": run.repeat_reason,
            "schedule": run.schedule_id,
        },
        now=now,
    )
