"""Notes of staff and programs about an account or an invoice; customers never see them."""

from django.db import models

from customers.models.base import Row


class Note(Row):
    """A note (Invoiced API, Notes). One about an invoice belongs to the invoice's customer as well."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="account_notes")
    invoice = models.ForeignKey(
        "customers.Invoice", null=True, blank=True, on_delete=models.CASCADE, related_name="invoice_notes"
    )
    user = models.ForeignKey(
        "customers.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    notes = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "id"], name="note_customer"),
            models.Index(fields=["invoice", "id"], name="note_invoice"),
            models.Index(fields=["updated_at", "id"], name="note_updated"),
        ]

    def __str__(self) -> str:
        return self.notes[:60]
