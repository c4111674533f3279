"""Accounts above and below each other, over the wire."""

import pytest

from customers.ledger import accounts
from customers.models import Customer
from tests.customers.api.conftest import Wire, events
from tests.customers.api.wallet import store


def chain(wire: Wire, length: int, parent: int | None = None) -> list[int]:
    """Accounts, each the parent of the next."""
    found: list[int] = []
    for number in range(length):
        body = {"name": f"Level {number}", "parent_customer": found[-1] if found else parent}
        found.append(wire.create("/customers", body)["id"])
    return found


def test_nobody_is_above_themselves(wire: Wire) -> None:
    top, middle, low = chain(wire, 3)

    for parent in (top, middle, low):
        answer = wire.change(f"/customers/{top}", parent_customer=parent)
        assert answer.refusal == (400, "parent_customer")
    assert wire.change(f"/customers/{low}", parent_customer=top)["parent_customer"] == top


def test_there_are_at_most_five_levels_of_children(wire: Wire) -> None:
    levels = chain(wire, 6)

    sixth = wire.create("/customers", name="Too deep", parent_customer=levels[-1])
    assert sixth.refusal == (400, "parent_customer")
    top = wire.create("/customers", name="Above all")["id"]
    assert wire.change(f"/customers/{levels[0]}", parent_customer=top).refusal == (400, "parent_customer")
    assert wire.change(f"/customers/{levels[1]}", parent_customer=top).status == 200


def test_a_parent_has_at_most_a_thousand_children(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    assert accounts.MOST_CHILDREN == 1000
    monkeypatch.setattr(accounts, "MOST_CHILDREN", 1)
    top, child = chain(wire, 2)
    other = wire.create("/customers", name="Other")["id"]

    assert wire.create("/customers", name="B", parent_customer=top).refusal == (400, "parent_customer")
    assert wire.change(f"/customers/{other}", parent_customer=top).refusal == (400, "parent_customer")
    assert wire.change(f"/customers/{child}", parent_customer=top).status == 200


def test_a_parent_is_not_deleted_before_its_children(wire: Wire) -> None:
    top, child = chain(wire, 2)

    assert wire.remove(f"/customers/{top}").refusal == (400, None)
    assert wire.remove(f"/customers/{child}").status == 204
    assert wire.remove(f"/customers/{top}").status == 204


def test_a_deleted_customer_takes_along_what_hangs_on_it(wire: Wire, acme: int) -> None:
    wire.create(f"/customers/{acme}/contacts", name="Jane")
    wire.create("/notes", customer_id=acme, notes="A")
    wire.create("/tasks", name="Call", action="phone", customer_id=acme, due_date=1)
    wire.create(f"/customers/{acme}/line_items", name="Hours", unit_cost=5, discounts=[{"amount": 1}])

    store(wire, acme)
    before = len(events())

    assert wire.remove(f"/customers/{acme}").status == 204

    assert [wire.read(path).json for path in ("/notes", "/tasks")] == [[], []]
    assert not Customer.objects.exists()
    gone = ("contact", "note", "task", "line_item", "payment_source", "customer")
    assert events()[before:] == [f"{kind}.deleted" for kind in gone]
