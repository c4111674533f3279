"""To-dos on an account."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.dates import whole_second
from customers.ledger.changes import change_row, still_there
from customers.ledger.events import current_actor, record_event
from customers.models import CadenceStep, Customer, Task, User


@transaction.atomic
def create_task(
    *,
    customer: Customer,
    name: str,
    action: str,
    due_date: datetime,
    now: datetime,
    user: User | None = None,
    chase_step: CadenceStep | None = None,
) -> Task:
    """Write down something to do; `user` is who shall do it. Source: Invoiced API, Tasks."""
    task = Task.objects.create(
        customer=customer, name=name, action=action, due_date=whole_second(due_date), user=user,
        chase_step=chase_step, created_at=now,
    )  # fmt: skip
    record_event(type="task.created", row=task, now=now)
    return task


@transaction.atomic
def update_task(*, task: Task, changes: Mapping[str, Any], now: datetime) -> Task:
    """Change what is given. `complete` keeps when it was done and by whom; taken back, it forgets both.

    Who acts is the member of staff at the desk, or the one an API key belongs to.
    """
    task = still_there(task)
    wanted = dict(changes)
    if wanted.get("complete", task.complete) != task.complete:
        actor = current_actor()
        doer = actor.user or (actor.api_key.user if actor.api_key else None)
        done = wanted["complete"]
        wanted |= {
            "completed_date": whole_second(now) if done else None,
            "completed_by_user": doer if done else None,
        }
    change_row(row=task, type="task.updated", changes=wanted, now=now)
    return task


@transaction.atomic
def delete_task(*, task: Task, now: datetime) -> None:
    record_event(type="task.deleted", row=task, now=now)
    task.delete()
