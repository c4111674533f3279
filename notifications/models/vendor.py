"""Who carries a channel's messages, whether the channel may run, and what vendors tell us."""

from django.db import models
from django.db.models import Q

from customers.models.base import Row


class VendorAccount(Row):
    """A channel's vendor with its credentials (encrypted), and the channel's brake.

    `held_at` stops the channel until staff release it (credentials refused, account suspended);
    `paused_until` lets it rest for a while (too many requests, server unreachable). `faults` counts
    hand-overs in a row that the vendor left without a usable answer. `next_slot_at` is the moment up to
    which the vendor's rate is used up. `checked_at`: when the vendor last took the credentials.
    """

    channel = models.CharField(max_length=6, unique=True)
    vendor = models.CharField(max_length=32, blank=True, default="")
    credentials = models.TextField(blank=True, default="", editable=False)
    settings = models.JSONField(default=dict, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_code = models.CharField(max_length=64, blank=True, default="")
    held_reason = models.TextField(blank=True, default="")
    paused_until = models.DateTimeField(null=True, blank=True)
    faults = models.PositiveSmallIntegerField(default=0)
    next_slot_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "vendor"
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["email", "sms", "letter"]), name="vendor_account_channel_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor or 'not connected'} ({self.channel})"


class VendorEvent(Row):
    """What a vendor reported, as it came: kept once, answered at once, acted upon from here.

    `event_id` is the vendor's own, or made of what makes the report unlike others. `kind` and
    `reference` come from the address it was sent to. A row without `processed_at` is still to be acted
    upon; `due_at` is when. `outcome` says in a few words what it led to.
    """

    vendor = models.CharField(max_length=32)
    event_id = models.CharField(max_length=191)
    kind = models.CharField(max_length=32)
    reference = models.CharField(max_length=64, blank=True, default="")
    content_type = models.CharField(max_length=127, blank=True, default="")
    body = models.BinaryField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_token = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "event_id"], name="vendor_event_once"),
            models.CheckConstraint(condition=~Q(event_id=""), name="vendor_event_has_id"),
            models.CheckConstraint(
                condition=Q(lease_token="", lease_until=None)
                | (~Q(lease_token="") & Q(lease_until__isnull=False)),
                name="vendor_event_lease_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(processed_at=None), name="vendor_event_waiting"
            ),
            models.Index(fields=["received_at"], name="vendor_event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.kind} {self.event_id}"
