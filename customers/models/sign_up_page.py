"""Sign-up pages: where a customer stores a way to pay and turns AutoPay on."""

from django.db import models

from customers.models.base import Row


class SignUpPage(Row):
    """A hosted sign-up page (Invoiced API, Sign Up Pages)."""

    class Type(models.TextChoices):
        AUTOPAY = "autopay", "AutoPay"
        RECURRING = "recurring", "Recurring"

    name = models.CharField(max_length=255)
    type = models.CharField(max_length=9, choices=Type.choices, default=Type.AUTOPAY)
    billing_address = models.BooleanField(default=True)
    shipping_address = models.BooleanField(default=False)
    header_text = models.TextField(blank=True, default="")
    tos_url = models.URLField("terms of service", max_length=500, blank=True, default="")
    thanks_url = models.URLField("page after sign-up", max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return self.name
