"""Runs and customers whose messages go out once more are waiting again."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from customers.errors import Refused
from notifications.models import Message, RunItem, StatementRun


def runs_of(messages: Iterable[Message]) -> QuerySet[StatementRun]:
    return StatementRun.objects.filter(pk__in={message.run_id for message in messages if message.run_id})


def reopen_runs(messages: Iterable[Message], *, now: datetime) -> None:
    """Let finished runs go on: workers serve runs under way only. Raises Refused for canceled ones."""
    runs = runs_of(messages)
    if canceled := runs.filter(state=StatementRun.State.CANCELED).order_by("pk").first():
        raise Refused(f"{canceled} was canceled: its messages cannot be sent again.", param="run")
    runs.filter(state=StatementRun.State.FINISHED).update(
        state=StatementRun.State.RUNNING, finished_at=None, resumed_at=now, updated_at=now
    )


def reopen_items(messages: Iterable[Message]) -> None:
    """Customers whose message goes out again are waiting again."""
    for message in messages:
        if message.run_id and message.customer_id:
            RunItem.objects.filter(run_id=message.run_id, customer_id=message.customer_id).update(
                outcome=RunItem.Outcome.PENDING, reason="", detail=""
            )
