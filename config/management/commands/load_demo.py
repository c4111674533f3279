"""Fill an empty installation with a believable company."""

from datetime import UTC, datetime
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from config.demo.loading import load_company
from config.demo.postings import check_sandbox, post_statements
from customers.errors import Refused
from notifications.runs import progress_of


class Command(BaseCommand):
    """`load_demo [--customers N] [--seed S] [--now MOMENT]`: adds nothing where there are customers."""

    help = "Load a generated demo company with eighteen months of history into an empty installation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=60, help="how many (default: 60)")
        parser.add_argument("--seed", type=int, default=1, help="another seed gives another company")
        parser.add_argument("--now", help="where the history ends, ISO 8601 (default: now)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = _moment(options["now"])
        begun = monotonic()
        try:
            check_sandbox()
            loaded = load_company(customers=options["customers"], seed=options["seed"], now=now)
            posted = post_statements(now=now)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        if not options["verbosity"]:
            return
        progress = progress_of(posted.run)
        self.stdout.write(
            f"Loaded {loaded.customers} customers, {loaded.invoices} invoices, "
            f"{loaded.credit_notes} credit notes and {loaded.payments} payments "
            f"in {monotonic() - begun:.1f} s.\n"
            f"Statements: {progress.sent} customers served, {progress.skipped} skipped, "
            f"{progress.failed} failed; the next run is on {posted.next_at:%Y-%m-%d}."
        )


def _moment(text: str | None) -> datetime:
    if text is None:
        return timezone.now()
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"--now must look like 2026-03-31T17:00:00Z, not {text!r}.")
    return found if timezone.is_aware(found) else found.replace(tzinfo=UTC)
