"""Addresses that are not written to any more."""

from django.db import models
from django.db.models import Q

from customers.models.base import Row


class BlockedAddress(Row):
    """An email address that came back for good, or whose owner wants no more mails.

    `address` is the address in one spelling. It stays blocked until staff lift it; whatever becomes of
    contact and customer changes nothing.
    """

    class Reason(models.TextChoices):
        BOUNCED = "bounced", "No such mailbox"
        COMPLAINED = "complained", "Reported a mail as spam"
        UNSUBSCRIBED = "unsubscribed", "Wants no more mails"

    address = models.CharField(max_length=254, unique=True)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    detail = models.CharField(max_length=500, blank=True, default="")
    message = models.ForeignKey(
        "notifications.Message", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    blocked_at = models.DateTimeField()

    class Meta:
        verbose_name = "blocked address"
        verbose_name_plural = "blocked addresses"
        constraints = [
            models.CheckConstraint(condition=~Q(address=""), name="blocked_address_named"),
            models.CheckConstraint(
                condition=Q(reason__in=["bounced", "complained", "unsubscribed"]),
                name="blocked_address_reason_known",
            ),
        ]
        indexes = [models.Index(fields=["-blocked_at", "-id"], name="blocked_address_latest")]

    def __str__(self) -> str:
        return self.address
