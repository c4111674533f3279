"""Statements for many customers at once, from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Min
from django.utils import timezone

from customers.errors import Refused
from customers.ledger.events import Actor, acting_as
from customers.management.days import USAGE, typed_day
from customers.models import Company, Customer
from customers.money import to_amount
from notifications import tasks
from notifications.models import Message, RunItem, StatementRun
from notifications.runs import (
    Preview,
    RunRequest,
    drive,
    preview_run,
    progress_of,
    start_run,
)
from notifications.runs.starting import CHANNEL_WORDS, describe_run
from statements.options import TYPES

FAILED, PAUSED = 1, 3
MOST_REASONS = 10


class Command(BaseCommand):
    """Ends with 0 (all well), 1 (failures or unclear messages), 2 (usage), 3 (paused)."""

    help = (
        "Send account statements to all customers, or to those named. The same words again resume or "
        "report the same run and send nothing twice; --again REASON starts a new one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--type", required=True, choices=TYPES)
        parser.add_argument("--start", metavar="DATE", help="YYYY-MM-DD, first company day")
        parser.add_argument(
            "--end", metavar="DATE", help="YYYY-MM-DD, last company day, inclusive; default today"
        )
        parser.add_argument("--items", choices=["open", "past_due"], default="open")
        parser.add_argument("--currency", metavar="CODE")
        parser.add_argument("--channel", choices=CHANNEL_WORDS, default="preferred")
        parser.add_argument(
            "--customer", nargs="+", action="extend", metavar="NUMBER", help="only these customers"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would be sent; store nothing")
        parser.add_argument(
            "--wait",
            action="store_true",
            help="work until the run has ended, or only texts wait for the morning; workers or not",
        )
        parser.add_argument("--again", metavar="REASON", default="", help="run once more although it was run")

    def handle(self, *args: Any, **words: Any) -> None:
        now = timezone.now()
        try:
            request = RunRequest(
                type=words["type"],
                channel=words["channel"],
                start_day=typed_day(words["start"]) if words["start"] else None,
                end_day=typed_day(words["end"]) if words["end"] else None,
                items=words["items"],
                currency=words["currency"],
                customer_ids=_customer_ids(words["customer"]),
            )
            if words["dry_run"]:
                run = describe_run(request=request, now=now)
                run.repeat_reason = words["again"].strip()[:255]
                self._show_preview(preview_run(run=run))
                return
            with acting_as(Actor(name="run_statements")):
                run, is_new = start_run(request=request, now=now, again=words["again"])
        except Refused as refused:
            raise CommandError(refused.message, returncode=USAGE) from refused
        self._announce(run, is_new)
        if run.state == StatementRun.State.PLANNING:
            tasks.ring(tasks.plan_run, run_id=run.pk)
        if words["wait"]:
            with acting_as(Actor(name="run_statements")):
                run = drive(run_id=run.pk, clock=timezone.now, watch=self._show_progress)
        self._end(run, waited=words["wait"])

    def _announce(self, run: StatementRun, is_new: bool) -> None:
        if is_new:
            self.stdout.write(f"Run {run.pk}: {run.selection}.")
        elif run.state in (StatementRun.State.FINISHED, StatementRun.State.CANCELED):
            self.stdout.write(f"Run {run.pk} did the same already ({run.state}); --again REASON repeats it.")
        else:
            self.stdout.write(f"Run {run.pk} does the same already; going on with it.")

    def _show_preview(self, preview: Preview) -> None:
        self.stdout.write(f"{preview.selected} customers selected, {preview.to_send} would get a statement:")
        for channel, count in sorted(preview.channels.items()):
            self.stdout.write(f"  {channel}: {count} customers, {preview.messages[channel]} messages")
        for reason, count in preview.skipped.most_common():
            self.stdout.write(f"  skipped, {RunItem.SkipReason(reason).label.lower()}: {count}")
        for currency, total in sorted(preview.totals.items()):
            self.stdout.write(f"  total {currency.upper()}: {to_amount(total, currency):,}")

    def _show_progress(self, run: StatementRun) -> None:
        progress = progress_of(run)
        line = f"{progress.done}/{progress.selected} ({progress.percent} %): {progress.summary}"
        if self.stdout.isatty():
            self.stdout.write(f"\r\x1b[K{line}", ending="")
            self.stdout.flush()

    def _end(self, run: StatementRun, *, waited: bool) -> None:
        progress = progress_of(run)
        if waited and self.stdout.isatty():
            self.stdout.write("")
        self.stdout.write(f"{run.get_state_display()}: {progress.summary}")
        if run.state in StatementRun.ACTIVE_STATES:
            self.stdout.write(self._rest(run, progress.waiting, waited=waited))
        if run.state == StatementRun.State.PAUSED:
            raise CommandError(f"Paused: {run.pause_reason}", returncode=PAUSED)
        if not progress.is_clean:
            for reason, count in list(progress.failure_reasons.items())[:MOST_REASONS]:
                self.stderr.write(f"  failed, {reason}: {count}")
            raise CommandError("Not everything went out.", returncode=FAILED)

    def _rest(self, run: StatementRun, waiting: int, *, waited: bool) -> str:
        if not waited:
            return f"{waiting} customers to go, in the background."
        left = Message.objects.filter(run=run, state=Message.State.QUEUED)
        later = left.aggregate(count=Count("pk"), first=Min("due_at"))
        if later["first"] is None:
            return f"{waiting} customers to go, in the background."
        moment = later["first"].astimezone(Company.get().zone)
        return (
            f"{later['count']} messages may not go before {moment:%Y-%m-%d %H:%M}; "
            "the workers, or the same words once more, send them then."
        )


def _customer_ids(numbers: list[str] | None) -> list[int] | None:
    if numbers is None:
        return None
    ids = []
    for number in numbers:
        pk = Customer.objects.with_number(number).values_list("pk", flat=True).first()
        if pk is None:
            raise Refused(f"There is no customer {number}.", param="customer")
        ids.append(pk)
    return ids
