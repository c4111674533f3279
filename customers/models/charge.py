"""Charges: one attempt each to take money from a card or bank account through a gateway."""

import secrets

from django.db import models
from django.db.models import F, Q

from customers.encoding import ExactDecoder, ExactEncoder
from customers.models.base import MomentField, Row


def new_charge_key() -> str:
    """The idempotency key of one attempt: frozen with its parameters, sent again unchanged."""
    return f"att-{secrets.token_hex(16)}"


class Charge(Row):
    """One attempt (Invoiced API, Charges). Minor units of `currency`.

    `created` → `sent` (committed before the gateway hears of it) → `pending` | `succeeded` | `failed`;
    `unknown` when no answer was read: only the gateway's word, asked by the same key, ends it.
    `splits` are the applications that the money is meant for: `type`, `amount` (minor units), `invoice`.
    `automatic` charges are attempts of AutoPay: their declines count on the invoice.
    `trial` says that `source` was stored for this charge, and what shall become of it; empty when that
    is decided.
    """

    class Status(models.TextChoices):
        CREATED = "created", "Prepared"
        SENT = "sent", "With the gateway"
        UNKNOWN = "unknown", "Unclear"
        PENDING = "pending", "Pending"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"

    class Trial(models.TextChoices):
        KEEP = "keep", "To be kept"
        DEFAULT = "default", "To become the default"

    OPEN = ("created", "sent", "unknown", "pending")

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="charges")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    method = models.CharField(max_length=16)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.CREATED)
    gateway = models.CharField(max_length=16)
    gateway_account = models.ForeignKey(
        "customers.GatewayAccount", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    gateway_token = models.CharField(max_length=255, blank=True, default="")
    gateway_id = models.CharField(max_length=255, blank=True, default="")
    key = models.CharField(max_length=64, unique=True, default=new_charge_key, editable=False)
    source = models.ForeignKey(
        "customers.PaymentSource", null=True, blank=True, on_delete=models.SET_NULL, related_name="charges"
    )
    # The source as it was when it was charged: it may be detached later.
    source_shown = models.JSONField(null=True, encoder=ExactEncoder, decoder=ExactDecoder)
    trial = models.CharField(max_length=7, choices=Trial.choices, blank=True, default="")
    splits = models.JSONField(default=list, encoder=ExactEncoder, decoder=ExactDecoder)
    payment = models.OneToOneField(
        "customers.Payment", null=True, blank=True, on_delete=models.PROTECT, related_name="charge"
    )
    failure_code = models.CharField(max_length=64, blank=True, default="")
    failure_message = models.CharField(max_length=500, blank=True, default="")
    receipt_email = models.EmailField(blank=True, default="")
    disputed = models.BooleanField(default=False)
    automatic = models.BooleanField("by AutoPay", default=False)
    request_key = models.CharField(max_length=64, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    final_at = models.DateTimeField(null=True, blank=True)
    next_look_at = models.DateTimeField(null=True, blank=True)
    looks = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_amount_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["created", "sent", "unknown", "pending", "succeeded", "failed"]),
                name="charge_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(payment__isnull=False), name="charge_success_has_payment"
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_id"], condition=~Q(gateway_id=""), name="charge_once_at_gateway"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "id"], name="charge_customer"),
            models.Index(fields=["updated_at", "id"], name="charge_updated"),
            models.Index(
                fields=["next_look_at", "id"],
                condition=Q(status__in=["created", "sent", "unknown"]),
                name="charge_unsettled",
            ),
            models.Index(fields=["request_key"], condition=~Q(request_key=""), name="charge_request_key"),
            models.Index(fields=["next_look_at", "id"], condition=~Q(trial=""), name="charge_on_trial"),
        ]

    def __str__(self) -> str:
        return f"Charge {self.pk}"


class ChargeClaim(models.Model):
    """An invoice in the hands of one charge: nobody else may charge it until it is released."""

    charge = models.ForeignKey(Charge, on_delete=models.CASCADE, related_name="claims")
    invoice = models.ForeignKey("customers.Invoice", on_delete=models.PROTECT, related_name="charge_claims")
    amount = models.BigIntegerField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_claim_amount_positive"),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(released_at=None), name="charge_claim_one_an_invoice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charge_id} on {self.invoice_id}"


class ChargeRefund(Row):
    """Money of a charge on its way back (Invoiced API, Refunds); `refund` is the ledger's entry for it."""

    class Status(models.TextChoices):
        CREATED = "created", "Prepared"
        UNKNOWN = "unknown", "Unclear"
        PENDING = "pending", "Pending"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="refunds")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.CREATED)
    gateway = models.CharField(max_length=16)
    gateway_id = models.CharField(max_length=255, blank=True, default="")
    key = models.CharField(max_length=64, unique=True, default=new_charge_key, editable=False)
    failure_message = models.CharField(max_length=500, blank=True, default="")
    request_key = models.CharField(max_length=64, blank=True, default="")
    next_look_at = models.DateTimeField(null=True, blank=True)
    looks = models.PositiveSmallIntegerField(default=0)
    refund = models.OneToOneField(
        "customers.Refund", null=True, blank=True, on_delete=models.PROTECT, related_name="charge_refund"
    )
    date = MomentField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_refund_amount_positive"),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(refund__isnull=False),
                name="charge_refund_success_is_in_ledger",
            ),
        ]
        indexes = [
            models.Index(F("charge"), F("id"), name="charge_refund_charge"),
            models.Index(
                fields=["next_look_at", "id"],
                condition=Q(status__in=["created", "unknown"]),
                name="charge_refund_unsettled",
            ),
            models.Index(
                fields=["request_key"], condition=~Q(request_key=""), name="charge_refund_request_key"
            ),
        ]

    def __str__(self) -> str:
        return f"Refund {self.pk} of charge {self.charge_id}"
