"""Tax rates that staff and integrators keep and put on customers, invoices and lines."""

from django.db import models
from django.db.models import Q

from customers.models.base import Row, WithMetadata


class TaxRate(Row, WithMetadata):
    """A tax in percent or a fixed amount (Invoiced API, Tax Rates). Archived, never deleted.

    The code of an archived rate may be used again: documents hold on to the row, not to its code.
    """

    code = models.CharField("ID", max_length=255)
    name = models.CharField(max_length=255)
    currency = models.CharField(max_length=3, blank=True, default="")
    value = models.DecimalField(max_digits=20, decimal_places=6)
    is_percent = models.BooleanField(default=True)
    inclusive = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(archived_at=None), name="tax_rate_code_unique"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="tax_rate_value_not_negative"),
            models.CheckConstraint(
                condition=Q(is_percent=True, currency="") | Q(is_percent=False) & ~Q(currency=""),
                name="tax_rate_fixed_amount_has_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.name
