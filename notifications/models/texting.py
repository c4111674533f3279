"""What is known of a phone number beside its contact: whether texts may go, and when the last one went."""

from django.db import models

from customers.models.base import Row


class OptOut(Row):
    """Whether a number takes texts from us: its owner's last word, which outlives contact and customer.

    `opted_out_at` empty: its owner wants texts again. `said_at` is the moment of the last word; an
    older one that comes late changes nothing. `contact_ids`: whose texts the word STOP switched off.
    """

    number = models.CharField(max_length=32, unique=True)
    opted_out_at = models.DateTimeField(null=True)
    said_at = models.DateTimeField()
    source = models.CharField(max_length=64)
    contact_ids = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["-opted_out_at", "-id"], name="opt_out_latest"),
        ]

    def __str__(self) -> str:
        return self.number


class TextDay(Row):
    """The one text of the day to a number, taken before it is sent.

    The number is free again after `until`, or as soon as the message that holds it has failed. A
    message of unknown fate keeps it.
    """

    number = models.CharField(max_length=32, unique=True)
    message = models.ForeignKey(
        "notifications.Message", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.number
