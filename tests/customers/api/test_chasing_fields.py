"""The chasing attributes of customers over the wire."""

from typing import Any

import pytest

from customers.models import Customer
from tests.customers.api.conftest import Wire, events
from tests.customers.api.test_cadences import FIRST, SECOND, cadence


@pytest.fixture
def standard(wire: Wire) -> dict[str, Any]:
    return cadence(wire)


def test_a_cadence_without_a_step_begins_with_its_first(wire: Wire, standard: dict[str, Any]) -> None:
    created = wire.create("/customers", name="Acme", chasing_cadence=standard["id"])

    assert created["next_chase_step"] == standard["steps"][0]["id"]
    other = cadence(wire, name="Other")
    changed = wire.change(f"/customers/{created['id']}", chasing_cadence=other["id"])
    assert changed["next_chase_step"] == other["steps"][0]["id"]


def test_a_step_must_be_of_the_cadence(wire: Wire, standard: dict[str, Any]) -> None:
    other = cadence(wire, name="Other")
    step, stray = standard["steps"][1]["id"], other["steps"][0]["id"]
    body = {"name": "Acme", "chasing_cadence": standard["id"]}

    created = wire.create("/customers", {**body, "next_chase_step": step})

    assert created["next_chase_step"] == step
    assert wire.create("/customers", {**body, "next_chase_step": stray}).refusal == (400, "next_chase_step")
    path = f"/customers/{created['id']}"
    assert wire.change(path, next_chase_step=stray).refusal == (400, "next_chase_step")
    assert wire.change(path, chasing_cadence=None, next_chase_step=step).refusal == (400, "next_chase_step")
    assert wire.create("/customers", name="B", next_chase_step=step).refusal == (400, "next_chase_step")


def test_taking_the_cadence_away_takes_the_step_away(wire: Wire, standard: dict[str, Any]) -> None:
    path = f"/customers/{wire.create('/customers', name='Acme', chasing_cadence=standard['id'])['id']}"

    changed = wire.change(path, {"chasing_cadence": None})

    assert (changed["chasing_cadence"], changed["next_chase_step"]) == (None, None)


def test_not_chasing_keeps_cadence_and_step(wire: Wire, standard: dict[str, Any]) -> None:
    created = wire.create("/customers", name="Acme", chasing_cadence=standard["id"])

    changed = wire.change(f"/customers/{created['id']}", chase=False)

    assert (changed["chase"], changed["chasing_cadence"]) == (False, standard["id"])
    assert changed["next_chase_step"] == created["next_chase_step"]


def test_who_went_through_a_cadence_is_not_sent_back_to_its_first_step(
    wire: Wire, standard: dict[str, Any]
) -> None:
    created = wire.create("/customers", name="Acme", chasing_cadence=standard["id"])
    Customer.objects.update(next_chase_step=None)
    path = f"/customers/{created['id']}"

    assert wire.change(path, name="Acme Ltd")["next_chase_step"] is None
    assert wire.change(path, wire.read(path).json | {"city": "Oslo"})["next_chase_step"] is None


def test_new_customers_get_the_default_cadence_unless_one_is_named(
    wire: Wire, standard: dict[str, Any]
) -> None:
    default = cadence(wire, name="Default", assignment_mode="default")

    def of(**fields: Any) -> Any:
        return wire.create("/customers", name="Acme", **fields)["chasing_cadence"]

    assert of() == default["id"]
    assert of(chasing_cadence=None) == default["id"]
    assert of(chase=False) is None
    assert of(chasing_cadence=standard["id"]) == standard["id"]


def test_conditions_go_before_the_default_and_the_oldest_first(wire: Wire) -> None:
    default = cadence(wire, name="Default", assignment_mode="default")
    north = cadence(
        wire, name="North", assignment_mode="conditions",
        assignment_conditions="country == no and metadata.region in [north, 'far north']",
    )  # fmt: skip
    people = cadence(wire, name="People", assignment_mode="conditions", assignment_conditions="type = person")

    def of(**fields: Any) -> Any:
        return wire.create("/customers", {"name": "Acme", **fields})["chasing_cadence"]

    assert of(country="NO", metadata={"region": "Far North"}, type="person") == north["id"]
    assert of(country="NO", type="person") == people["id"]
    assert of(country="NO") == default["id"]


def test_turning_chasing_on_assigns_a_cadence_and_other_changes_do_not(wire: Wire) -> None:
    path = f"/customers/{wire.create('/customers', name='Acme', chase=False)['id']}"
    default = cadence(wire, assignment_mode="default")

    assert wire.change(path, name="Acme Ltd")["chasing_cadence"] is None
    assert wire.change(path, boolean=True)["chasing_cadence"] == default["id"]
    wire.change(path, {"chasing_cadence": None})
    assert wire.change(path, chase=True)["chasing_cadence"] is None
    assert events().count("customer.updated") == 3


def test_cadence_and_step_can_be_expanded(wire: Wire, standard: dict[str, Any]) -> None:
    created = wire.create("/customers", name="Acme", chasing_cadence=standard["id"])

    shown = wire.read(f"/customers/{created['id']}", expand="chasing_cadence,next_chase_step")

    assert (shown["chasing_cadence"]["name"], shown["chasing_cadence"]["num_customers"]) == ("Standard", 1)
    assert shown["next_chase_step"]["schedule"] == FIRST["schedule"] != SECOND["schedule"]
