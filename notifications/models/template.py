"""Wording that staff changed; what is not here is worded by the product."""

from django.db import models

from customers.models.base import Row


class MessageTemplate(Row):
    """Subject and body of one kind of message in one language (Mustache subset).

    `name` is the template id of the wire (`statement_email`). Kinds without a row use the wording
    that ships with the product.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", "Email"
        SMS = "sms", "Text message"

    name = models.SlugField(max_length=64)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    language = models.CharField(max_length=2, default="en")
    subject = models.CharField(max_length=255, blank=True, default="")
    body = models.TextField()
    attach_pdf = models.BooleanField("attach the PDF", default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "channel", "language"], name="message_template_once_per_language"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=["email", "sms"]), name="message_template_channel_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
