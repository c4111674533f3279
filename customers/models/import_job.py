"""Imports: the job, its files, and what each of its batches has written."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from customers.models.base import Row


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    def unfinished(self) -> "ImportJobQuerySet":
        """Accepted for storing and not at its end: waiting, under way, or stopped by a fault."""
        return self.filter(state__in=[ImportJob.State.QUEUED, ImportJob.State.RUNNING])

    def free(self, now: datetime) -> "ImportJobQuerySet":
        """Nobody works on it: never leased, or the lease of a worker that died has run out."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now))


class ImportJob(Row):
    """One import of one or more files that are checked and stored together.

    Pass one reads and checks everything and writes nothing. Pass two writes in batches; each batch
    moves `cursor`, `counts` and `rows_done` in its own transaction, so a job that was killed goes on
    behind the last batch. `errors` and `notes` keep the first thousand, the counters beside them all.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked, can be stored"
        REFUSED = "refused", "Has bad rows"
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Being stored"
        FINISHED = "finished", "Stored"
        FAILED = "failed", "Stopped"
        UNDONE = "undone", "Undone"

    state = models.CharField(max_length=8, choices=State.choices, default=State.UPLOADED)
    layout = models.CharField(max_length=64, blank=True, default="")
    mapping = models.JSONField(null=True, blank=True)
    skip_bad_rows = models.BooleanField(default=False)
    sample_contacts = models.BooleanField(default=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    cursor = models.JSONField(default=dict, blank=True, editable=False)
    rows_total = models.PositiveBigIntegerField(default=0)
    rows_done = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    errors = models.JSONField(default=list, blank=True)
    error_count = models.PositiveBigIntegerField(default=0)
    notes = models.JSONField(default=list, blank=True)
    note_count = models.PositiveBigIntegerField(default=0)
    failure = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(
        "customers.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=24, blank=True, default="", editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lease_token="") | Q(lease_until__isnull=False), name="import_job_lease_ends"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="import_job_state"),
            models.Index(fields=["fingerprint"], name="import_job_fingerprint"),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"

    @property
    def percent(self) -> int:
        """How much of pass two is done, 0 to 100, for a progress bar."""
        if self.state in (self.State.FINISHED, self.State.UNDONE):
            return 100
        return min(99, self.rows_done * 100 // self.rows_total) if self.rows_total else 0

    @property
    def has_copies(self) -> bool:
        """Whether its files are still kept: without them nothing can be checked or stored."""
        return all(row.file for row in self.files.all())


class ImportFile(Row):
    """A file of an import as it was handed in; `file` is empty once the copy was deleted."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField()
    file = models.FileField(upload_to="imports/%Y/%m/")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    rows = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="import_file_position_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportBatch(Row):
    """What one transaction of pass two wrote: `created` maps a kind of row to ranges of ids.

    Undoing an import deletes exactly these rows.
    """

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="batches")
    sequence = models.PositiveIntegerField()
    created = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "sequence"], name="import_batch_sequence_unique"),
        ]

    def __str__(self) -> str:
        return f"Batch {self.sequence} of import {self.job_id}"
