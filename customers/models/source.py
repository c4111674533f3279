"""Stored ways to pay: a card or a bank account. Tokens only, never an account number."""

from django.db import models
from django.db.models import Q

from customers.models.base import Row


class PaymentSource(Row):
    """A card or bank account of a customer (Invoiced API, Payment Sources)."""

    class Kind(models.TextChoices):
        CARD = "card", "Card"
        BANK_ACCOUNT = "bank_account", "Bank account"

    class Funding(models.TextChoices):
        CREDIT = "credit", "Credit"
        DEBIT = "debit", "Debit"
        PREPAID = "prepaid", "Prepaid"
        UNKNOWN = "unknown", "Unknown"

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="payment_sources"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    last4 = models.CharField(max_length=4)
    brand = models.CharField(max_length=32, blank=True, default="")
    exp_month = models.PositiveSmallIntegerField(null=True, blank=True)
    exp_year = models.PositiveSmallIntegerField(null=True, blank=True)
    funding = models.CharField(max_length=8, choices=Funding.choices, default=Funding.UNKNOWN)
    bank_name = models.CharField(max_length=255, blank=True, default="")
    routing_number = models.CharField(max_length=32, blank=True, default="")
    verified = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    gateway = models.CharField(max_length=16)
    gateway_account = models.ForeignKey(
        "customers.GatewayAccount", null=True, blank=True, on_delete=models.PROTECT
    )
    gateway_token = models.CharField(max_length=255, blank=True, default="")
    gateway_customer = models.CharField(max_length=255, blank=True, default="")
    chargeable = models.BooleanField(default=True)
    failure_reason = models.CharField(max_length=255, blank=True, default="")
    receipt_email = models.EmailField(blank=True, default="")
    hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last4__regex=r"^[0-9]{4}$"), name="payment_source_last4_only"),
        ]
        indexes = [models.Index(fields=["customer", "id"], name="payment_source_customer")]

    def __str__(self) -> str:
        return f"{self.brand or self.bank_name or self.get_kind_display()} ····{self.last4}"
