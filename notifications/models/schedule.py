"""When statements go out by themselves."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models.base import Row


class StatementSchedule(Row):
    """A recurring statement run, in company time.

    Monthly on `day_of_month` (beyond a month's end: its last day), weekly on `weekday` (0 is
    Monday). The statements cover the days since the previous due day and end with the last second
    of the day before. `starts_after` is the moment up to which everything has been started.
    """

    class Rhythm(models.TextChoices):
        MONTHLY = "monthly", "Monthly"
        WEEKLY = "weekly", "Weekly"

    class Type(models.TextChoices):
        BALANCE_FORWARD = "balance_forward", "Balance forward"
        OPEN_ITEM = "open_item", "Open item"

    class Items(models.TextChoices):
        OPEN = "open", "Open"
        PAST_DUE = "past_due", "Past due"

    class Channel(models.TextChoices):
        PREFERRED = "preferred", "As the customer prefers"
        EMAIL = "email", "Email"
        SMS = "sms", "Text message"
        LETTER = "letter", "Letter"

    name = models.CharField(max_length=255)
    enabled = models.BooleanField(default=True)
    rhythm = models.CharField(max_length=7, choices=Rhythm.choices, default=Rhythm.MONTHLY)
    day_of_month = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    weekday = models.PositiveSmallIntegerField(
        choices=list(
            enumerate(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])
        ),
        default=0,
    )
    time_of_day = models.TimeField(default=time(6))
    type = models.CharField(max_length=15, choices=Type.choices, default=Type.OPEN_ITEM)
    items = models.CharField(max_length=8, choices=Items.choices, default=Items.OPEN)
    channel = models.CharField(max_length=9, choices=Channel.choices, default=Channel.PREFERRED)
    currency = models.CharField(max_length=3, blank=True, default="")
    minimum_balance = models.DecimalField(
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    starts_after = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(day_of_month__range=(1, 31)), name="statement_schedule_day_in_month"
            ),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="statement_schedule_weekday"),
            models.CheckConstraint(
                condition=Q(rhythm__in=["monthly", "weekly"]), name="statement_schedule_rhythm_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["preferred", "email", "sms", "letter"]),
                name="statement_schedule_channel_known",
            ),
            models.CheckConstraint(
                condition=Q(minimum_balance=None) | Q(minimum_balance__gte=0),
                name="statement_schedule_minimum_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name
