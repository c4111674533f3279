"""One append-only table: the audit trail and the events of the wire at once."""

from django.db import models

from customers.encoding import ExactDecoder, ExactEncoder
from customers.models.base import MomentField


class Event(models.Model):
    """What happened: who, when, to what, before and after (Invoiced API, Events).

    Written in the transaction of the change. Rows are never changed or deleted by the product.
    """

    type = models.CharField(max_length=64)
    timestamp = MomentField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    object_type = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    # Stays when the customer is deleted: what happened to somebody's contacts is still found by the id.
    customer = models.ForeignKey(
        "customers.Customer",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="events",
    )
    user = models.ForeignKey("customers.User", null=True, on_delete=models.SET_NULL, related_name="+")
    api_key = models.ForeignKey("customers.ApiKey", null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.CharField(max_length=255)
    request_id = models.CharField(max_length=64, blank=True, default="")
    address = models.CharField(max_length=45, blank=True, default="")
    data = models.JSONField(default=dict, encoder=ExactEncoder, decoder=ExactDecoder)
    previous = models.JSONField(null=True, encoder=ExactEncoder, decoder=ExactDecoder)

    class Meta:
        indexes = [
            models.Index(fields=["timestamp", "id"], name="event_timestamp"),
            models.Index(fields=["object_type", "object_id"], name="event_object"),
            models.Index(fields=["customer", "id"], name="event_customer"),
            models.Index(fields=["type", "id"], name="event_type"),
            models.Index(fields=["recorded_at", "id"], name="event_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.object_id}"


class EventDay(models.Model):
    """A closed day of the audit trail (UTC): what was recorded in it, as one hash over the day before.

    Rows that are changed, removed or slipped in afterwards no longer agree with it.
    """

    day = models.DateField(unique=True)
    count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True, default="")
    closed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.day)
