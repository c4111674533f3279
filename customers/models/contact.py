"""People at a customer."""

from django.db import models

from customers.models.base import Row


class Contact(Row):
    """A contact (Invoiced API, Contacts). Primary ones are copied on account mail; texts go only to
    those who agreed (`sms_enabled`)."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=255)
    title = models.CharField(max_length=255, blank=True, default="")
    department = models.CharField(max_length=255, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=64, blank=True, default="")
    primary = models.BooleanField(default=True)
    sms_enabled = models.BooleanField("text messages allowed", default=False)
    address1 = models.CharField("address line 1", max_length=255, blank=True, default="")
    address2 = models.CharField("address line 2", max_length=255, blank=True, default="")
    city = models.CharField(max_length=255, blank=True, default="")
    state = models.CharField(max_length=255, blank=True, default="")
    postal_code = models.CharField(max_length=32, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["customer", "name", "id"], name="contact_customer_name"),
            models.Index(fields=["email"], name="contact_email"),
        ]

    def __str__(self) -> str:
        return self.name
