"""Credit notes: what we take back from an invoice or owe a customer."""

from django.db import models
from django.db.models import F, Q

from customers.models.base import MomentField
from customers.models.document import Document


class CreditNote(Document):
    """A credit note (Invoiced API, Credit Notes). Amounts are positive; it lowers what is owed.

    A closed one is kept from further use: what is open on it stays in the books.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="credit_notes")
    invoice = models.ForeignKey(
        "customers.Invoice", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes"
    )

    closed_at = MomentField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number_key"], name="credit_note_number_unique"),
            models.CheckConstraint(condition=Q(total__gte=0), name="credit_note_total_not_negative"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=F("total")), name="credit_note_balance_within_total"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "date", "id"], name="credit_note_customer_date"),
            models.Index(fields=["customer"], name="credit_note_unpaid", condition=Q(balance__gt=0)),
            models.Index(fields=["updated_at", "id"], name="credit_note_updated"),
        ]
