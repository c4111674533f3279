"""The customer: who owes us."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from customers.models.base import Row, WithMetadata, document_key, new_token

PAYMENT_METHODS = (
    "ach",
    "cash",
    "check",
    "credit_card",
    "eft",
    "direct_debit",
    "other",
    "paypal",
    "wire_transfer",
)


# What the list of the wire can be filtered and sorted by, and the name of the index that serves it: found by
# value, given in the order of the ids, walked from either end (Invoiced API, List customers).
_LISTED = {
    "name": "customer_name",
    "number": "customer_number",
    "email": "customer_email",
    "type": "customer_type",
    "autopay": "customer_autopay",
    "autopay_delay_days": "customer_autopay_delay",
    "payment_terms": "customer_payment_terms",
    "payment_source": "customer_source",
    "attention_to": "customer_attention_to",
    "address1": "customer_address1",
    "address2": "customer_address2",
    "city": "customer_city",
    "state": "customer_state",
    "postal_code": "customer_postal_code",
    "country": "customer_country",
    "language": "customer_language",
    "currency": "customer_currency",
    "chase": "customer_chase",
    "chasing_cadence": "customer_cadence",
    "next_chase_step": "customer_step",
    "phone": "customer_phone",
    "credit_hold": "customer_credit_hold",
    "credit_limit": "customer_credit_limit",
    "owner": "customer_owner",
    "taxable": "customer_taxable",
    "tax_id": "customer_tax_id",
    "avalara_entity_use_code": "customer_entity_use_code",
    "avalara_exemption_number": "customer_exemption_number",
    "parent_customer": "customer_parent",
    "bill_to_parent": "customer_bill_to_parent",
    "consolidated": "customer_consolidated",
    "sign_up_page": "customer_sign_up_page",
    "created_at": "customer_created",
    "updated_at": "customer_updated",
}


class CustomerQuerySet(models.QuerySet["Customer"]):
    def for_user(self, user: Any) -> "CustomerQuerySet":
        """What a member of staff may see: account managers their own customers, others all."""
        return self.within(role=getattr(user, "role", ""), user_id=user.pk)

    def within(self, *, role: str, user_id: int | None) -> "CustomerQuerySet":
        """What a role may see; the one rule behind staff and API keys."""
        if role != "account_manager":
            return self
        return self.none() if user_id is None else self.filter(owner_id=user_id)

    def with_number(self, number: str) -> "CustomerQuerySet":
        return self.filter(number_key=document_key(number))


class Customer(Row, WithMetadata):
    """An organisation or person we bill (Invoiced API, Customers).

    Texts that are not set are empty strings here and null on the wire. `currency` empty means "not
    fixed". `statement_channel` and `paperless_from_date` choose how statements travel: letters
    before that day, `statement_channel` from it on.
    """

    class Type(models.TextChoices):
        COMPANY = "company", "Company"
        PERSON = "person", "Person"
        GOVERNMENT = "government", "Government"
        NON_PROFIT = "non_profit", "Non-profit"

    class StatementChannel(models.TextChoices):
        EMAIL = "email", "Email"
        SMS = "sms", "Text message"
        LETTER = "letter", "Letter"

    class ChildStatements(models.TextChoices):
        DEFAULT = "", "As billed"
        PARENT_ONLY = "parent", "On the parent's statement only"
        BOTH = "both", "On the parent's and an own one"
        CHILD_ONLY = "child", "Own statement only"

    name = models.CharField(max_length=255)
    number = models.CharField(max_length=32)
    number_key = models.CharField(max_length=64, editable=False)
    email = models.CharField(max_length=254, blank=True, default="")
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.COMPANY)
    autopay = models.BooleanField("AutoPay", default=False)
    autopay_delay_days = models.PositiveSmallIntegerField(
        "AutoPay delay (days)", null=True, blank=True, validators=[MaxValueValidator(365)]
    )
    payment_terms = models.CharField(max_length=255, blank=True, default="")
    payment_source = models.ForeignKey(
        "customers.PaymentSource",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    attention_to = models.CharField(max_length=255, blank=True, default="")
    address1 = models.CharField("address line 1", max_length=255, blank=True, default="")
    address2 = models.CharField("address line 2", max_length=255, blank=True, default="")
    city = models.CharField(max_length=255, blank=True, default="")
    state = models.CharField("state or province", max_length=255, blank=True, default="")
    postal_code = models.CharField(max_length=32, blank=True, default="")
    country = models.CharField(max_length=2, default="US")
    language = models.CharField(max_length=2, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    chase = models.BooleanField(default=True)
    chasing_cadence = models.ForeignKey(
        "customers.Cadence",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="customers",
        db_index=False,
    )
    next_chase_step = models.ForeignKey(
        "customers.CadenceStep",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    phone = models.CharField(max_length=64, blank=True, default="")
    credit_hold = models.BooleanField(default=False)
    credit_limit = models.DecimalField(
        max_digits=20, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    owner = models.ForeignKey(
        "customers.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="customers",
        db_index=False,
    )
    taxable = models.BooleanField(default=True)
    taxes = models.ManyToManyField("customers.TaxRate", blank=True, related_name="customers")
    tax_id = models.CharField("tax ID", max_length=64, blank=True, default="")
    avalara_entity_use_code = models.CharField(max_length=25, blank=True, default="")
    avalara_exemption_number = models.CharField(max_length=25, blank=True, default="")
    parent_customer = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", db_index=False
    )
    bill_to_parent = models.BooleanField(default=False)
    consolidated = models.BooleanField("consolidated invoicing", default=False)
    notes = models.TextField(blank=True, default="")
    sign_up_page = models.ForeignKey(
        "customers.SignUpPage",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="customers",
        db_index=False,
    )
    sign_up_token = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    statement_token = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    ach_gateway = models.ForeignKey(
        "customers.GatewayAccount", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cc_gateway = models.ForeignKey(
        "customers.GatewayAccount", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    disabled_payment_methods = models.JSONField(default=list, blank=True)
    statement_channel = models.CharField(
        max_length=6, choices=StatementChannel.choices, default=StatementChannel.EMAIL
    )
    paperless_from_date = models.DateField(null=True, blank=True)
    child_statements = models.CharField(
        max_length=6, choices=ChildStatements.choices, blank=True, default=ChildStatements.DEFAULT
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number_key"], name="customer_number_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_name"),
            models.CheckConstraint(condition=~Q(number_key=""), name="customer_has_number"),
            models.CheckConstraint(
                condition=Q(credit_limit=None) | Q(credit_limit__gte=0),
                name="customer_credit_limit_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(autopay=False) | Q(payment_terms=""), name="customer_autopay_has_no_terms"
            ),
            models.CheckConstraint(
                condition=~Q(parent_customer=models.F("id")), name="customer_is_not_its_parent"
            ),
            models.CheckConstraint(
                condition=Q(autopay_delay_days=None) | Q(autopay_delay_days__lte=365),
                name="customer_autopay_delay_at_most_a_year",
            ),
        ]
        indexes = [
            *(models.Index(fields=[column, "id"], name=name) for column, name in _LISTED.items()),
            models.Index(
                fields=["id"], name="customer_with_source", condition=Q(payment_source__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.number_key = document_key(self.number)
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "updated_at"} | (
                {"number_key"} if "number" in fields else set()
            )
        super().save(*args, **kwargs)
