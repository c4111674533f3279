"""News for API consumers: where it goes, and what became of each delivery."""

import secrets

from django.db import models
from django.db.models import Q

from customers.models.base import Row


class WebhookEndpoint(Row):
    """An address that wants to hear of events (Invoiced API, Webhooks).

    `events` are wire types (`invoice.paid`, `customer.*`, `*`). `secret` signs the body and is kept
    encrypted; after a rotation `old_secret` signs as well until `old_secret_until`.
    """

    url = models.URLField(max_length=500)
    events = models.JSONField(default=list)
    secret = models.TextField(editable=False)
    old_secret = models.TextField(blank=True, default="", editable=False)
    old_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    enabled = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name = "webhook"

    def __str__(self) -> str:
        return self.url

    @staticmethod
    def new_secret() -> str:
        return secrets.token_urlsafe(32)


class WebhookDelivery(Row):
    """One event on its way to one endpoint. The row is the job; each try is an attempt.

    `payload` is kept only for what is no stored event (a test event). `succeeded`, `failed` (given
    up after the last try) and `canceled` (endpoint removed or switched off) are ends.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        SENDING = "sending", "Being sent"
        SUCCEEDED = "succeeded", "Delivered"
        FAILED = "failed", "Given up"
        CANCELED = "canceled", "Canceled"

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey("customers.Event", null=True, on_delete=models.CASCADE, related_name="+")
    event_type = models.CharField(max_length=64)
    payload = models.JSONField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    due_at = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "succeeded", "failed", "canceled"]),
                name="webhook_delivery_state_known",
            ),
            models.CheckConstraint(
                condition=Q(event__isnull=False) | Q(payload__isnull=False),
                name="webhook_delivery_has_content",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="queued"), name="webhook_delivery_due"),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_endpoint"),
            models.Index(
                fields=["lease_until"], condition=Q(state="sending"), name="webhook_delivery_in_hand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} to {self.endpoint_id}"


class WebhookAttempt(models.Model):
    """One try of a delivery and how it ended (Invoiced API, Webhook attempts). Replies are not kept."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["delivery", "number"], name="webhook_attempt_delivery")]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.delivery_id}"

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
