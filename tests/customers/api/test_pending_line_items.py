"""Pending line items over the wire, and the invoice that takes them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Event, Invoice, LineItem, Role, TaxRate
from tests.customers.api.conftest import Wire, events


@pytest.fixture
def path(acme: int) -> str:
    return f"/customers/{acme}/line_items"


def test_a_pending_line_is_a_line_that_knows_its_customer(wire: Wire, acme: int, path: str) -> None:
    created = wire.create(path, name="Hours", quantity="2.5", unit_cost=80, metadata={"job": "7"})

    assert created.status == 201
    assert created.json | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0, "object": "line_item", "customer": acme, "catalog_item": None, "type": None,
        "name": "Hours", "description": None, "quantity": Decimal("2.5"), "unit_cost": 80, "amount": 200,
        "discountable": True, "discounts": [], "taxable": True, "taxes": [], "plan": None,
        "metadata": {"job": "7"}, "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert wire.read(f"{path}/{created['id']}").json == created.json
    assert wire.read(path).json == [created.json]
    assert events() == ["customer.created", "line_item.created"]
    assert wire.read(f"/customers/{acme}/balance")["total_outstanding"] == 0


def test_a_pending_line_comes_from_an_item_for_good(wire: Wire, path: str, gst: TaxRate) -> None:
    wire.create("/items", id="paper", name="Paper", unit_cost=4, taxes=["gst"])
    wire.create("/items", id="ink", name="Ink", unit_cost=30)

    created = wire.create(path, catalog_item="paper", quantity=10)
    changed = wire.change(f"{path}/{created['id']}", catalog_item="ink", quantity=20)

    assert (created["name"], created["amount"], created["taxes"][0]["amount"]) == ("Paper", 40, 2)
    assert (changed["catalog_item"], changed["name"], changed["amount"]) == ("paper", "Paper", 80)
    assert changed["taxes"][0]["amount"] == 4


def test_a_pending_line_is_changed_and_removed(wire: Wire, path: str) -> None:
    line = wire.create(path, name="Hours", unit_cost=80, discounts=[{"amount": 5}])
    one = f"{path}/{line['id']}"

    changed = wire.change(one, quantity=3, description="Evening")

    assert (changed["amount"], changed["description"]) == (240, "Evening")
    assert [part["amount"] for part in changed["discounts"]] == [5]
    assert set(Event.objects.get(type="line_item.updated").previous or {}) >= {"quantity", "amount"}
    assert wire.change(one, changed.json).json == changed.json
    assert events().count("line_item.updated") == 1
    assert wire.remove(one).status == 204
    assert wire.read(one).refusal == (404, None)
    assert events()[-1] == "line_item.deleted"


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"catalog_item": "unknown"}, "catalog_item"),
        ({"name": "A", "quantity": "two"}, "quantity"),
        ({"name": "A", "unit_cost": "1,5"}, "unit_cost"),
        ({"name": "A", "quantity": 10**13, "unit_cost": 10}, "unit_cost"),
        ({"name": "A", "taxes": ["unknown"]}, "taxes.0"),
        ({"name": "A", "discounts": [{"amount": -1}]}, "discounts.0.amount"),
        ({"name": "A", "metadata": {"k": None}}, "metadata"),
    ],
)
def test_a_wrong_line_is_refused(wire: Wire, path: str, sent: dict[str, Any], param: str) -> None:
    assert wire.create(path, sent).refusal == (400, param)
    assert not LineItem.objects.exists()


def test_a_change_beyond_reach_is_refused_as_well(wire: Wire, path: str) -> None:
    line = wire.create(path, name="Hours", unit_cost=80)

    assert wire.change(f"{path}/{line['id']}", quantity=10**13).refusal[0] == 400
    assert wire.read(path).json == [line.json]


def test_lines_of_another_customer_and_of_documents_are_not_pending(wire: Wire, acme: int, path: str) -> None:
    line = wire.create(path, name="Hours")["id"]
    other = wire.create("/customers", name="Bolt")["id"]
    billed = wire.create("/invoices", {"customer": acme, "items": [{"name": "A"}]})["items"][0]["id"]

    assert wire.read(f"/customers/{other}/line_items/{line}").refusal == (404, None)
    assert wire.read(f"{path}/{billed}").refusal == (404, None)
    assert wire.read(f"/customers/{other}/line_items").json == []
    assert wire.read("/customers/999/line_items").refusal == (404, None)


@pytest.mark.parametrize("body", ["", "null", "[]", "{}"])
def test_all_pending_lines_become_one_invoice(
    wire: Wire, acme: int, path: str, gst: TaxRate, body: str
) -> None:
    wire.create(path, name="Hours", unit_cost=80, taxes=["gst"], metadata={"job": "7"})
    wire.create(path, name="Travel", unit_cost=30, discounts=[{"amount": 10}])

    billed = wire.send("POST", f"/customers/{acme}/invoices", body, content_type="application/json")

    assert (billed.status, billed["object"], billed["customer"]) == (201, "invoice", acme)
    assert [line["name"] for line in billed["items"]] == ["Hours", "Travel"]
    assert billed["items"][0]["metadata"] == {"job": "7"}
    assert (billed["total"], billed["status"]) == (104, "not_sent")
    assert wire.read(path).json == []
    assert events()[-3:] == ["invoice.created", "line_item.deleted", "line_item.deleted"]
    assert wire.create(f"/customers/{acme}/invoices").refusal == (400, None)


def test_the_invoice_of_pending_lines_takes_the_parameters_of_invoices(
    wire: Wire, acme: int, path: str
) -> None:
    wire.create(path, name="Hours", unit_cost="12.345", discounts=[{"amount": "0.50"}])
    other = wire.create("/customers", name="Bolt")["id"]
    body = {"customer": other, "items": [{"name": "No"}], "draft": True, "number": "R-7", "currency": "kwd",
            "date": 1767290400, "notes": "Thanks", "metadata": {"a": "b"}}  # fmt: skip

    billed = wire.create(f"/customers/{acme}/invoices", body)

    assert (billed["customer"], billed["number"], billed["date"]) == (acme, "R-7", 1767290400)
    assert (billed["draft"], billed["notes"], billed["metadata"]) == (True, "Thanks", {"a": "b"})
    # In another currency the numbers stay, with its decimals.
    assert (billed["total"], [line["name"] for line in billed["items"]]) == (Decimal("11.845"), ["Hours"])


def test_a_refused_invoice_leaves_the_lines_waiting(wire: Wire, acme: int, path: str) -> None:
    wire.create(path, name="Hours", unit_cost=80)
    wire.change(f"/customers/{acme}", credit_hold=True)

    assert wire.create(f"/customers/{acme}/invoices").refusal == (400, "total")
    assert wire.create(f"/customers/{acme}/invoices", number="x" * 33).refusal == (400, "number")
    assert len(wire.read(path).json) == 1
    assert not Invoice.objects.exists()


def test_pending_lines_keep_their_amounts_when_the_customer_changes_currency(
    wire: Wire, acme: int, path: str
) -> None:
    line = wire.create(path, name="Hours", unit_cost="12.34", discounts=[{"amount": "0.50"}])
    wire.change(f"/customers/{acme}", currency="jpy")

    assert wire.read(f"{path}/{line['id']}").json == line.json
    assert wire.create(f"/customers/{acme}/invoices")["total"] == 11


def test_billing_is_not_read(wire: Wire, acme: int) -> None:
    answer = wire.read(f"/customers/{acme}/invoices")

    assert answer.refusal == (405, None)
    assert "POST" in answer.headers["Allow"]


def test_pending_lines_are_finances(wire_as: Callable[..., Wire], wire: Wire, acme: int, path: str) -> None:
    reader = wire_as(Role.READ_ONLY)

    assert reader.read(path).status == 200
    assert reader.create(path, name="Hours").refusal == (403, None)
    assert reader.create(f"/customers/{acme}/invoices").refusal == (403, None)


def test_lines_are_listed_like_everything_else(wire: Wire, path: str) -> None:
    wire.create(path, name="Hours", unit_cost=80, type="hours")
    wire.create(path, name="Travel", unit_cost=30, metadata={"km": "7"})

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in wire.read(path, **query).json]

    assert names() == ["Hours", "Travel"]
    assert names(sort="amount asc") == ["Travel", "Hours"]
    assert names(**{"filter[amount]": "80"}) == ["Hours"]
    assert names(**{"filter[type]": "hours"}) == ["Hours"]
    assert names(**{"metadata[km]": "7"}) == ["Travel"]
