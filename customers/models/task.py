"""To-dos on an account: a call, a letter, a review; written by people, programs and chasing steps."""

from django.db import models
from django.db.models import Q

from customers.models.base import MomentField, Row


class Task(Row):
    """A task (Invoiced API, Tasks)."""

    class Action(models.TextChoices):
        PHONE = "phone", "Phone call"
        LETTER = "letter", "Letter"
        EMAIL = "email", "Email"
        REVIEW = "review", "Review"

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="tasks")
    name = models.CharField(max_length=255)
    action = models.CharField(max_length=6, choices=Action.choices)
    user = models.ForeignKey(
        "customers.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    due_date = MomentField()
    complete = models.BooleanField(default=False)
    completed_date = MomentField(null=True, blank=True)
    completed_by_user = models.ForeignKey(
        "customers.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    chase_step = models.ForeignKey(
        "customers.CadenceStep", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(complete=False, completed_date=None)
                | Q(complete=True, completed_date__isnull=False),
                name="task_complete_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "id"], name="task_customer"),
            models.Index(fields=["due_date", "id"], condition=Q(complete=False), name="task_open"),
            models.Index(fields=["updated_at", "id"], name="task_updated"),
        ]

    def __str__(self) -> str:
        return self.name
