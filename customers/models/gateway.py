"""Payment gateways that the company has connected."""

from django.conf import settings
from django.db import models

from customers.models.base import Row


class GatewayAccountQuerySet(models.QuerySet["GatewayAccount"]):
    def usable(self) -> "GatewayAccountQuerySet":
        """Accounts that may act in this mode: nothing but the test gateway in the sandbox, never it live."""
        test = models.Q(gateway=GatewayAccount.Gateway.TEST)
        return self.filter(test if in_sandbox() else ~test, enabled=True)


def in_sandbox() -> bool:
    return bool(settings.DELIVERY_MODE == "sandbox")


def can_charge() -> bool:
    """Whether anything could charge. In the sandbox the built-in test gateway always can."""
    return in_sandbox() or GatewayAccount.objects.usable().exists()


class GatewayAccount(Row):
    """A configured gateway. Credentials are kept encrypted; the built-in `test` gateway has none."""

    class Gateway(models.TextChoices):
        TEST = "test", "Test gateway"
        STRIPE = "stripe", "Stripe"

    name = models.CharField(max_length=255)
    gateway = models.CharField(max_length=16, choices=Gateway.choices)
    credentials = models.TextField(blank=True, default="", editable=False)
    enabled = models.BooleanField(default=True)

    objects = GatewayAccountQuerySet.as_manager()

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


class SandboxEntry(models.Model):
    """The test gateway's own memory: a key is answered once and for all, as a real vendor does it."""

    class Status(models.TextChoices):
        SUCCEEDED = "succeeded", "Succeeded"
        PENDING = "pending", "Pending"
        DECLINED = "declined", "Declined"

    key = models.CharField(max_length=64, unique=True)
    gateway_id = models.CharField(max_length=64, unique=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=9, choices=Status.choices)
    code = models.CharField(max_length=64, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.gateway_id
