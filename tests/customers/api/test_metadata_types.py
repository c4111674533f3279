"""Metadata that changes its JSON type only: to a client `true` is not 1."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Event
from tests.customers.api.conftest import Wire, bill

Make = Callable[[Wire, int], str]


def _line(**fields: Any) -> dict[str, Any]:
    return {"name": "Services", "quantity": 1, "unit_cost": 100, **fields}


def _customer(wire: Wire, acme: int) -> str:
    return f"/customers/{acme}"


def _invoice(wire: Wire, acme: int) -> str:
    return f"/invoices/{bill(wire, acme)['id']}"


def _credit_note(wire: Wire, acme: int) -> str:
    return f"/credit_notes/{wire.create('/credit_notes', customer=acme, items=[_line()])['id']}"


def _payment(wire: Wire, acme: int) -> str:
    return f"/payments/{wire.create('/payments', customer=acme, amount=5)['id']}"


def _item(wire: Wire, acme: int) -> str:
    return f"/items/{wire.create('/items', name='Hour')['id']}"


def _tax_rate(wire: Wire, acme: int) -> str:
    return f"/tax_rates/{wire.create('/tax_rates', name='GST', value=5)['id']}"


def _pending_line(wire: Wire, acme: int) -> str:
    path = f"/customers/{acme}/line_items"
    return f"{path}/{wire.create(path, _line())['id']}"


MAKERS: dict[str, Make] = {
    "customer": _customer,
    "invoice": _invoice,
    "credit_note": _credit_note,
    "payment": _payment,
    "item": _item,
    "tax_rate": _tax_rate,
    "line_item": _pending_line,
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(("old", "new"), [(True, 1), (1, True), (False, 0), (0, False)])
def test_a_boolean_becomes_a_number_and_back(wire: Wire, acme: int, name: str, old: Any, new: Any) -> None:
    path = MAKERS[name](wire, acme)
    wire.change(path, metadata={"flag": old})

    changed = wire.change(path, metadata={"flag": new})

    assert json.dumps(changed["metadata"]) == json.dumps({"flag": new})
    assert json.dumps(wire.read(path)["metadata"]) == json.dumps({"flag": new})
    event = Event.objects.filter(type=f"{name}.updated").latest("pk")
    assert json.dumps(event.previous) == json.dumps({"metadata": {"flag": old}})


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_metadata_is_no_change(wire: Wire, acme: int, name: str) -> None:
    path = MAKERS[name](wire, acme)
    wire.change(path, metadata={"flag": True, "rank": 1})
    before = Event.objects.count()

    wire.change(path, metadata={"rank": 1, "flag": True})

    assert Event.objects.count() == before


@pytest.mark.parametrize("path", ["/invoices", "/credit_notes"])
def test_a_line_of_a_document_tells_true_from_one(wire: Wire, acme: int, path: str) -> None:
    document = wire.create(path, customer=acme, items=[_line(metadata={"flag": True})])
    line = document["items"][0]

    changed = wire.change(f"{path}/{document['id']}", items=[_line(id=line["id"], metadata={"flag": 1})])

    assert json.dumps(changed["items"][0]["metadata"]) == '{"flag": 1}'
    assert changed["items"][0]["id"] == line["id"]
    assert Event.objects.latest("pk").type.endswith(".updated")
