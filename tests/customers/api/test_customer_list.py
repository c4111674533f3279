"""The list of customers: what narrows it, what sorts it, what it carries."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Company, Customer, PaymentSource, User
from tests.customers.api.conftest import Wire, bill


def names(answer: Any) -> list[str]:
    assert answer.status == 200, answer.text
    return [row["name"] for row in answer.json]


@pytest.fixture
def trio(wire: Wire) -> dict[str, int]:
    """Three customers that differ in about everything."""
    made = {}
    for body in (
        {"name": "Anchor", "number": "A-1", "email": "ap@anchor.example", "country": "DE", "currency": "eur",
         "credit_limit": 100, "metadata": {"region": "north", "vip": True}, "autopay_delay_days": 3},
        {"name": "Bolt", "number": "B-2", "chase": False, "credit_hold": True, "type": "person",
         "metadata": {"region": "south"}, "city": "Oslo", "payment_terms": "NET 30"},
        {"name": "Comet", "number": "C-3", "taxable": False, "language": "fr", "state": "TX"},
    ):  # fmt: skip
        made[str(body["name"])] = wire.create("/customers", body)["id"]
    wire.change(f"/customers/{made['Comet']}", parent_customer=made["Anchor"], consolidated=True)
    return made


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"filter[name]": "Bolt"}, ["Bolt"]),
        ({"filter[name]": "bolt"}, []),
        ({"filter[number]": "b-2"}, ["Bolt"]),
        ({"filter[email]": "AP@Anchor.example"}, ["Anchor"]),
        ({"filter[email]": ""}, ["Bolt", "Comet"]),
        ({"filter[country]": "de"}, ["Anchor"]),
        ({"filter[currency]": "EUR"}, ["Anchor"]),
        ({"filter[currency]": ""}, ["Bolt", "Comet"]),
        ({"filter[credit_limit]": "100.00"}, ["Anchor"]),
        ({"filter[credit_limit]": "None"}, ["Bolt", "Comet"]),
        ({"filter[chase]": "False"}, ["Bolt"]),
        ({"filter[chase]": "1"}, ["Anchor", "Comet"]),
        ({"filter[credit_hold]": "true"}, ["Bolt"]),
        ({"filter[taxable]": "0"}, ["Comet"]),
        ({"filter[type]": "person"}, ["Bolt"]),
        ({"filter[language]": "fr"}, ["Comet"]),
        ({"filter[city]": "Oslo"}, ["Bolt"]),
        ({"filter[state]": "TX"}, ["Comet"]),
        ({"filter[payment_terms]": "NET 30"}, ["Bolt"]),
        ({"filter[autopay_delay_days]": "3"}, ["Anchor"]),
        ({"filter[autopay]": "false", "filter[consolidated]": "1"}, ["Comet"]),
        ({"filter[parent_customer]": ""}, ["Anchor", "Bolt"]),
        ({"filter[parent_customer]": "null"}, ["Anchor", "Bolt"]),
        ({"metadata[region]": "north"}, ["Anchor"]),
        ({"metadata[vip]": "True"}, ["Anchor"]),
        ({"metadata[region]": "north", "metadata[vip]": "false"}, []),
        ({"filter[metadata.region]": "south"}, ["Bolt"]),
        ({"updated_after": "4000000000"}, []),
        ({"updated_before": "4000000000"}, ["Anchor", "Bolt", "Comet"]),
        ({"updated_after": "garbage", "nonsense": "1"}, ["Anchor", "Bolt", "Comet"]),
        ({"sort": "name desc"}, ["Comet", "Bolt", "Anchor"]),
        ({"sort": "credit_hold DESC,name"}, ["Bolt", "Anchor", "Comet"]),
        ({"sort": "updated_at ASC"}, ["Anchor", "Bolt", "Comet"]),
        ({"page": "2", "per_page": "2"}, ["Comet"]),
        ({"page": "9"}, []),
    ],
)
def test_the_list_is_narrowed_and_sorted(
    wire: Wire, trio: dict[str, int], filters: dict[str, str], found: list[str]
) -> None:
    assert names(wire.read("/customers", **filters)) == found


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"filter[notes]": "x"}, "filter"),
        ({"filter[taxes]": "gst"}, "filter"),
        ({"filter[statement_token]": "x"}, "filter"),
        ({"filter[owner__password]": "x"}, "filter"),
        ({"filter[id][]": "1"}, "filter"),
        ({"filter[type]": "robot"}, "filter"),
        ({"filter[chase]": "maybe"}, "filter"),
        ({"sort": "statement_token"}, "sort"),
        ({"sort": "name sideways"}, "sort"),
        ({"owner": "Jan"}, "owner"),
        ({"payment_source": "maybe"}, "payment_source"),
        ({"open_balance": "2"}, "open_balance"),
    ],
)
def test_what_the_list_does_not_know_is_refused(wire: Wire, query: dict[str, str], param: str) -> None:
    answer = wire.read("/customers", **query)

    assert answer.refusal == (400, param)
    assert answer.headers["X-Total-Count"] == "0"


@pytest.mark.parametrize(("word", "found"), [("True", ["Bolt"]), ("1", ["Bolt"]), ("0", ["Anchor", "Comet"])])
def test_by_stored_payment_source(wire: Wire, trio: dict[str, int], word: str, found: list[str]) -> None:
    card = PaymentSource.objects.create(customer_id=trio["Bolt"], kind="card", last4="4242", gateway="test")
    Customer.objects.filter(pk=trio["Bolt"]).update(payment_source=card)

    answer = wire.read("/customers", payment_source=word)

    assert names(answer) == found
    if word == "1":
        assert answer.json[0]["payment_source"]["object"] == "card"


def test_by_open_balance_now(wire: Wire, trio: dict[str, int]) -> None:
    bill(wire, trio["Anchor"])
    bill(wire, trio["Bolt"], draft=True)
    bill(wire, trio["Comet"], date=4_000_000_000)

    assert names(wire.read("/customers", open_balance="true")) == ["Anchor"]
    assert names(wire.read("/customers", open_balance="False")) == ["Bolt", "Comet"]
    assert len(names(wire.read("/customers", open_balance="None"))) == 3


def test_by_credit_balance(wire: Wire, trio: dict[str, int]) -> None:
    wire.create("/credit_balance_adjustments", customer=trio["Bolt"], amount=5)

    assert names(wire.read("/customers", balance="1")) == ["Bolt"]
    assert names(wire.read("/customers", balance="0")) == ["Anchor", "Comet"]


def test_by_credit_that_is_there_today(wire: Wire, trio: dict[str, int]) -> None:
    soon = int(timezone.now().timestamp()) + 3 * 86_400
    wire.create("/credit_balance_adjustments", customer=trio["Anchor"], amount=5, date=soon)
    wire.create("/credit_balance_adjustments", customer=trio["Bolt"], amount=5)
    wire.create("/credit_balance_adjustments", customer=trio["Bolt"], amount=-5, date=soon)

    held = {name: wire.read(f"/customers/{pk}/balance")["available_credits"] for name, pk in trio.items()}

    assert held == {"Anchor": 0, "Bolt": 5, "Comet": 0}
    assert names(wire.read("/customers", balance="1")) == ["Bolt"]
    assert names(wire.read("/customers", balance="0")) == ["Anchor", "Comet"]


def test_by_credit_that_an_invoice_of_next_week_takes(wire: Wire, trio: dict[str, int]) -> None:
    wire.create("/credit_balance_adjustments", customer=trio["Comet"], amount=5)
    soon = int(timezone.now().timestamp()) + 7 * 86_400

    assert bill(wire, trio["Comet"], "5", date=soon)["balance"] == 0

    assert wire.read(f"/customers/{trio['Comet']}/balance")["available_credits"] == 5
    assert names(wire.read("/customers", balance="1")) == ["Comet"]


def test_by_owner_and_by_nobody(wire: Wire, trio: dict[str, int]) -> None:
    jan = User.objects.create(username="jan")
    wire.change(f"/customers/{trio['Bolt']}", owner=jan.pk)

    assert names(wire.read("/customers", owner=jan.pk)) == ["Bolt"]
    assert names(wire.read("/customers", owner="-1")) == ["Anchor", "Comet"]
    assert names(wire.read("/customers", **{"filter[owner]": str(jan.pk)})) == ["Bolt"]


def test_both_headers_are_there_also_when_nothing_is_found(wire: Wire) -> None:
    answer = wire.read("/customers")

    assert (answer.json, answer.headers["X-Total-Count"]) == ([], "0")
    assert answer.headers["Link"].startswith('<http://testserver/customers?page=1>; rel="self"')


def test_aging_is_in_the_currency_of_the_balance(wire: Wire, trio: dict[str, int]) -> None:
    bill(wire, trio["Comet"], "2", date=1735732800)
    bill(wire, trio["Comet"], "3", currency="eur")
    bill(wire, trio["Comet"], "4", currency="cad", date=4_000_000_000)
    bill(wire, trio["Anchor"], "5", currency="usd")

    rows = wire.read("/customers", include="aging").json

    amounts = {row["name"]: sum(bucket["amount"] for bucket in row["aging"]) for row in rows}
    assert amounts == {"Anchor": 0, "Bolt": 0, "Comet": 3}
    assert wire.read(f"/customers/{trio['Comet']}/balance")["currency"] == "eur"
    assert wire.read(f"/customers/{trio['Comet']}/balance")["total_outstanding"] == 3


def test_aging_comes_with_each_customer_on_request(wire: Wire, trio: dict[str, int]) -> None:
    assert Company.get().aging_bounds == [1, 31, 61, 91]
    bill(wire, trio["Comet"], "40.10", date=1735732800, due_date=1735732800)
    bill(wire, trio["Comet"], "2")

    rows = wire.read("/customers", include="aging").json

    assert rows[2]["aging"] == [
        {"age_lower": 0, "amount": 2, "count": 1},
        {"age_lower": 1, "amount": 0, "count": 0},
        {"age_lower": 31, "amount": 0, "count": 0},
        {"age_lower": 61, "amount": 0, "count": 0},
        {"age_lower": 91, "amount": Decimal("40.1"), "count": 1},
    ]
    assert all(bucket["amount"] == 0 for bucket in rows[0]["aging"])
