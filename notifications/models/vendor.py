"""Who carries a channel's messages, and whether the channel may run."""

from django.db import models
from django.db.models import Q

from customers.models.base import Row


class VendorAccount(Row):
    """A channel's vendor with its credentials (encrypted), and the channel's brake.

    `held_at` stops the channel until staff release it (credentials refused, account suspended);
    `paused_until` lets it rest for a while (too many requests, server unreachable).
    """

    channel = models.CharField(max_length=6, unique=True)
    vendor = models.CharField(max_length=32, blank=True, default="")
    credentials = models.TextField(blank=True, default="", editable=False)
    settings = models.JSONField(default=dict, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_reason = models.TextField(blank=True, default="")
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "vendor"
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["email", "sms", "letter"]), name="vendor_account_channel_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor or 'not connected'} ({self.channel})"
