"""manage.py import_receivables FILE…: bring in customers, contacts, documents and payments."""

from argparse import ArgumentParser
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.errors import Refused
from customers.importing.checking import check_sources
from customers.importing.copies import drop_copies
from customers.importing.faults import Fault
from customers.importing.jobs import find_unfinished, run_import, start_import, upload_import
from customers.importing.mapping import Mapping, load_mapping
from customers.importing.running import LeaseLost
from customers.importing.sample_contacts import refuse_when_live
from customers.importing.tables import Source
from customers.ledger.events import Actor, acting_as
from customers.models import Company, ImportJob

# Exit codes: all well, something was refused or failed, wrong use, stopped and can go on.
WELL, FAILED, USAGE, PAUSED = 0, 1, 2, 3
SHOWN = 50
State = ImportJob.State
_NAMES = {
    "customers": "customers", "contacts": "contacts", "invoices": "invoices",
    "credit_notes": "credit notes", "payments": "payments", "sample_contacts": "sample contacts",
    "unknown": "unknown records",
}  # fmt: skip


class Command(BaseCommand):
    help = (
        "Import customers, contacts, invoices, credit notes and payments from CSV or XLSX files, checked "
        "as a whole before anything is stored. Exit codes: 0 all well, 1 rows refused or failed, 2 wrong "
        "use, 3 stopped and can be continued by the same command."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="CSV or XLSX; several are stored together"
        )
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")
        parser.add_argument("--map", metavar="FILE", help="JSON or CSV: which column is which of ours")
        parser.add_argument("--skip-bad-rows", action="store_true", help="store the rows that are right")
        parser.add_argument(
            "--sample-contacts", action="store_true", help="invent email and address for customers without"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = self._import(options)
        except Refused as error:
            raise CommandError(error.message, returncode=USAGE) from error
        if code != WELL:
            raise SystemExit(code)

    def _import(self, options: dict[str, Any]) -> int:
        if options["sample_contacts"]:
            refuse_when_live()
        paths = [Path(name) for name in options["files"]]
        for path in paths:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.", returncode=USAGE)
        mapping = _mapping(options["map"])
        if options["dry_run"]:
            return self._dry_run(paths, mapping or Mapping(), options["skip_bad_rows"])
        with ExitStack() as stack, acting_as(Actor(name="import_receivables")):
            files: list[tuple[str, IO[bytes]]] = [
                (path.name, stack.enter_context(path.open("rb"))) for path in paths
            ]
            return self._store(files, mapping, options)

    def _dry_run(self, paths: list[Path], mapping: Mapping, skip_bad_rows: bool) -> int:
        sources = [Source(path.name, partial(_open, path)) for path in paths]
        check = check_sources(sources, mapping=mapping, company=Company.get())
        try:
            bad = check.fault_count()
            self._list(check.faults(SHOWN), bad, self.stderr)
            self._list(check.stage.listed("notes", SHOWN), check.stage.number("SELECT COUNT(*) FROM notes"))
            self._summary(check.counts(), check.rows, "would be created")
        finally:
            check.stage.close()
        self.stdout.write("Dry run: nothing was stored.")
        if bad and not skip_bad_rows:
            self.stdout.write("As it is, the import would be refused as a whole.")
        return FAILED if bad else WELL

    def _store(
        self, files: list[tuple[str, IO[bytes]]], mapping: Mapping | None, options: dict[str, Any]
    ) -> int:
        chosen: dict[str, Any] = {
            "mapping": mapping,
            "skip_bad_rows": options["skip_bad_rows"],
            "sample_contacts": options["sample_contacts"],
        }
        job = find_unfinished(files=files, **chosen)
        if job is None:
            job = upload_import(files=files, now=timezone.now(), **chosen)
        else:
            self.stdout.write(f"Going on with import {job.pk}, which was stopped.")
            if job.state == State.FAILED:
                start_import(job=job, now=timezone.now())
        try:
            done = run_import(job_id=job.pk, now=timezone.now())
        except (KeyboardInterrupt, LeaseLost):
            self.stderr.write("Stopped. The same command goes on behind the last batch.")
            ImportJob.objects.filter(pk=job.pk, state=State.RUNNING).update(lease_token="", lease_until=None)
            return PAUSED
        if done is None:
            job.refresh_from_db()
            self.stderr.write(f"Import {job.pk} is being stored by another process until {job.lease_until}.")
            return PAUSED
        return self._report(done)

    def _report(self, job: ImportJob) -> int:
        self._list([Fault(**error) for error in job.errors[:SHOWN]], job.error_count, self.stderr)
        self._list([Fault(**note) for note in job.notes[:SHOWN]], job.note_count)
        if job.state == State.FAILED:
            self.stderr.write(job.failure)
            return FAILED
        if job.state == State.REFUSED:
            # Whoever called has the file and mends that one; nobody goes on with this copy.
            drop_copies(job)
            self.stderr.write("Nothing was stored.")
            return FAILED
        self._summary(job.counts, job.rows_total, "created")
        return FAILED if job.error_count else WELL

    def _list(self, faults: list[Fault], number: int, stream: Any = None) -> None:
        for fault in faults:
            (stream or self.stdout).write(str(fault))
        if number > len(faults):
            (stream or self.stdout).write(f"... and {number - len(faults):,} more")

    def _summary(self, counts: dict[str, dict[str, int]], rows: int, created: str) -> None:
        self.stdout.write(f"{rows:,} rows read.")
        self.stdout.write(f"{'':16}{created:>18}{'already there':>16}{'skipped':>10}")
        for kind, name in _NAMES.items():
            numbers = counts.get(kind, {})
            if any(numbers.values()):
                self.stdout.write(
                    f"{name:16}{numbers['created']:>18,}"
                    f"{numbers['already_there']:>16,}{numbers['skipped']:>10,}"
                )


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _mapping(name: str | None) -> Mapping | None:
    if not name:
        return None
    try:
        return load_mapping(name, Path(name).read_bytes())
    except OSError as error:
        raise CommandError(f"The map {name} cannot be read: {error.strerror}.", returncode=USAGE) from error
