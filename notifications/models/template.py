"""Wording that staff wrote; what is not here is worded by the product."""

from django.db import models

from customers.models.base import Row


class MessageTemplate(Row):
    """One kind of message in one language (Mustache subset), and which of its versions is used.

    `name` is the template id of the wire (`statement_email`). Without a `current` version, as without
    a row, the wording that ships with the product is used.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", "Email"
        SMS = "sms", "Text message"

    name = models.SlugField(max_length=64)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    language = models.CharField(max_length=2, default="en")
    current = models.ForeignKey(
        "notifications.TemplateVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = "wording"
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


class TemplateVersion(Row):
    """The words of a template as somebody saved them; never changed afterwards.

    `author` is who saved them, `activated_at` when they were first used: empty for a proposal.
    """

    template = models.ForeignKey(MessageTemplate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=255, blank=True, default="")
    body = models.TextField()
    attach_pdf = models.BooleanField(default=True)
    author = models.CharField(max_length=255, default="system")
    activated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.template} version {self.number}"
