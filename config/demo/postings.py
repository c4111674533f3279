"""Statements that went out, and statements that will."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic

from django.conf import settings

from customers.dates import local_day
from customers.errors import Refused
from customers.models import Company
from notifications.models import StatementRun, StatementSchedule
from notifications.runs import RunRequest, drive, next_moments, start_run

MORNING = time(9)


@dataclass(frozen=True, slots=True)
class Posted:
    """The finished run, and the next moment of the scheduled one."""

    run: StatementRun
    next_at: datetime


class PastClock:
    """Runs from a moment in the past; waiting costs no time, so that a later try comes at once."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._begun = monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=monotonic() - self._begun)

    def pass_over(self, seconds: float) -> None:
        """Instead of sleeping: as far ahead as any pause between two tries."""
        self._start += timedelta(seconds=seconds + settings.RETRY_MOST_SECONDS)


def check_sandbox() -> None:
    """Raise Refused in live mode: invented customers are not written to."""
    if settings.DELIVERY_MODE != "sandbox":
        raise Refused("The demo is only loaded with DELIVERY_MODE=sandbox.")


def post_statements(*, now: datetime) -> Posted:
    """Send what was open at last month's end, as it went out the day after, and schedule the next.

    Not inside of a transaction: documents and messages are handed over as a worker would. Should this be
    interrupted, the workers finish the run. Raises Refused outside of the sandbox.
    """
    check_sandbox()
    zone = Company.get().zone
    first = local_day(now, zone).replace(day=1)
    sent_at = datetime.combine(first, MORNING, tzinfo=zone)
    if sent_at > now:
        first = _month_before(first)
        sent_at = datetime.combine(first, MORNING, tzinfo=zone)
    request = RunRequest(type="open_item", end_day=first - timedelta(days=1))
    schedule = _schedules(now)
    run, _ = start_run(request=request, now=sent_at)
    clock = PastClock(sent_at)
    run = drive(run_id=run.pk, clock=clock, sleep=clock.pass_over)
    return Posted(run=run, next_at=next_moments(schedule, zone=zone, after=now, count=1)[0].at)


def _schedules(now: datetime) -> StatementSchedule:
    """Monthly for everybody; weekly reminders of what is past due are there, but switched off."""
    StatementSchedule.objects.create(
        name="Past due, every Monday", enabled=False, rhythm=StatementSchedule.Rhythm.WEEKLY, weekday=0,
        time_of_day=MORNING, type=StatementSchedule.Type.OPEN_ITEM, items=StatementSchedule.Items.PAST_DUE,
        starts_after=now,
    )  # fmt: skip
    return StatementSchedule.objects.create(
        name="Monthly statements", day_of_month=1, time_of_day=MORNING,
        type=StatementSchedule.Type.BALANCE_FORWARD, starts_after=now,
    )  # fmt: skip


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)
