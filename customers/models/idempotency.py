"""Requests that clients marked with an Idempotency-Key, and what was answered."""

from datetime import datetime, timedelta

from django.db import models

KEPT_FOR = timedelta(hours=24)


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def expired(self, now: datetime) -> "IdempotencyKeyQuerySet":
        """Older than the promised day: may be used again and swept away."""
        return self.filter(created_at__lte=now - KEPT_FOR)


class IdempotencyKey(models.Model):
    """One marked request (Invoiced API, Idempotency).

    Committed as running before the work begins; the answer is stored in the work's own transaction. The
    `lease_token` names the copy of the request that may finish it: a copy that lost its lease writes
    nothing. `fingerprint` is the SHA-256 of method, path and parameters.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    api_key = models.ForeignKey("customers.ApiKey", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    lease_token = models.CharField(max_length=32)
    lease_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField()

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_key_unique"),
            models.CheckConstraint(
                condition=models.Q(state="running") | models.Q(status__isnull=False),
                name="idempotency_done_has_status",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_created")]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"
