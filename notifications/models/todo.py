"""What waits for a person."""

from django.db import models

from customers.models.base import Row


class ToDo(Row):
    """A call, an escalation or an unclear outcome that a member of staff has to settle."""

    class Kind(models.TextChoices):
        CALL = "phone", "Call the customer"
        ESCALATE = "escalate", "Escalate"
        REVIEW = "review", "Review"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.REVIEW)
    text = models.CharField(max_length=255)
    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.CASCADE, related_name="todos"
    )
    message = models.ForeignKey(
        "notifications.Message", null=True, blank=True, on_delete=models.CASCADE, related_name="todos"
    )
    owner = models.ForeignKey(
        "customers.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="todos"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "to-do"
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(done_at=None), name="todo_open"),
        ]

    def __str__(self) -> str:
        return self.text
