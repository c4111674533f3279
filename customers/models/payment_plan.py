"""Payment plans: an invoice paid in instalments."""

from django.db import models
from django.db.models import Q

from customers.models.base import MomentField, Row


class PaymentPlan(Row):
    """A plan over the balance of one invoice (Invoiced API, Payment Plans)."""

    class Status(models.TextChoices):
        PENDING_SIGNUP = "pending_signup", "Waiting for sign-up"
        ACTIVE = "active", "Active"
        FINISHED = "finished", "Finished"
        CANCELED = "canceled", "Canceled"

    invoice = models.ForeignKey("customers.Invoice", on_delete=models.CASCADE, related_name="payment_plans")
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.ACTIVE)
    approval = models.JSONField(null=True, blank=True)
    agreed_at = MomentField()
    canceled_at = MomentField(null=True, blank=True)
    # The invoice's own terms, which the label "Payment Plan" stands in for.
    terms_before = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(status__in=["pending_signup", "active", "finished"]),
                name="payment_plan_one_an_invoice",
            ),
        ]

    def __str__(self) -> str:
        return f"Plan of invoice {self.invoice_id}"

    @property
    def customer_id(self) -> int:
        return self.invoice.customer_id


# Plans that an invoice is paid by. Whether one is finished follows from the invoice's balance.
LIVE = (PaymentPlan.Status.PENDING_SIGNUP, PaymentPlan.Status.ACTIVE, PaymentPlan.Status.FINISHED)


class Instalment(models.Model):
    """One dated part of a plan; payments fill the oldest first."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.CASCADE, related_name="instalments")
    date = MomentField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_amount_positive"),
        ]
        indexes = [models.Index(fields=["plan", "date", "id"], name="instalment_plan_date")]

    def __str__(self) -> str:
        return f"{self.amount}"
