"""Payments and the dated applications that settle documents with them."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from customers.models.base import MomentField, Row, WithMetadata, new_token


class Payment(Row, WithMetadata):
    """Money received (Invoiced API, Payments). Minor units of `currency`.

    `balance` is the part not applied at present. A pending payment (a debit under way) and a failed
    one count nowhere; once cleared it counts on its own date. `pending_until` is when a pending one
    cleared or failed: a failed one was a remark on statements until then. Without a customer it is
    unmatched and in nobody's ledger.
    """

    class Status(models.TextChoices):
        SUCCEEDED = "succeeded", "Received"
        PENDING = "pending", "Pending"
        FAILED = "failed", "Failed"

    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    date = MomentField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    balance = models.BigIntegerField(default=0)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.SUCCEEDED)
    pending_until = MomentField(null=True, blank=True, editable=False)
    voided_at = MomentField(null=True, blank=True)
    method = models.CharField(max_length=16, default="other")
    reference = models.CharField(max_length=255, blank=True, default="")
    notes = models.TextField(blank=True, default="")
    ach_sender_id = models.CharField(max_length=255, blank=True, default="")
    source = models.CharField(max_length=32, default="keyed")
    token = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    import_key = models.CharField(max_length=128, null=True, blank=True, unique=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=F("amount")), name="payment_balance_within_amount"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "date", "id"], name="payment_customer_date"),
            models.Index(fields=["updated_at", "id"], name="payment_updated"),
            models.Index(fields=["date", "id"], name="payment_date"),
            models.Index(fields=["created_at", "id"], name="payment_created"),
            models.Index(fields=["reference", "id"], name="payment_reference"),
            models.Index(fields=["amount", "id"], name="payment_amount"),
        ]

    def __str__(self) -> str:
        return self.reference or f"Payment {self.pk}"

    @property
    def voided(self) -> bool:
        return self.voided_at is not None

    def given_back_at(self) -> datetime | None:
        """The first moment at which money of it was refunded or taken back by the bank; None if never."""
        moments = [*self.refunds.values_list("date", flat=True)]
        moments += (
            type(self)
            .objects.filter(pk=self.pk, reversal__isnull=False)
            .values_list("reversal__date", flat=True)
        )
        return min(moments, default=None)


class PaymentApplication(models.Model):
    """One dated use of a payment, a credit note or credit. Never deleted: removal sets `ended_at`.

    It counts at a moment t when effective_at <= t and (ended_at is null or t < ended_at).
    `effective_at` is the latest of its own date and the dates of all it joins. A void releases its
    applications at `effective_at` itself, so that they never counted.

    type            payment  credit_note  invoice   effect
    invoice         yes      no           yes       payment settles invoice
    credit_note     maybe    yes          yes       credit note settles invoice
    applied_credit  maybe    no           yes       the payer's credit balance settles invoice
    credit          one of the two        no        goes to the payer's credit balance
    convenience_fee yes      no           no        part of the payment that is neither owed nor paid

    `customer` is the account of the settled document, `payer` the account the money came from; they
    differ when a parent pays for a child, and a statement of one of them shows a transfer.
    """

    class Type(models.TextChoices):
        INVOICE = "invoice", "Invoice"
        CREDIT_NOTE = "credit_note", "Credit note"
        APPLIED_CREDIT = "applied_credit", "Credit balance"
        CREDIT = "credit", "To credit balance"
        CONVENIENCE_FEE = "convenience_fee", "Convenience fee"

    type = models.CharField(max_length=16, choices=Type.choices)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    credit_note = models.ForeignKey(
        "customers.CreditNote", null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    invoice = models.ForeignKey(
        "customers.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    applied_at = MomentField()
    effective_at = MomentField()
    ended_at = MomentField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="application_amount_positive"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("effective_at")),
                name="application_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(effective_at__gte=F("applied_at")), name="application_effective_after_applied"
            ),
            models.CheckConstraint(
                name="application_joins_what_its_type_says",
                condition=(
                    Q(type="invoice", payment__isnull=False, credit_note=None, invoice__isnull=False)
                    | Q(type="credit_note", credit_note__isnull=False, invoice__isnull=False)
                    | Q(type="applied_credit", credit_note=None, invoice__isnull=False)
                    | Q(type="credit", payment__isnull=False, credit_note=None, invoice=None)
                    | Q(type="credit", payment=None, credit_note__isnull=False, invoice=None)
                    | Q(type="convenience_fee", payment__isnull=False, credit_note=None, invoice=None)
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "effective_at"], name="application_customer"),
            models.Index(fields=["payer", "effective_at"], name="application_payer"),
            # Whether something was taken back with a date ahead (`customers.ledger.standing`).
            models.Index(
                fields=["customer", "ended_at"], name="application_ended", condition=Q(ended_at__isnull=False)
            ),
            models.Index(
                fields=["payer", "ended_at"],
                name="application_payer_ended",
                condition=Q(ended_at__isnull=False),
            ),
            # The changes of a credit balance, however many invoices were paid beside them.
            models.Index(
                fields=["payer", "currency"],
                name="application_of_credit",
                condition=Q(type__in=["credit", "applied_credit"]),
            ),
            # Few payments have a fee, but every line of one asks.
            models.Index(fields=["payment"], name="application_of_fee", condition=Q(type="convenience_fee")),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.amount} {self.currency}"
