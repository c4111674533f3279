"""What became of a message, step by step."""

from django.db import models

from customers.models.base import Row


class MessageEvent(Row):
    """One notice about a message: opened, delivered, bounced, or a remark of our own.

    `event_id` is the vendor's own id, or a fingerprint of the notice: the same one arriving twice is
    stored once.
    """

    class Type(models.TextChoices):
        OPENED = "opened", "Opened"
        ACCEPTED = "accepted", "Accepted"
        DEFERRED = "deferred", "Delayed"
        IN_TRANSIT = "in_transit", "On its way"
        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Returned"
        FAILED = "failed", "Failed"
        CANCELED = "canceled", "Canceled"
        COMPLAINED = "complained", "Reported as spam"
        UNSUBSCRIBED = "unsubscribed", "Wants no more mails"
        LATE_OUTCOME = "late_outcome", "Reported after the lease had passed"
        RESOLVED = "resolved", "Settled by staff"

    message = models.ForeignKey(
        "notifications.Message", on_delete=models.CASCADE, related_name="message_events"
    )
    type = models.CharField(max_length=16, choices=Type.choices)
    occurred_at = models.DateTimeField()
    vendor = models.CharField(max_length=32, blank=True, default="")
    event_id = models.CharField(max_length=128, blank=True, default="")
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=500, blank=True, default="")
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "event_id"],
                condition=~models.Q(event_id=""),
                name="message_event_once",
            ),
        ]
        indexes = [
            models.Index(fields=["message", "type", "-occurred_at"], name="message_event_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"
