"""Tax rates over the wire."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Event, Role, TaxRate
from tests.customers.api.conftest import Wire, bill, events


def test_a_rate_has_its_defaults_and_an_id_of_digits(wire: Wire) -> None:
    created = wire.create("/tax_rates", name="VAT", value=19)

    assert created.status == 201
    assert created["id"].isdigit()
    assert created.json | {"id": "", "created_at": 0, "updated_at": 0} == {
        "id": "", "object": "tax_rate", "name": "VAT", "currency": None, "value": 19, "is_percent": True,
        "inclusive": False, "metadata": {}, "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert wire.read(f"/tax_rates/{created['id']}").json == created.json
    assert events() == ["tax_rate.created"]


def test_every_parameter_of_a_rate_is_kept(wire: Wire) -> None:
    body = {"id": "fee:de_1-A", "name": "Fee", "currency": "EUR", "value": "2.125", "is_percent": "0",
            "inclusive": True, "metadata": {"area": "north"}}  # fmt: skip

    created = wire.create("/tax_rates", body)

    assert (created["id"], created["currency"], created["value"]) == ("fee:de_1-A", "eur", Decimal("2.125"))
    assert (created["is_percent"], created["inclusive"], created["metadata"]) == (
        False, True, {"area": "north"},
    )  # fmt: skip
    assert wire.read("/tax_rates/fee:de_1-A").json == created.json


def test_a_rate_in_per_cent_has_no_currency(wire: Wire) -> None:
    assert wire.create("/tax_rates", name="VAT", value=19, currency="eur")["currency"] is None


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"name": None}, "name"),
        ({"value": None}, "value"),
        ({"value": -1}, "value"),
        ({"value": "19 %"}, "value"),
        ({"value": "1e15"}, "value"),
        ({"id": "x"}, "id"),
        ({"id": "no blanks"}, "id"),
        ({"id": "a/b"}, "id"),
        ({"id": "x" * 256}, "id"),
        ({"is_percent": False}, "currency"),
        ({"is_percent": False, "currency": "zzy"}, "currency"),
        ({"is_percent": "half"}, "is_percent"),
        ({"metadata": {"k": None}}, "metadata"),
    ],
)
def test_a_wrong_rate_is_refused(wire: Wire, sent: dict[str, Any], param: str) -> None:
    assert wire.create("/tax_rates", {"name": "VAT", "value": 19, **sent}).refusal == (400, param)
    assert not TaxRate.objects.exists()


def test_an_id_is_taken_once(wire: Wire, gst: TaxRate) -> None:
    assert wire.create("/tax_rates", id="gst", name="Other", value=1).refusal == (400, "id")


def test_only_the_name_and_the_metadata_change(wire: Wire, gst: TaxRate) -> None:
    changed = wire.change(
        "/tax_rates/gst", id="other", name="Goods", value=7, is_percent=False, inclusive=True,
        currency="usd", metadata={"a": "b"},
    )  # fmt: skip

    assert (changed["id"], changed["name"], changed["value"], changed["metadata"]) == (
        "gst", "Goods", 5, {"a": "b"},
    )  # fmt: skip
    assert (changed["is_percent"], changed["inclusive"], changed["currency"]) == (True, False, None)
    assert Event.objects.get(type="tax_rate.updated").previous == {"name": "GST", "metadata": {}}
    assert wire.change("/tax_rates/gst", changed.json).json == changed.json
    assert wire.change("/tax_rates/gst", name="").refusal == (400, "name")


def test_a_removed_rate_is_archived_and_documents_keep_it(wire: Wire, acme: int, gst: TaxRate) -> None:
    wire.change(f"/customers/{acme}", taxes=["gst"])
    invoice = bill(wire, acme)

    assert wire.remove("/tax_rates/gst").status == 204

    assert wire.read("/tax_rates/gst").refusal == (404, None)
    assert wire.remove("/tax_rates/gst").refusal == (404, None)
    assert wire.read("/tax_rates").json == []
    assert wire.read(f"/invoices/{invoice['id']}")["taxes"] == invoice["taxes"]
    other = wire.create("/customers", name="Bolt")["id"]
    assert wire.change(f"/customers/{other}", taxes=["gst"]).refusal == (400, "taxes.0")


def test_an_archived_rate_is_charged_to_who_has_it_until_it_is_taken_off(
    wire: Wire, acme: int, gst: TaxRate
) -> None:
    item = wire.create("/items", name="Hour", unit_cost=10, taxes=["gst"])["id"]
    wire.change(f"/customers/{acme}", taxes=["gst"])
    wire.remove("/tax_rates/gst")

    # What the customer shows is what is charged.
    assert [rate["id"] for rate in wire.read(f"/customers/{acme}")["taxes"]] == ["gst"]
    assert bill(wire, acme)["total"] == 105
    wire.change(f"/customers/{acme}", taxes=[])
    assert bill(wire, acme)["total"] == 100
    assert wire.create("/invoices", customer=acme, items=[{"catalog_item": item}])["total"] == Decimal("10.5")


def test_the_id_of_an_archived_rate_may_be_used_again(wire: Wire, acme: int, gst: TaxRate) -> None:
    invoice = bill(wire, acme, taxes=["gst"])
    wire.remove("/tax_rates/gst")

    again = wire.create("/tax_rates", id="gst", name="Higher", value=10)

    assert (again.status, wire.read("/tax_rates/gst")["value"]) == (201, 10)
    # The old document is sent back as it is: it keeps the rate that it was levied with.
    path = f"/invoices/{invoice['id']}"
    sent_back = wire.change(path, {**invoice, "notes": "Thank you"})
    assert (sent_back["total"], sent_back["taxes"][0]["tax_rate"]["value"]) == (105, 5)
    assert bill(wire, acme, taxes=["gst"])["total"] == 110


def test_rates_are_listed_like_everything_else(wire: Wire, gst: TaxRate) -> None:
    wire.create("/tax_rates", id="vat", name="VAT", value=19, inclusive=True, metadata={"area": "de"})

    def ids(**query: Any) -> list[str]:
        return [row["id"] for row in wire.read("/tax_rates", **query).json]

    assert ids() == ["gst", "vat"]
    assert ids(sort="value desc") == ["vat", "gst"]
    assert ids(sort="updated_at ASC") == ["gst", "vat"]
    assert ids(**{"filter[inclusive]": "true"}) == ["vat"]
    assert ids(**{"filter[id]": "gst"}) == ["gst"]
    assert ids(**{"metadata[area]": "de"}) == ["vat"]
    assert wire.read("/tax_rates", **{"filter[rate]": "5"}).refusal == (400, "filter")


def test_rates_are_finances(wire_as: Callable[..., Wire], gst: TaxRate) -> None:
    manager = wire_as(Role.ACCOUNT_MANAGER)

    assert manager.read("/tax_rates").status == 200
    assert manager.create("/tax_rates", name="VAT", value=19).refusal == (403, None)
    assert manager.remove("/tax_rates/gst").refusal == (403, None)
