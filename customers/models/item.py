"""The catalog: what is sold again and again, so that lines need only its id."""

from django.db import models

from customers.models.base import Row, WithMetadata


class Item(Row, WithMetadata):
    """A catalog item (Invoiced API, Items). Archived, never deleted: documents keep their copy."""

    code = models.CharField("ID", max_length=255)
    name = models.CharField(max_length=255)
    currency = models.CharField(max_length=3, blank=True, default="")
    unit_cost = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    description = models.TextField(blank=True, default="")
    type = models.CharField(max_length=64, blank=True, default="")
    discountable = models.BooleanField(default=True)
    taxable = models.BooleanField(default=True)
    taxes = models.ManyToManyField("customers.TaxRate", blank=True, related_name="+")
    gl_account = models.CharField(max_length=255, blank=True, default="")
    avalara_tax_code = models.CharField(max_length=25, blank=True, default="")
    avalara_location_code = models.CharField(max_length=50, blank=True, default="")
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(archived_at=None), name="item_code_unique"
            ),
        ]
        indexes = [models.Index(fields=["updated_at", "id"], name="item_updated")]

    def __str__(self) -> str:
        return self.name
