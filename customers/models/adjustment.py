"""Dated events that change what is owed without a new document: write-off, refund, reversal."""

from django.db import models
from django.db.models import F, Q

from customers.models.base import MomentField, Row


class WriteOff(Row):
    """The open balance of an invoice given up on a day; `ended_at` when the invoice was reopened."""

    class Reason(models.TextChoices):
        BAD_DEBT = "bad_debt", "Bad debt"
        CLOSED = "closed", "Closed by hand"

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey("customers.Invoice", on_delete=models.PROTECT, related_name="write_offs")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    date = MomentField()
    ended_at = MomentField(null=True, blank=True)
    reason = models.CharField(max_length=8, choices=Reason.choices, default=Reason.BAD_DEBT)
    notes = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="write_off_amount_positive"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("date")), name="write_off_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(ended_at=None), name="write_off_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["customer", "date"], name="write_off_customer")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Refund(Row):
    """Money given back from a payment: from its unapplied part, or reopening an invoice it had paid.

    `fee` is the part of `amount` that gives a convenience fee back: as that was never owed, it counts
    in no balance.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey("customers.Payment", on_delete=models.PROTECT, related_name="refunds")
    invoice = models.ForeignKey(
        "customers.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)
    date = MomentField()
    notes = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(fee__gte=0, fee__lte=F("amount")), name="refund_fee_within_amount"
            ),
        ]
        indexes = [models.Index(fields=["customer", "date"], name="refund_customer")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Reversal(Row):
    """A payment taken back by the bank: a returned cheque or debit, a lost dispute.

    The payment's line stays; on the day of the return everything it had settled opens again.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    payment = models.OneToOneField("customers.Payment", on_delete=models.PROTECT, related_name="reversal")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    date = MomentField()
    reason = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_amount_positive"),
        ]
        indexes = [models.Index(fields=["customer", "date"], name="reversal_customer")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
