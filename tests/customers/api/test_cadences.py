"""Chasing cadences over the wire."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.ledger import cadences
from customers.models import Cadence, CadenceStep, Event, Role, User
from tests.customers.api.conftest import Wire, events

FIRST = {"name": "Remind", "action": "email", "schedule": "past_due_age:3", "email_template_id": "reminder"}
SECOND = {"name": "Call", "action": "phone", "schedule": "past_due_age:14"}


def cadence(wire: Wire, **fields: Any) -> dict[str, Any]:
    created = wire.create("/chasing_cadences", {"name": "Standard", "steps": [FIRST, SECOND], **fields})
    assert created.status == 201, created.text
    shape: dict[str, Any] = created.json
    return shape


def test_a_cadence_has_its_defaults(wire: Wire) -> None:
    created = cadence(wire)

    steps = created["steps"]
    assert created | {"id": 0, "steps": [], "created_at": 0, "updated_at": 0} == {
        "id": 0, "object": "chasing_cadence", "name": "Standard", "paused": False, "time_of_day": 9,
        "frequency": "daily", "run_date": 0, "run_days": None, "last_run": None, "next_run": None,
        "min_balance": None, "num_customers": 0, "assignment_mode": "none", "assignment_conditions": None,
        "steps": [], "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert steps[0] | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0, "name": "Remind", "action": "email", "schedule": "past_due_age:3",
        "email_template_id": "reminder", "sms_template_id": None, "assigned_user_id": None,
        "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert [step["name"] for step in steps] == ["Remind", "Call"]
    assert wire.read(f"/chasing_cadences/{created['id']}").json == created
    assert events() == ["chasing_cadence.created"]


def test_the_path_that_three_official_clients_build_is_the_same_resource(wire: Wire) -> None:
    created = wire.create("/customer_chasing_cadences", {"name": "Standard", "steps": [FIRST]})
    path = f"/customer_chasing_cadences/{created['id']}"

    assert created.status == 201
    assert (
        wire.read("/customer_chasing_cadences").json == wire.read("/chasing_cadences").json == [created.json]
    )
    assert wire.change(path, paused=True)["paused"] is True
    assert wire.remove(path).status == 204
    assert wire.read("/chasing_cadences").json == []


def test_every_parameter_of_a_cadence_is_kept(wire: Wire) -> None:
    dana = User.objects.create(username="dana")

    created = cadence(
        wire, paused=True, time_of_day=7, frequency="day_of_week", run_days=[5, "1", 1], min_balance="12.50",
        assignment_mode="conditions", assignment_conditions='country == "US"',
        steps=[{**SECOND, "assigned_user_id": dana.pk, "sms_template_id": 7, "schedule": "age:0"}],
    )  # fmt: skip

    assert (created["paused"], created["time_of_day"], created["run_days"]) == (True, 7, "1,5")
    assert (str(created["min_balance"]), created["assignment_mode"]) == ("12.5", "conditions")
    assert created["assignment_conditions"] == 'country == "US"'
    (step,) = created["steps"]
    assert (step["assigned_user_id"], step["sms_template_id"], step["schedule"]) == (dana.pk, "7", "age:0")


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"name": None}, "name"),
        ({"time_of_day": 24}, "time_of_day"),
        ({"time_of_day": "9:00"}, "time_of_day"),
        ({"frequency": "hourly"}, "frequency"),
        ({"frequency": "day_of_week"}, "run_days"),
        ({"frequency": "day_of_week", "run_days": "1,8"}, "run_days"),
        ({"frequency": "day_of_month"}, "run_date"),
        ({"frequency": "day_of_month", "run_date": 32}, "run_date"),
        ({"min_balance": -1}, "min_balance"),
        ({"assignment_mode": "all"}, "assignment_mode"),
        ({"assignment_mode": "conditions"}, "assignment_conditions"),
        ({"assignment_conditions": "height > 5"}, "assignment_conditions"),
        ({"assignment_conditions": "x" * 2001}, "assignment_conditions"),
        ({"steps": None}, "steps"),
        ({"steps": []}, "steps"),
        ({"steps": "email"}, "steps"),
        ({"steps": [FIRST] * 101}, "steps"),
        ({"steps": ["email"]}, "steps.0"),
        ({"steps": [FIRST, {**SECOND, "name": None}]}, "steps.1.name"),
        ({"steps": [{**FIRST, "action": "fax"}]}, "steps.0.action"),
        ({"steps": [{**FIRST, "action": None}]}, "steps.0.action"),
        ({"steps": [{**FIRST, "schedule": None}]}, "steps.0.schedule"),
        ({"steps": [{**FIRST, "schedule": "30"}]}, "steps.0.schedule"),
        ({"steps": [{**FIRST, "schedule": "age:-1"}]}, "steps.0.schedule"),
        ({"steps": [{**FIRST, "schedule": "age:12345"}]}, "steps.0.schedule"),
        ({"steps": [{**FIRST, "schedule": "age:03"}]}, "steps.0.schedule"),
        ({"steps": [{**FIRST, "assigned_user_id": 999}]}, "steps.0.assigned_user_id"),
    ],
)
def test_a_wrong_cadence_is_refused(wire: Wire, sent: dict[str, Any], param: str) -> None:
    body = {"name": "Standard", "steps": [FIRST], **sent}

    assert wire.create("/chasing_cadences", body).refusal == (400, param)
    assert not Cadence.objects.exists()
    assert not CadenceStep.objects.exists()


def test_steps_keep_their_ids(wire: Wire) -> None:
    created = cadence(wire)
    first, second = created["steps"]
    path = f"/chasing_cadences/{created['id']}"

    changed = wire.change(
        path,
        {
            "steps": [
                {"id": second["id"], "name": "Call them"},
                {**FIRST, "name": "Write"},
                {"id": first["id"]},
            ]
        },
    )

    assert [step["name"] for step in changed["steps"]] == ["Call them", "Write", "Remind"]
    assert [changed["steps"][0]["id"], changed["steps"][2]["id"]] == [second["id"], first["id"]]
    assert wire.change(path, {"steps": changed["steps"][1:]})["steps"] == changed["steps"][1:]
    assert wire.change(path, {"steps": [{"id": second["id"]}]}).refusal == (400, "steps.0.id")
    twice = [{"id": first["id"]}, {"id": first["id"]}]
    assert wire.change(path, {"steps": twice}).refusal == (400, "steps")
    assert wire.change(path, {"steps": []}).refusal == (400, "steps")


def test_a_cadence_that_is_sent_back_is_unchanged(wire: Wire) -> None:
    created = cadence(wire)
    path = f"/chasing_cadences/{created['id']}"

    assert wire.change(path, created).json == created
    assert wire.change(path).json == created
    assert events() == ["chasing_cadence.created"]


def test_a_step_keeps_whoever_left_but_no_other_step_gets_them(wire: Wire) -> None:
    dana = User.objects.create(username="dana")
    created = cadence(wire, steps=[{**FIRST, "assigned_user_id": dana.pk}, FIRST])
    path = f"/chasing_cadences/{created['id']}"
    User.objects.update(is_active=False)
    shown = wire.read(path).json
    first, second = shown["steps"]

    assert wire.change(path, {**shown, "name": "Firm"})["steps"][0]["assigned_user_id"] == dana.pk
    others = [first, {**second, "assigned_user_id": dana.pk}]
    assert wire.change(path, steps=others).refusal == (400, "steps.1.assigned_user_id")


def test_who_is_enrolled_holds_the_schedule(wire: Wire) -> None:
    created = cadence(wire)
    path = f"/chasing_cadences/{created['id']}"
    customer = wire.create("/customers", name="Acme", chasing_cadence=created["id"])["id"]
    first, second = created["steps"]
    others = [
        [first],
        [second, first],
        [first, {**second, "schedule": "age:9"}],
        [first, second, FIRST],
    ]

    assert [wire.change(path, {"steps": steps}).refusal for steps in others] == [(400, "steps")] * 4
    assert wire.remove(path).refusal == (400, None)
    renamed = wire.change(path, {"name": "Firm", "steps": [{**first, "action": "sms"}, second]})
    assert (renamed["name"], renamed["steps"][0]["action"], renamed["num_customers"]) == ("Firm", "sms", 1)

    wire.change(f"/customers/{customer}", chasing_cadence=None)
    assert wire.change(path, {"steps": [second]}).status == 200
    assert wire.remove(path).status == 204
    assert not CadenceStep.objects.exists()
    assert Event.objects.get(type="chasing_cadence.deleted").data["object"]["name"] == "Firm"


def test_one_cadence_is_the_default(wire: Wire) -> None:
    cadence(wire, assignment_mode="default")
    other = cadence(wire)

    assert wire.change(f"/chasing_cadences/{other['id']}", assignment_mode="default").refusal == (
        400, "assignment_mode",
    )  # fmt: skip
    body = {"name": "X", "steps": [FIRST], "assignment_mode": "default"}
    assert wire.create("/chasing_cadences", body).refusal == (400, "assignment_mode")


def test_there_are_at_most_a_hundred_cadences(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cadences.MOST_CADENCES == 100
    monkeypatch.setattr(cadences, "MOST_CADENCES", 1)
    cadence(wire)

    assert wire.create("/chasing_cadences", {"name": "X", "steps": [FIRST]}).refusal == (400, None)


def test_cadences_are_listed_like_everything_else(wire: Wire) -> None:
    cadence(wire, name="A")
    cadence(wire, name="B", paused=True)

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in wire.read("/chasing_cadences", **query).json]

    assert names() == ["A", "B"]
    assert names(sort="name desc") == ["B", "A"]
    assert names(sort="updated_at ASC") == ["A", "B"]
    assert names(**{"filter[paused]": "1"}) == ["B"]


def test_cadences_are_found_by_their_days_and_by_how_many_they_chase(wire: Wire) -> None:
    weekly = cadence(wire, name="A", frequency="day_of_week", run_days="1,3")
    cadence(wire, name="B")
    for name in ("Anchor", "Bolt"):
        wire.create("/customers", name=name, chasing_cadence=weekly["id"])

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in wire.read("/chasing_cadences", **query).json]

    assert names(**{"filter[run_days]": "1,3"}) == names(**{"filter[num_customers]": "2"}) == ["A"]
    assert names(**{"filter[num_customers]": "0"}) == names(**{"filter[run_days]": ""}) == ["B"]
    assert names(**{"filter[num_customers]": "null"}) == []
    assert names(sort="num_customers") == names(sort="run_days") == ["B", "A"]
    assert names(sort="num_customers desc") == ["A", "B"]


def test_a_manager_counts_own_customers_only(wire_as: Callable[..., Wire], wire: Wire) -> None:
    shared, jan = cadence(wire, name="A"), User.objects.create(username="jan")
    for owner in (jan.pk, None):
        wire.create("/customers", name="Anchor", chasing_cadence=shared["id"], owner=owner)
    manager = wire_as(Role.ACCOUNT_MANAGER, jan)

    for number, found in (("1", 1), ("2", 0)):
        assert len(manager.read("/chasing_cadences", **{"filter[num_customers]": number}).json) == found


def test_cadences_are_finances(wire_as: Callable[..., Wire], wire: Wire) -> None:
    created = cadence(wire)
    manager = wire_as(Role.ACCOUNT_MANAGER)

    assert manager.read("/chasing_cadences").status == 200
    assert manager.change(f"/chasing_cadences/{created['id']}", paused=True).refusal == (403, None)


def test_account_managers_are_told_how_many_of_their_own_customers_are_chased(
    wire_as: Callable[..., Wire], wire: Wire
) -> None:
    jan = User.objects.create(username="jan", role=Role.ACCOUNT_MANAGER)
    pk = cadence(wire)["id"]
    for owner in (jan.pk, None, None):
        wire.create("/customers", name="Acme", owner=owner, chasing_cadence=pk)
    own = wire.read("/customers", **{"filter[owner]": jan.pk}).json[0]["id"]

    def told(key: Wire) -> list[int]:
        one, many = key.read(f"/chasing_cadences/{pk}").json, key.read("/chasing_cadences").json[0]
        return [one["num_customers"], many["num_customers"]]

    manager = wire_as(Role.ACCOUNT_MANAGER, jan)
    assert told(wire) == [3, 3]
    assert told(manager) == [1, 1]
    assert told(wire_as(Role.ACCOUNT_MANAGER)) == [0, 0]
    shown = manager.read(f"/customers/{own}", expand="chasing_cadence")["chasing_cadence"]
    assert shown["num_customers"] == 1
