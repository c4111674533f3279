"""Tasks over the wire."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from customers.models import ApiKey, Event, Role, Task, User
from tests.customers.api.conftest import Wire, events

DUE = 1_800_000_000


@pytest.fixture
def task(wire: Wire, acme: int) -> dict[str, Any]:
    created = wire.create("/tasks", name="Call Jane", action="phone", customer_id=acme, due_date=DUE)
    assert created.status == 201, created.text
    shape: dict[str, Any] = created.json
    return shape


def test_a_task_has_the_names_of_the_wire(wire: Wire, acme: int) -> None:
    dana = User.objects.create(username="dana")

    created = wire.create(
        "/tasks", name="Call Jane", action="phone", customer_id=acme, user_id=dana.pk, due_date=DUE,
        complete=True, completed_date=5, chase_step_id=3,
    )  # fmt: skip

    assert created.status == 201
    assert created.json | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0, "object": "task", "name": "Call Jane", "action": "phone", "customer_id": acme,
        "user_id": dana.pk, "due_date": DUE, "complete": False, "completed_date": None,
        "completed_by_user_id": None, "chase_step_id": None, "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert wire.read(f"/tasks/{created['id']}").json == created.json
    assert events() == ["customer.created", "task.created"]


def test_completing_a_task_keeps_when_and_by_whom(
    wire_as: Callable[..., Wire], wire: Wire, task: dict[str, Any]
) -> None:
    dana = User.objects.create(username="dana")
    own = wire_as(Role.FINANCE, dana)
    path = f"/tasks/{task['id']}"

    with time_machine.travel(DUE + 7, tick=False):
        done = own.change(path, complete=True)
    with time_machine.travel(DUE + 99, tick=False):
        again = wire.change(path, complete=True, completed_date=1, completed_by_user_id=None)

    assert (done["complete"], done["completed_date"], done["completed_by_user_id"]) == (
        True, DUE + 7, dana.pk,
    )  # fmt: skip
    assert again.json == done.json
    assert Event.objects.get(type="task.updated").previous == {
        "complete": False, "completed_date": None, "completed_by_user_id": None,
    }  # fmt: skip


def test_a_task_done_by_a_program_was_done_by_nobody(wire: Wire, task: dict[str, Any]) -> None:
    done = wire.change(f"/tasks/{task['id']}", complete="1")

    assert (done["complete"], done["completed_by_user_id"]) == (True, None)


def test_a_task_that_is_opened_again_forgets_who_did_it(wire: Wire, task: dict[str, Any]) -> None:
    wire.change(f"/tasks/{task['id']}", complete=True)

    opened = wire.change(f"/tasks/{task['id']}", complete=False)

    assert (opened["complete"], opened["completed_date"]) == (False, None)


def test_a_task_is_changed_and_removed(wire: Wire, task: dict[str, Any]) -> None:
    other = wire.create("/customers", name="Bolt")["id"]
    path = f"/tasks/{task['id']}"

    changed = wire.change(path, name="Write", action="letter", due_date=DUE + 60, customer_id=other)

    assert (changed["name"], changed["action"], changed["due_date"]) == ("Write", "letter", DUE + 60)
    assert changed["customer_id"] == task["customer_id"]
    assert wire.change(path, changed.json).json == changed.json
    assert wire.remove(path).status == 204
    assert wire.read(path).refusal == (404, None)
    assert events()[-2:] == ["task.updated", "task.deleted"]


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"name": None}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"action": None}, "action"),
        ({"action": "fax"}, "action"),
        ({"customer_id": None}, "customer_id"),
        ({"customer_id": 999}, "customer_id"),
        ({"user_id": 999}, "user_id"),
        ({"due_date": None}, "due_date"),
        ({"due_date": "tomorrow"}, "due_date"),
        ({"due_date": DUE * 1000}, "due_date"),
    ],
)
def test_a_wrong_task_is_refused(wire: Wire, acme: int, sent: dict[str, Any], param: str) -> None:
    body = {"name": "Call", "action": "phone", "customer_id": acme, "due_date": DUE, **sent}

    assert wire.create("/tasks", body).refusal == (400, param)
    assert not Task.objects.exists()


def test_a_task_is_not_given_to_who_has_left(wire: Wire, task: dict[str, Any]) -> None:
    gone = User.objects.create(username="gone", is_active=False)

    assert wire.change(f"/tasks/{task['id']}", user_id=gone.pk).refusal == (400, "user_id")
    assert wire.change(f"/tasks/{task['id']}", {"complete": "perhaps"}).refusal == (400, "complete")


def test_the_list_is_narrowed_and_those_of_a_customer_are_its_own(wire: Wire, task: dict[str, Any]) -> None:
    dana = User.objects.create(username="dana")
    other = wire.create("/customers", name="Bolt")["id"]
    mine = wire.create(
        "/tasks", name="Write", action="letter", customer_id=other, due_date=DUE - 9, user_id=dana.pk
    )
    wire.change(f"/tasks/{task['id']}", complete=True)

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in wire.read("/tasks", **query).json]

    assert names() == ["Call Jane", "Write"]
    assert names(sort="due_date asc") == ["Write", "Call Jane"]
    assert names(**{"filter[customer_id]": other}) == ["Write"]
    assert names(**{"filter[user_id]": dana.pk}) == ["Write"]
    assert names(**{"filter[user_id]": ""}) == ["Call Jane"]
    assert names(**{"filter[complete]": "1"}) == ["Call Jane"]
    assert names(**{"filter[action]": "letter"}) == ["Write"]
    assert [row["name"] for row in wire.read(f"/customers/{other}/tasks").json] == ["Write"]
    assert wire.read(f"/customers/{other}/tasks").headers["X-Total-Count"] == "1"
    assert wire.read("/customers/999/tasks").refusal == (404, None)
    assert wire.create(f"/customers/{other}/tasks", name="X").refusal == (405, None)
    assert wire.read(f"/tasks/{mine['id']}", expand="customer_id,user_id")["customer_id"]["name"] == "Bolt"


def test_an_account_manager_has_the_tasks_of_own_customers(wire_as: Callable[..., Wire]) -> None:
    jan = User.objects.create(username="jan", role=Role.ACCOUNT_MANAGER)
    finance, manager = wire_as(), wire_as(Role.ACCOUNT_MANAGER, jan)
    own = finance.create("/customers", name="Acme", owner=jan.pk)["id"]
    stray = finance.create("/customers", name="Bolt")["id"]
    body = {"name": "Call", "action": "phone", "due_date": DUE}
    hidden = finance.create("/tasks", {**body, "customer_id": stray})["id"]

    assert manager.create("/tasks", {**body, "customer_id": own}).status == 201
    assert manager.create("/tasks", {**body, "customer_id": stray}).refusal == (400, "customer_id")
    assert manager.remove(f"/tasks/{hidden}").refusal == (404, None)
    assert len(manager.read("/tasks").json) == 1
    assert ApiKey.objects.count() == 2
