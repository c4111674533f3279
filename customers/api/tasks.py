"""To-dos on customers (Invoiced API, Tasks)."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from customers.api.base import Resource
from customers.api.columns import Column
from customers.api.fields import Choice, Flag, Integer, Related, Text, Timestamp
from customers.api.parameter import ABSENT, Field, Place
from customers.api.permissions import EDIT
from customers.api.relations import CUSTOMER, OF_CUSTOMERS
from customers.api.shapes import Shape
from customers.api.visibility import visible_to_caller
from customers.api.wrapping import OnCreate
from customers.ledger.tasks import create_task, delete_task, update_task
from customers.models import Customer, Task, User

ACTIONS = tuple(Task.Action.values)


def _customers() -> QuerySet[Customer]:
    return visible_to_caller(Customer.objects.all())


def _members() -> QuerySet[User]:
    return User.objects.filter(is_active=True)


class OnUpdate(Field):
    """A parameter that only changing reads."""

    def __init__(self, inner: Field) -> None:
        super().__init__()
        self.inner = inner

    def read(self, raw: Any, place: Place, *, update: bool) -> Any:
        return self.inner.read(raw, place, update=True) if update else ABSENT


class TaskShape(Shape):
    name = Text(required=True)
    action = Choice(ACTIONS, required=True)
    customer_id = OnCreate(Related(_customers, noun="Customer", required=True, label="Customer"))
    user_id = Related(_members, noun="User", kept="user", nullable=True, label="User")
    due_date = Timestamp(required=True)
    complete = OnUpdate(Flag())


class Tasks(Resource):
    noun = "Task"
    model = Task
    shape = TaskShape
    power = EDIT
    columns = {
        "id": Column(Integer()),
        "name": Column(Text()),
        "action": Column(Choice(ACTIONS)),
        "customer_id": Column(Integer()),
        "user_id": Column(Integer()),
        "due_date": Column(Timestamp()),
        "complete": Column(Flag()),
        "completed_date": Column(Timestamp()),
        "completed_by_user_id": Column(Integer()),
        "chase_step_id": Column(Integer()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    expandable = {
        "customer_id": CUSTOMER,
        "user_id": OF_CUSTOMERS["owner"],
        "completed_by_user_id": OF_CUSTOMERS["owner"],
    }

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Task:
        return create_task(
            customer=values["customer_id"],
            name=values["name"],
            action=values["action"],
            due_date=values["due_date"],
            user=values.get("user_id"),
            now=now,
        )

    def change_row(self, row: Task, values: dict[str, Any], *, now: datetime) -> None:
        changes = dict(values)
        if "user_id" in changes:
            changes["user"] = changes.pop("user_id")
        update_task(task=row, changes=changes, now=now)

    def delete_row(self, row: Task, *, now: datetime) -> None:
        delete_task(task=row, now=now)


class CustomerTasks(Tasks):
    """The to-dos of one customer; they are written and changed at `/tasks`."""

    parent, parent_noun, parent_model = "customer", "Customer", Customer
