"""Catalog items over the wire, and the lines made from them."""

from decimal import Decimal
from typing import Any

import pytest

from customers.models import Event, Item, TaxRate
from tests.customers.api.conftest import Wire, events


@pytest.fixture
def paper(wire: Wire, gst: TaxRate) -> dict[str, Any]:
    created = wire.create(
        "/items",
        {"id": "paper", "name": "Paper", "unit_cost": "4.50", "description": "500 sheets", "type": "product",
         "taxes": ["gst"]},
    )  # fmt: skip
    assert created.status == 201, created.text
    shape: dict[str, Any] = created.json
    return shape


def line_of(wire: Wire, customer: int, **line: Any) -> dict[str, Any]:
    created = wire.create("/invoices", {"customer": customer, "items": [line]})
    assert created.status == 201, created.text
    shape: dict[str, Any] = created["items"][0]
    return shape


def test_an_item_has_its_defaults(wire: Wire) -> None:
    created = wire.create("/items", name="Delivery")

    assert created.status == 201
    assert created["id"].isdigit()
    assert created.json | {"id": "", "created_at": 0, "updated_at": 0} == {
        "id": "", "object": "item", "name": "Delivery", "currency": None, "unit_cost": 0,
        "description": None, "type": None, "taxable": True, "taxes": [], "discountable": True,
        "gl_account": None, "avalara_tax_code": None, "avalara_location_code": None, "metadata": {},
        "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert wire.read(f"/items/{created['id']}").json == created.json
    assert events() == ["item.created"]


def test_the_taxes_of_an_item_have_ids_that_are_numbers(
    wire: Wire, paper: dict[str, Any], gst: TaxRate
) -> None:
    (tax,) = paper["taxes"]

    assert (tax["id"], tax["object"], tax["amount"], tax["tax_rate"]["id"]) == (gst.pk, "tax", 0, "gst")
    assert wire.change("/items/paper", paper).json == paper


def test_an_item_is_changed_under_its_own_id(wire: Wire, paper: dict[str, Any]) -> None:
    changed = wire.change(
        "/items/paper", id="other", name="White paper", unit_cost=5, taxes=[], service="goods"
    )

    assert (changed["id"], changed["name"], changed["unit_cost"]) == ("paper", "White paper", 5)
    assert (changed["taxes"], changed["type"]) == ([], "goods")
    previous = Event.objects.get(type="item.updated").previous or {}
    assert set(previous) == {"name", "unit_cost", "taxes", "type"}


def test_the_name_that_one_official_client_writes_counts(wire: Wire) -> None:
    assert wire.create("/items", name="Hours", service="hours")["type"] == "hours"
    assert wire.create("/items", name="Hours", service="hours", type="days")["type"] == "days"


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"name": None}, "name"),
        ({"id": "?"}, "id"),
        ({"id": "paper"}, "id"),
        ({"currency": "zzy"}, "currency"),
        ({"unit_cost": "five"}, "unit_cost"),
        ({"taxes": ["unknown"]}, "taxes.0"),
        ({"taxable": "perhaps"}, "taxable"),
        ({"avalara_tax_code": "x" * 26}, "avalara_tax_code"),
        ({"metadata": 5}, "metadata"),
    ],
)
def test_a_wrong_item_is_refused(wire: Wire, paper: dict[str, Any], sent: dict[str, Any], param: str) -> None:
    assert wire.create("/items", {"name": "Ink", **sent}).refusal == (400, param)
    assert Item.objects.count() == 1


def test_a_line_takes_from_its_item_what_it_does_not_say_itself(
    wire: Wire, acme: int, paper: dict[str, Any]
) -> None:
    line = line_of(wire, acme, catalog_item="paper", quantity=10, name=None, type="", description=None)

    assert (line["catalog_item"], line["name"], line["type"]) == ("paper", "Paper", "product")
    assert (line["description"], line["unit_cost"], line["amount"]) == ("500 sheets", Decimal("4.5"), 45)
    assert [tax["amount"] for tax in line["taxes"]] == [Decimal("2.25")]


