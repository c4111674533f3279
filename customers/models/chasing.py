"""Chasing cadences: when and how an open account is reminded. The acting is done a floor above."""

from django.db import models
from django.db.models import Q

from customers.models.base import Row


class Cadence(Row):
    """A chasing cadence (Invoiced API, Chasing Cadences)."""

    class Frequency(models.TextChoices):
        DAILY = "daily", "Every day"
        DAY_OF_WEEK = "day_of_week", "Weekly"
        DAY_OF_MONTH = "day_of_month", "Monthly"

    class AssignmentMode(models.TextChoices):
        NONE = "none", "By hand"
        DEFAULT = "default", "Default for new customers"
        CONDITIONS = "conditions", "By conditions"

    name = models.CharField(max_length=255)
    paused = models.BooleanField(default=False)
    time_of_day = models.PositiveSmallIntegerField(default=9)
    frequency = models.CharField(max_length=12, choices=Frequency.choices, default=Frequency.DAILY)
    run_date = models.PositiveSmallIntegerField(null=True, blank=True)
    run_days = models.CharField(max_length=32, blank=True, default="")
    last_run_at = models.DateTimeField(null=True, blank=True)
    next_run_at = models.DateTimeField(null=True, blank=True)
    min_balance = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    assignment_mode = models.CharField(
        max_length=10, choices=AssignmentMode.choices, default=AssignmentMode.NONE
    )
    assignment_conditions = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(time_of_day__lte=23), name="cadence_hour_of_day"),
            models.UniqueConstraint(
                fields=["assignment_mode"],
                condition=Q(assignment_mode="default"),
                name="cadence_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CadenceStep(Row):
    """One step of a cadence, taken when an account reaches its age (`age:30`, `past_due_age:14`)."""

    class Action(models.TextChoices):
        EMAIL = "email", "Email"
        SMS = "sms", "Text message"
        PHONE = "phone", "Phone call"
        MAIL = "mail", "Letter"
        ESCALATE = "escalate", "Escalate"

    cadence = models.ForeignKey(Cadence, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    action = models.CharField(max_length=8, choices=Action.choices)
    schedule = models.CharField(max_length=32)
    email_template_id = models.CharField(max_length=64, blank=True, default="")
    sms_template_id = models.CharField(max_length=64, blank=True, default="")
    assigned_user = models.ForeignKey("customers.User", null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cadence", "position"], name="cadence_step_position_unique"),
        ]

    def __str__(self) -> str:
        return self.name
