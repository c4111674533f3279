"""Import jobs: upload, check, start, run. What commands, the back office and tasks call."""

import hashlib
import json
import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import IO, Any

from django.core.files.base import File
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from customers.errors import Refused
from customers.importing.checking import Check, check_sources
from customers.importing.copies import demand_copies
from customers.importing.faults import Fault
from customers.importing.mapping import Mapping, from_json
from customers.importing.running import (
    Clock,
    LeaseLost,
    Storing,
    claim,
    counts_before_storing,
    release,
    renew,
    unfinished,
)
from customers.importing.sample_contacts import refuse_when_live
from customers.importing.tables import Source
from customers.ledger.events import Actor, acting_as, record_fact
from customers.models import Company, ImportFile, ImportJob, User

logger = logging.getLogger("duebook.imports")

LISTED = 1_000
MOST_FILES = 20
State = ImportJob.State
_CHECKABLE = (State.UPLOADED, State.CHECKED, State.REFUSED, State.CHECKING)
# A sweep takes queued and running ones only; a command runs what it has just uploaded by itself.
_RUNNABLE = (State.UPLOADED, State.QUEUED, State.RUNNING)
_UNFORESEEN = (
    "Storing was stopped by a fault of the program; its log has the details. Start it again to go on."
)
_STARTABLE = (State.CHECKED, State.REFUSED, State.FAILED)


def upload_import(
    *,
    files: Sequence[tuple[str, IO[bytes]]],
    now: datetime,
    mapping: Mapping | None = None,
    skip_bad_rows: bool = False,
    sample_contacts: bool = False,
    user: User | None = None,
) -> ImportJob:
    """Keep files (name, content) that are to be imported together. Nothing of them is read yet.

    Raises Refused for no or too many files (`file`), and `sample_contacts` in live mode.
    """
    if not 1 <= len(files) <= MOST_FILES:
        raise Refused(f"Choose 1 to {MOST_FILES} files.", param="file")
    if sample_contacts:
        refuse_when_live()
    digests = [_digest(content) for _, content in files]
    written = mapping.as_json() if mapping else None
    with transaction.atomic():
        job = ImportJob.objects.create(
            mapping=written,
            skip_bad_rows=skip_bad_rows,
            sample_contacts=sample_contacts,
            fingerprint=fingerprint(digests, written, skip_bad_rows, sample_contacts),
            created_by=user,
            created_at=now,
        )
        for position, ((name, content), (sha256, size)) in enumerate(zip(files, digests, strict=True)):
            label = name.replace("\\", "/").rpartition("/")[2][-255:] or "file"
            row = ImportFile(job=job, position=position, name=label, sha256=sha256, size=size, created_at=now)
            content.seek(0)
            row.file.save(f"{sha256[:16]}.bin", File(content), save=True)
    return job


def fingerprint(
    digests: Sequence[tuple[str, int]],
    mapping: dict[str, Any] | None,
    skip_bad_rows: bool,
    sample_contacts: bool,
) -> str:
    """The same for the same files with the same map and options."""
    parts = [[sha256 for sha256, _ in digests], mapping, skip_bad_rows, sample_contacts]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def find_unfinished(
    *,
    files: Sequence[tuple[str, IO[bytes]]],
    mapping: Mapping | None,
    skip_bad_rows: bool,
    sample_contacts: bool,
) -> ImportJob | None:
    """The job that stopped midway over the very same files, to go on with it."""
    written = mapping.as_json() if mapping else None
    wanted = fingerprint([_digest(content) for _, content in files], written, skip_bad_rows, sample_contacts)
    rows = ImportJob.objects.filter(fingerprint=wanted, state__in=[State.QUEUED, State.RUNNING, State.FAILED])
    return rows.order_by("-pk").first()


def check_import(*, job: ImportJob, now: datetime, clock: Clock = timezone.now) -> ImportJob:
    """Pass one alone, a dry run: counts, errors and notes are put on the job, nothing is stored.

    Raises Refused when the job is being worked on, is stored already, or its files are gone.
    """
    demand_copies(job)
    taken = claim(job.pk, now, states=_CHECKABLE, into=State.CHECKING)
    if taken is None:
        raise Refused("This import is being worked on, or is stored already.")
    check = _check(taken, clock)
    try:
        bad = check.fault_count()
        changes = _findings(check) | {"counts": check.counts(), "checked_at": clock()}
        release(taken, clock(), state=State.REFUSED if bad else State.CHECKED, **changes)
    finally:
        check.stage.close()
    return ImportJob.objects.get(pk=job.pk)


