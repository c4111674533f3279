"""The one company of an installation: letterhead, time zone, currency and the defaults it gives."""

from typing import cast
from zoneinfo import ZoneInfo

from django.db import models

from customers.ages import BOUNDS, AgingRule, Basis, bounds_of
from customers.models.base import Row


def default_aging_bounds() -> list[int]:
    return list(BOUNDS)


class Company(Row):
    """Business settings. One row; every column has a working default, so the API answers at once."""

    class PaperSize(models.TextChoices):
        AUTO = "auto", "By country"
        LETTER = "letter", "US Letter"
        A4 = "a4", "A4"

    class AgingBasis(models.TextChoices):
        DUE_DATE = "due_date", "Days past due"
        DATE = "date", "Days since the date of the document"

    name = models.CharField(max_length=255, default="My company")
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=64, blank=True, default="")
    website = models.URLField(blank=True, default="")
    address1 = models.CharField("address line 1", max_length=255, blank=True, default="")
    address2 = models.CharField("address line 2", max_length=255, blank=True, default="")
    city = models.CharField(max_length=255, blank=True, default="")
    state = models.CharField("state or province", max_length=255, blank=True, default="")
    postal_code = models.CharField(max_length=32, blank=True, default="")
    country = models.CharField(max_length=2, default="US")
    language = models.CharField(max_length=2, default="en")
    time_zone = models.CharField(max_length=64, default="America/Chicago")
    currency = models.CharField(max_length=3, default="usd")
    paper_size = models.CharField(max_length=6, choices=PaperSize.choices, default=PaperSize.AUTO)
    logo = models.FileField(upload_to="company/", blank=True)
    tax_id = models.CharField("tax ID", max_length=64, blank=True, default="")
    iban = models.CharField("IBAN", max_length=34, blank=True, default="")
    bic = models.CharField("BIC", max_length=11, blank=True, default="")
    payment_terms = models.CharField(max_length=255, blank=True, default="")
    autopay = models.BooleanField("AutoPay for new customers", default=False)
    autopay_delay_days = models.PositiveSmallIntegerField("AutoPay delay (days)", default=0)
    apply_credits = models.BooleanField("apply credit to new invoices", default=True)
    sender_name = models.CharField(max_length=255, blank=True, default="")
    sender_email = models.EmailField(blank=True, default="")
    bcc = models.CharField("blind copies of every mail to", max_length=1000, blank=True, default="")
    aging_bounds = models.JSONField(default=default_aging_bounds)
    aging_basis = models.CharField(max_length=8, choices=AgingBasis.choices, default=AgingBasis.DUE_DATE)
    statement_link_days = models.PositiveSmallIntegerField(
        "links of sent statements end after (days)", null=True, blank=True
    )
    sign_in_required = models.BooleanField("customers sign in to open links", default=False)
    # Who signed in before this was last switched asks for a new code.
    sign_in_switched_at = models.DateTimeField(null=True, editable=False)
    set_up_steps = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "company"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="company_is_one"),
            models.CheckConstraint(
                condition=models.Q(aging_basis__in=["due_date", "date"]), name="company_aging_basis_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def aging(self) -> AgingRule:
        """How open amounts are split by age, everywhere."""
        return AgingRule(bounds_of(self.aging_bounds), cast(Basis, self.aging_basis))

    @classmethod
    def get(cls) -> "Company":
        """The company row, made with its defaults when it is not there yet."""
        return cls.objects.get_or_create(pk=1)[0]
