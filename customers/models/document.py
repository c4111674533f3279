"""What invoices and credit notes share: a numbered document with lines and exact totals."""

from typing import Any

from django.db import models

from customers.models.base import MomentField, Row, WithMetadata, document_key, new_token


class Document(Row, WithMetadata):
    """A numbered document of the ledger. All totals and `balance` are minor units of `currency`.

    `balance` is what is open at present; as-of questions are answered from the dated rows
    (`customers.ledger.open_items`). A draft counts nowhere; a voided document counts nowhere,
    whatever the date of voiding.
    """

    name = models.CharField(max_length=255, blank=True, default="")
    number = models.CharField(max_length=32)
    number_key = models.CharField(max_length=64, editable=False)
    currency = models.CharField(max_length=3)
    date = MomentField()
    draft = models.BooleanField(default=False)
    voided_at = MomentField(null=True, blank=True)
    sent_at = MomentField(null=True, blank=True)
    viewed_at = MomentField(null=True, blank=True)
    purchase_order = models.CharField(max_length=32, blank=True, default="")
    notes = models.TextField(blank=True, default="")
    subtotal = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    balance = models.BigIntegerField(default=0)
    calculate_taxes = models.BooleanField(default=True)
    token = models.CharField(max_length=24, unique=True, default=new_token, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.number_key = document_key(self.number)
        super().save(*args, **kwargs)

    @property
    def voided(self) -> bool:
        return self.voided_at is not None


class LineItem(Row, WithMetadata):
    """One line of an invoice or credit note; `amount` is round(quantity x unit_cost) in minor units.

    A line with a `customer` waits for that customer's next invoice (Invoiced API, Pending line items);
    it keeps its own `currency`, which on other lines is the document's.
    """

    invoice = models.ForeignKey(
        "customers.Invoice", null=True, blank=True, on_delete=models.CASCADE, related_name="items"
    )
    credit_note = models.ForeignKey(
        "customers.CreditNote", null=True, blank=True, on_delete=models.CASCADE, related_name="items"
    )
    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.CASCADE, related_name="line_items"
    )
    currency = models.CharField(max_length=3, blank=True, default="")
    position = models.PositiveSmallIntegerField()
    catalog_item = models.CharField(max_length=255, blank=True, default="")
    type = models.CharField(max_length=64, blank=True, default="")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    quantity = models.DecimalField(max_digits=20, decimal_places=6, default=1)
    unit_cost = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    amount = models.BigIntegerField(default=0)
    discountable = models.BooleanField(default=True)
    taxable = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(invoice=None, credit_note__isnull=False, customer=None)
                | models.Q(invoice__isnull=False, credit_note=None, customer=None)
                | models.Q(invoice=None, credit_note=None, customer__isnull=False),
                name="line_item_has_one_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(customer=None) | ~models.Q(currency=""),
                name="line_item_pending_has_currency",
            ),
        ]
        indexes = [
            models.Index(fields=["invoice", "position"], name="line_item_invoice"),
            models.Index(fields=["credit_note", "position"], name="line_item_credit_note"),
            models.Index(fields=["customer", "id"], name="line_item_customer"),
        ]

    def __str__(self) -> str:
        return self.name


class Levy(models.Model):
    """A discount or tax on a document or on one of its lines, as it was applied.

    `amount` is in minor units of the document. A tax keeps the rate it came from; the rate's later
    changes do not touch it.
    """

    class Kind(models.TextChoices):
        DISCOUNT = "discount", "Discount"
        TAX = "tax", "Tax"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    invoice = models.ForeignKey(
        "customers.Invoice", null=True, blank=True, on_delete=models.CASCADE, related_name="levies"
    )
    credit_note = models.ForeignKey(
        "customers.CreditNote", null=True, blank=True, on_delete=models.CASCADE, related_name="levies"
    )
    line_item = models.ForeignKey(
        LineItem, null=True, blank=True, on_delete=models.CASCADE, related_name="levies"
    )
    tax_rate = models.ForeignKey(
        "customers.TaxRate", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amount = models.BigIntegerField()
    calculated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(invoice=None, credit_note__isnull=False)
                | models.Q(invoice__isnull=False, credit_note=None)
                | models.Q(invoice=None, credit_note=None, line_item__isnull=False),
                name="levy_has_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
