"""The task of the wire (Invoiced API, Tasks)."""

from typing import Any

from customers.models import Task
from customers.wire.values import seconds


def describe_task(row: Task) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "task",
        "name": row.name,
        "action": row.action,
        "customer_id": row.customer_id,
        "user_id": row.user_id,
        "due_date": seconds(row.due_date),
        "complete": row.complete,
        "completed_date": seconds(row.completed_date),
        "completed_by_user_id": row.completed_by_user_id,
        "chase_step_id": row.chase_step_id,
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
