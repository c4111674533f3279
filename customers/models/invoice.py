"""Invoices: what customers owe."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from customers.models.base import MomentField
from customers.models.document import Document


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def issued(self) -> "InvoiceQuerySet":
        return self.filter(draft=False, voided_at=None)

    def open(self) -> "InvoiceQuerySet":
        """Issued and not fully paid; spelled like the partial index `invoice_open`."""
        return self.filter(draft=False, voided_at=None, closed_at=None, balance__gt=0)

    def due_for_charge(self, now: datetime) -> "InvoiceQuerySet":
        return self.open().filter(autopay=True, next_payment_attempt__lte=now)


class Invoice(Document):
    """An invoice (Invoiced API, Invoices). `closed_at` is set by a write-off or closing by hand."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="invoices")
    due_date = MomentField(null=True, blank=True)
    payment_terms = models.CharField(max_length=255, blank=True, default="")
    autopay = models.BooleanField("AutoPay", default=False)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    next_payment_attempt = MomentField(null=True, blank=True)
    first_failed_at = MomentField(null=True, blank=True)
    closed_at = MomentField(null=True, blank=True)
    disputed_from = MomentField(null=True, blank=True)
    disputed_until = MomentField(null=True, blank=True)
    ship_to = models.JSONField(default=dict, blank=True)
    disabled_payment_methods = models.JSONField(default=list, blank=True)
    consolidated_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="consolidated_from"
    )

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number_key"], name="invoice_number_unique"),
            models.CheckConstraint(condition=Q(total__gte=0), name="invoice_total_not_negative"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=F("total")), name="invoice_balance_within_total"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "date", "id"], name="invoice_customer_date"),
            models.Index(
                fields=["customer", "currency", "due_date", "balance"],
                name="invoice_open",
                condition=Q(draft=False, voided_at=None, closed_at=None, balance__gt=0),
            ),
            # What is open right now, however much was paid (`customers.ledger.standing`).
            models.Index(fields=["customer"], name="invoice_unpaid", condition=Q(balance__gt=0)),
            # What AutoPay looks for every few minutes; spelled like `due_for_charge`.
            models.Index(
                fields=["next_payment_attempt", "id"],
                name="invoice_to_charge",
                condition=Q(autopay=True, draft=False, voided_at=None, closed_at=None, balance__gt=0),
            ),
            models.Index(fields=["updated_at", "id"], name="invoice_updated"),
            models.Index(fields=["created_at", "id"], name="invoice_created"),
            models.Index(fields=["due_date", "id"], name="invoice_due_date"),
            models.Index(fields=["number", "id"], name="invoice_number"),
            models.Index(fields=["name", "id"], name="invoice_name"),
            models.Index(fields=["purchase_order", "id"], name="invoice_purchase_order"),
            models.Index(fields=["total", "id"], name="invoice_total"),
            models.Index(fields=["balance", "id"], name="invoice_balance"),
            models.Index(fields=["id"], name="invoice_drafts", condition=Q(draft=True)),
            models.Index(fields=["id"], name="invoice_voided", condition=Q(voided_at__isnull=False)),
            models.Index(fields=["date", "id"], name="invoice_date"),
        ]
