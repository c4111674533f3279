"""The credit balance: what a customer holds with us and can spend on later invoices."""

from django.db import models
from django.db.models import Q

from customers.models.base import MomentField, Row


class CreditAdjustment(Row):
    """A manual change of the credit balance (Invoiced API, Credit Balance Adjustments).

    Signed minor units: positive grants, negative takes.
    """

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="credit_adjustments"
    )
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    date = MomentField()
    notes = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="credit_adjustment_not_zero"),
        ]
        indexes = [
            models.Index(fields=["customer", "date", "id"], name="credit_adjustment_customer"),
            models.Index(fields=["updated_at", "id"], name="credit_adjustment_updated"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class CreditBalance(models.Model):
    """The anchor of a customer's credit in one currency: present total, never below zero."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="credits")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "currency"], name="credit_balance_one_a_currency"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="credit_balance_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
