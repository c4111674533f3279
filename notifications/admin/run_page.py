"""A run as plain values: its words, its counts, its customers."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from customers.admin.figures import day_of, minute_of, money
from notifications.models import Message, RunItem, StatementRun, StatementSchedule
from notifications.runs import Preview, progress_of
from notifications.vendors import sending_time

State = StatementRun.State
STATE_COLOURS = {
    State.PLANNING: "warning", State.RUNNING: "warning", State.PAUSED: "danger", State.FINISHED: "success",
}  # fmt: skip
OUTCOME_COLOURS = {
    "sent": "success",
    "failed": "danger",
    "unknown": "danger",
    "pending": "warning",
    "skipped": "",
}
TYPES = dict(StatementSchedule.Type.choices)
CHANNELS = dict(StatementSchedule.Channel.choices)
SKIPS = dict(RunItem.SkipReason.choices)
PER_PAGE = 50


def title_of(run: StatementRun, zone: ZoneInfo) -> str:
    """Open item as of Mar 31, 2026."""
    end = day_of(run.end_at, zone)
    period = f"{day_of(run.start_at, zone)} to {end}" if run.start_at else f"as of {end}"
    return f"{TYPES.get(run.type, run.type)} {period}"


def describe_run_page(run: StatementRun, zone: ZoneInfo) -> dict[str, Any]:
    """What the page and its polled part share: two queries for the counts."""
    progress = progress_of(run)
    return {
        "run": run,
        "run_title": title_of(run, zone),
        "progress": progress,
        "percent": progress.percent,
        "counts": [
            ("Sent", progress.sent, "sent"),
            ("Failed", progress.failed, "failed"),
            ("Skipped", progress.skipped, "skipped"),
            ("Unclear", progress.unknown, "unknown"),
            ("Waiting", progress.waiting, "pending"),
        ],
        "reasons": [(SKIPS.get(reason, reason), count) for reason, count in progress.skip_reasons.items()],
        "failures": [
            (dict(Message.Reason.choices).get(reason, reason), count)
            for reason, count in progress.failure_reasons.items()
        ],
        "under_way": run.state in (State.PLANNING, State.RUNNING),
        "paused": run.state == State.PAUSED,
        "live": run.state in (State.PLANNING, State.RUNNING, State.PAUSED),
        "colour": STATE_COLOURS.get(State(run.state), ""),
        "facts": _facts(run, zone),
    }


def _facts(run: StatementRun, zone: ZoneInfo) -> list[tuple[str, str]]:
    facts = [
        ("For", run.selection),
        ("Channel", str(CHANNELS.get(run.channel, run.channel))),
        ("Items", "Past due" if run.items == "past_due" else ""),
        ("Currency", run.currency.upper()),
        ("Minimum balance", f"{run.minimum_balance.normalize():f}" if run.minimum_balance else ""),
        ("Started by", run.started_by),
        ("Started", minute_of(run.created_at, zone)),
        ("Schedule", str(run.schedule) if run.schedule else ""),
        ("Again because", run.repeat_reason),
        ("Paused", " ".join(filter(None, (minute_of(run.paused_at, zone), run.pause_reason)))),
        ("Ended", minute_of(run.finished_at, zone)),
        ("Error", run.error),
    ]
    return [(name, value) for name, value in facts if value]


def items_of(run: StatementRun, request: HttpRequest) -> dict[str, Any]:
    """The customers of a run, filtered by outcome, page by page."""
    outcome = request.GET.get("outcome", "")
    rows = RunItem.objects.filter(run=run).select_related("customer").order_by("pk")
    if outcome in dict(RunItem.Outcome.choices):
        rows = rows.filter(outcome=outcome)
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    return {
        "outcome": outcome,
        "page_obj": shown,
        "items": [
            {
                "customer": row.customer.name if row.customer else "(deleted)",
                "number": row.customer.number if row.customer else "",
                "url": _customer_url(row),
                "outcome": row.get_outcome_display(),
                "colour": OUTCOME_COLOURS.get(row.outcome, ""),
                "reason": SKIPS.get(row.reason, dict(Message.Reason.choices).get(row.reason, row.reason)),
                "detail": row.detail,
            }
            for row in shown
        ],
    }


def in_words(time: timedelta) -> str:
    """A span that nobody needs to the second: 40 seconds, 12 minutes, 5.6 hours."""
    seconds = time.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"


def stoppable_letters(run: StatementRun) -> int:
    """How many letters of a run the print house would still give back."""
    letters = Message.objects.filter(run=run, channel=Message.Channel.LETTER, cancel_wanted_at=None)
    return letters.filter(state=Message.State.SENT, cancelable_until__gt=timezone.now()).count()


def _customer_url(row: RunItem) -> str:
    if row.customer_id is None:
        return ""
    return reverse("admin:customers_customer_change", args=[row.customer_id]) + "?tab=messages"


def describe_preview(preview: Preview) -> dict[str, Any]:
    """What a run would do, for the page that asks for confirmation."""
    channels = dict(Message.Channel.choices)
    return {
        "selected": preview.selected,
        "to_send": preview.to_send,
        "channels": [(channels.get(name, name), count) for name, count in sorted(preview.channels.items())],
        "messages": sum(preview.messages.values()),
        "skipped": [(SKIPS.get(name, name), count) for name, count in sorted(preview.skipped.items())],
        "totals": [money(amount, currency) for currency, amount in sorted(preview.totals.items())],
        "times": [
            (channels.get(name, name), in_words(time))
            for name, count in sorted(preview.messages.items())
            if (time := sending_time(channel=name, units=count)) is not None
        ],
    }