def test_what_a_line_says_itself_wins(wire: Wire, acme: int, paper: dict[str, Any]) -> None:
    line = line_of(
        wire, acme, catalog_item={"id": "paper"}, name="Old paper", unit_cost=0, taxes=[], taxable=False
    )

    assert (line["name"], line["unit_cost"], line["taxes"], line["taxable"]) == ("Old paper", 0, [], False)


def test_lines_keep_what_they_took(wire: Wire, acme: int, paper: dict[str, Any]) -> None:
    created = wire.create("/invoices", {"customer": acme, "items": [{"catalog_item": "paper"}]})
    wire.change("/items/paper", unit_cost=9)
    assert wire.remove("/items/paper").status == 204

    sent_back = wire.change(f"/invoices/{created['id']}", {"items": created["items"], "notes": "Thanks"})

    assert sent_back["items"] == created["items"]
    assert wire.read("/items/paper").refusal == (404, None)
    assert wire.read("/items").json == []
    again = {"customer": acme, "items": [{"catalog_item": "paper"}]}
    assert wire.create("/invoices", again).refusal == (400, "items.0.catalog_item")
    assert wire.create("/items", id="paper", name="New paper").status == 201


def test_a_line_that_is_given_another_item_follows_it(wire: Wire, acme: int, paper: dict[str, Any]) -> None:
    wire.create("/items", id="ink", name="Ink", unit_cost=30)
    created = wire.create(
        "/invoices", {"customer": acme, "items": [{"catalog_item": "paper", "quantity": 3}]}
    )
    (line,) = created["items"]

    changed = wire.change(
        f"/invoices/{created['id']}", {"items": [{"id": line["id"], "catalog_item": "ink"}]}
    )

    (line,) = changed["items"]
    assert (line["name"], line["quantity"], line["amount"], line["taxes"]) == ("Ink", 3, 90, [])


def test_an_item_priced_in_another_currency_needs_a_price(wire: Wire, acme: int) -> None:
    wire.create("/items", id="kiste", name="Kiste", currency="eur", unit_cost=8)
    body: dict[str, Any] = {"customer": acme, "items": [{"catalog_item": "kiste"}]}

    assert wire.create("/invoices", body).refusal == (400, "items.0.catalog_item")
    assert line_of(wire, acme, catalog_item="kiste", unit_cost=10)["amount"] == 10
    assert wire.create("/invoices", {**body, "currency": "eur"})["total"] == 8


def test_many_lines_look_their_items_up_at_once(
    wire: Wire, acme: int, paper: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    from customers.api.line_fields import line_inputs

    items = [{"catalog_item": "paper"}] * 50
    with django_assert_max_num_queries(2):
        lines = line_inputs(items, "usd")

    assert {line.name for line in lines} == {"Paper"}


def test_credit_notes_know_items_as_well(wire: Wire, acme: int, paper: dict[str, Any]) -> None:
    created = wire.create("/credit_notes", {"customer": acme, "items": [{"catalog_item": "paper"}]})

    assert created["items"][0]["name"] == "Paper"


def test_items_are_listed_like_everything_else(wire: Wire, paper: dict[str, Any]) -> None:
    wire.create("/items", id="ink", name="Ink", unit_cost=30, metadata={"shelf": "7"})

    def ids(**query: Any) -> list[str]:
        return [row["id"] for row in wire.read("/items", **query).json]

    assert ids() == ["paper", "ink"]
    assert ids(sort="name asc") == ["ink", "paper"]
    assert ids(sort="updated_at ASC") == ["paper", "ink"]
    assert ids(**{"filter[unit_cost]": "30"}) == ["ink"]
    assert ids(**{"filter[type]": "product"}) == ["paper"]
    assert ids(**{"metadata[shelf]": "7"}) == ["ink"]
