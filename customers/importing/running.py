"""Pass two: batches, each with its own transaction, under a lease that somebody else can take over.

A batch writes its rows, what it created and the job's new state together. A job that was killed is
checked again from the start: what its earlier batches wrote is found in the database by number and
key and is not written twice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from customers.importing.checking import Check
from customers.importing.settling import CreditNoteWriter, PaymentWriter, payment_groups
from customers.importing.staging import KINDS
from customers.importing.writing import INVOICE_ROWS, InvoiceWriter, PartyWriter, Written
from customers.models import Company, ImportBatch, ImportJob
from customers.models.base import new_token

BATCH = 2_000

Clock = Callable[[], datetime]
State = ImportJob.State


class LeaseLost(Exception):
    """Another worker took the job over; what was under way is rolled back."""


def lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.WORK_LEASE_SECONDS)


def claim(job_id: int, now: datetime, *, states: Sequence[str], into: str) -> ImportJob | None:
    """Take a job that nobody works on; None when it is not in such a state or somebody has it."""
    token = new_token()
    taken = (
        ImportJob.objects.free(now)
        .filter(pk=job_id, state__in=states)
        .update(state=into, lease_token=token, lease_until=lease_end(now), updated_at=now)
    )
    return ImportJob.objects.get(pk=job_id) if taken == 1 else None


def renew(job: ImportJob, now: datetime, **changes: Any) -> None:
    """Keep the lease and store changes of the job; raises LeaseLost when it is no longer ours."""
    changes |= {"lease_until": lease_end(now), "updated_at": now}
    mine = ImportJob.objects.filter(pk=job.pk, lease_token=job.lease_token).exclude(lease_token="")
    if mine.update(**changes) != 1:
        raise LeaseLost(f"Import {job.pk} was taken over.")
    for name, value in changes.items():
        setattr(job, name, value)


def release(job: ImportJob, now: datetime, **changes: Any) -> None:
    """Give the lease back together with a last change of the job."""
    renew(job, now, **changes)
    ImportJob.objects.filter(pk=job.pk, lease_token=job.lease_token).update(lease_token="", lease_until=None)
    job.lease_token, job.lease_until = "", None


@dataclass(slots=True)
class Storing:
    """One walk over what the check let through."""

    job: ImportJob
    check: Check
    company: Company
    clock: Clock

    def run(self) -> None:
        """Write everything that is not there yet. Raises LeaseLost, or what the database says."""
        total, done = self._to_write(), 0
        sequence = self.job.batches.count()
        for phase, rows, write in self._batches():
            now = self.clock()
            with transaction.atomic():
                written = write(rows, now)
                sequence += 1
                ImportBatch.objects.create(
                    job=self.job, sequence=sequence, created=written.ranges(), created_at=now
                )
                done += len(rows)
                renew(
                    self.job,
                    now,
                    cursor={"phase": phase, "batch": sequence},
                    counts=self._counted(written),
                    rows_done=min(self.job.rows_total, self.job.rows_total * done // max(1, total)),
                )

    def _batches(self) -> Iterator[tuple[str, Sequence[Any], Callable[[Any, datetime], Written]]]:
        stage = self.check.stage
        parties = PartyWriter(self.company, sample_contacts=self.job.sample_contacts)
        wanted = "1" if self.job.sample_contacts else "existing IS NULL"
        for rows in stage.pages("customers", wanted, BATCH):
            yield "customers", rows, parties.write_customers
        for rows in stage.pages("contacts", "existing IS NULL", BATCH):
            yield "contacts", rows, parties.write_contacts
        invoices = InvoiceWriter()
        for rows in self._invoice_pages():
            yield "invoices", rows, invoices.write
        notes = CreditNoteWriter()
        for rows in stage.pages("credit_notes", "existing IS NULL", BATCH):
            yield "credit_notes", rows, notes.write
        payments = PaymentWriter()
        for groups in payment_groups(stage, BATCH):
            yield "payments", groups, payments.write

    def _invoice_pages(self) -> Iterator[list[Any]]:
        after = 0
        while rows := self.check.stage.db.execute(INVOICE_ROWS, (after, BATCH)).fetchall():
            yield rows
            after = rows[-1][0]

    def _to_write(self) -> int:
        stage = self.check.stage
        total = sum(
            stage.number(f"SELECT COUNT(*) FROM {kind} WHERE existing IS NULL")
            for kind in ("customers", "contacts", "invoices", "credit_notes")
        )
        return total + stage.number(
            "SELECT COUNT(DISTINCT key) FROM payments WHERE existing IS NULL AND simple = 0"
        )

    def _counted(self, written: Written) -> dict[str, Any]:
        counts = {kind: dict(numbers) for kind, numbers in self.job.counts.items()}
        for kind in KINDS:
            counts[kind]["created"] += len(written.ids.get(kind, ()))
        if samples := written.ids.get("sample_contacts"):
            entry = counts.setdefault("sample_contacts", {"created": 0, "already_there": 0, "skipped": 0})
            entry["created"] += len(samples)
        return counts


def counts_before_storing(job: ImportJob, check: Check) -> dict[str, dict[str, int]]:
    """The counts to go on from: what earlier batches of this job created is not "already there"."""
    counts = check.counts()
    for kind, numbers in counts.items():
        created = int(job.counts.get(kind, {}).get("created", 0)) if job.batches.exists() else 0
        numbers["created"] = created
        numbers["already_there"] = max(0, numbers["already_there"] - created)
    if "sample_contacts" in job.counts:
        counts["sample_contacts"] = job.counts["sample_contacts"]
    return counts


def unfinished(now: datetime) -> list[int]:
    """Jobs that wait for a worker, or whose worker died."""
    rows = ImportJob.objects.free(now).filter(Q(state=State.QUEUED) | Q(state=State.RUNNING))
    return list(rows.order_by("pk").values_list("pk", flat=True))