def start_import(*, job: ImportJob, now: datetime) -> ImportJob:
    """Accept a checked job for storing. Raises Refused for bad rows that are not to be skipped."""
    job = ImportJob.objects.get(pk=job.pk)
    if job.state not in _STARTABLE:
        raise Refused(f"This import cannot be started: it is {job.get_state_display().lower()}.")
    if job.state == State.REFUSED and not job.skip_bad_rows:
        raise Refused(f"{job.error_count:,} rows are bad. Mend the file, or choose to skip bad rows.")
    demand_copies(job)
    if job.sample_contacts:
        refuse_when_live()
    if (
        ImportJob.objects.filter(pk=job.pk, state=job.state).update(
            state=State.QUEUED, failure="", lease_token="", lease_until=None, updated_at=now
        )
        != 1
    ):
        raise Refused("This import was started a moment ago.")
    return ImportJob.objects.get(pk=job.pk)


def run_import(*, job_id: int, now: datetime, clock: Clock = timezone.now) -> ImportJob | None:
    """Check again and store, or go on where a dead worker stopped. None when somebody has the job.

    Ends as finished; as refused when the files no longer pass; as failed, with the reason in
    `failure`, after any fault: a sweep would meet the same one again and again, so that a person has
    to start it anew. Raises LeaseLost when the job was taken over.
    """
    job = claim(job_id, now, states=_RUNNABLE, into=State.RUNNING)
    if job is None:
        return None
    user = job.created_by
    try:
        with acting_as(Actor(name=str(user) if user else "import", user=user)):
            _check_and_store(job, clock)
    except IntegrityError as error:
        _stop(job, clock, "While the file was being stored, the same numbers came in from elsewhere", error)
    except (DatabaseError, OSError) as error:
        _stop(job, clock, "Storing was stopped by a fault", error)
    except LeaseLost:
        raise
    except Exception:
        logger.exception("Import %s was stopped by a fault of the program.", job.pk)
        failure = (
            "Storing was stopped by a fault of the program; its log has the details. Start it again to go on."
        )
        release(job, clock(), state=State.FAILED, failure=failure)
    return ImportJob.objects.get(pk=job_id)


def due_imports(now: datetime) -> list[int]:
    """Jobs that a sweep should run: waiting ones, and ones whose worker died."""
    return unfinished(now)


def sources_of(job: ImportJob) -> list[Source]:
    return [
        Source(row.name, partial(row.file.storage.open, str(row.file.name)))
        for row in job.files.order_by("position")
    ]


def mapping_of(job: ImportJob) -> Mapping:
    return from_json(job.mapping) if job.mapping else Mapping()


def _check(job: ImportJob, clock: Clock) -> Check:
    def report(rows: int) -> None:
        renew(job, clock(), rows_done=rows)

    return check_sources(sources_of(job), mapping=mapping_of(job), company=Company.get(), progress=report)


def _check_and_store(job: ImportJob, clock: Clock) -> None:
    first = job.started_at is None
    renew(job, clock(), rows_total=0, rows_done=0, **({"started_at": clock()} if first else {}))
    check = _check(job, clock)
    try:
        if check.unreadable or (check.fault_count() and not job.skip_bad_rows):
            release(job, clock(), state=State.REFUSED, counts=check.counts(), **_findings(check))
            return
        counts = counts_before_storing(job, check)
        renew(job, clock(), counts=counts, **(_findings(check) | {"rows_done": 0}))
        Storing(job=job, check=check, company=Company.get(), clock=clock).run()
        _finish(job, check, clock())
    finally:
        check.stage.close()


def _finish(job: ImportJob, check: Check, now: datetime) -> None:
    """The last transaction: the job is done, and each file is one event."""
    with transaction.atomic():
        release(job, now, state=State.FINISHED, finished_at=now, rows_done=job.rows_total)
        for row, rows in zip(job.files.order_by("position"), check.file_rows, strict=True):
            row.rows = rows
            row.save(update_fields=["rows", "updated_at"])
            data = {
                "object": "import", "id": job.pk, "file": row.name, "sha256": row.sha256, "rows": row.rows,
                "counts": job.counts,
            }  # fmt: skip
            record_fact(
                type="import.finished", object_type="import", object_id=str(job.pk),
                data={"object": data}, now=now,
            )  # fmt: skip


def _findings(check: Check) -> dict[str, Any]:
    notes = check.stage.listed("notes", LISTED)
    return {
        "layout": ", ".join(check.layouts)[:64],
        "rows_total": check.rows,
        "rows_done": check.rows,
        "errors": _as_dicts(check.faults(LISTED)),
        "error_count": check.fault_count(),
        "notes": _as_dicts(notes),
        "note_count": check.stage.number("SELECT COUNT(*) FROM notes"),
    }


def _as_dicts(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    return [fault.as_dict() for fault in faults]


def _stop(job: ImportJob, clock: Clock, what: str, error: Exception) -> None:
    """A job that cannot go on by itself; the batches before stay, and starting it again goes on."""
    detail = str(error).splitlines()[0] if str(error) else type(error).__name__
    failure = f"{what} ({detail}). Start it again to go on."
    release(job, clock(), state=State.FAILED, failure=failure)


def _digest(content: IO[bytes]) -> tuple[str, int]:
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
