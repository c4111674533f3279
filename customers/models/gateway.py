"""Payment gateways that the company has connected."""

from django.db import models

from customers.models.base import Row


class GatewayAccount(Row):
    """A configured gateway. Credentials are kept encrypted; the built-in `test` gateway has none."""

    class Gateway(models.TextChoices):
        TEST = "test", "Test gateway"
        STRIPE = "stripe", "Stripe"

    name = models.CharField(max_length=255)
    gateway = models.CharField(max_length=16, choices=Gateway.choices)
    credentials = models.TextField(blank=True, default="", editable=False)
    enabled = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class GatewayEvent(models.Model):
    """Raw news of a gateway, kept once before anything acts on it."""

    gateway = models.CharField(max_length=16)
    event_id = models.CharField(max_length=255)
    type = models.CharField(max_length=255)
    body = models.JSONField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.type} {self.event_id}"
