"""Credit balance adjustments over the wire."""

from typing import Any

import pytest

from customers.models import CreditAdjustment
from tests.customers.api.conftest import Wire, events

NOON = 1767290400
DAY = 86_400
PATH = "/credit_balance_adjustments"


def test_credit_is_granted_and_taken(wire: Wire, acme: int) -> None:
    granted = wire.create(PATH, customer=acme, amount="50.005", date=NOON, notes="Goodwill")
    taken = wire.create(PATH, customer=acme, amount=-20, date=NOON + DAY, currency="USD")

    assert granted.status == 201
    assert granted.json | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0, "object": "credit_balance_adjustment", "customer": acme, "currency": "usd",
        "amount": granted["amount"], "date": NOON, "notes": "Goodwill", "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert str(granted["amount"]) == "50.01"
    assert taken["amount"] == -20
    assert str(wire.read(f"/customers/{acme}/balance")["available_credits"]) == "30.01"


def test_an_adjustment_is_read_as_it_was_answered(wire: Wire, acme: int) -> None:
    granted = wire.create(PATH, customer=acme, amount="50.25", notes="Goodwill")

    assert wire.read(f"{PATH}/{granted['id']}").json == granted.json


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"customer": None}, "customer"),
        ({"customer": 999}, "customer"),
        ({"amount": None}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": "0.001"}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": 10**13}, "amount"),
        ({"date": "x"}, "date"),
        ({"currency": "zzy"}, "currency"),
    ],
)
def test_a_wrong_adjustment_is_refused(wire: Wire, acme: int, sent: dict[str, Any], param: str) -> None:
    assert wire.create(PATH, {"customer": acme, "amount": 5, **sent}).refusal == (400, param)
    assert not CreditAdjustment.objects.exists()


def test_credit_is_never_below_zero_on_any_day(wire: Wire, acme: int) -> None:
    granted = f"{PATH}/{wire.create(PATH, customer=acme, amount=50, date=NOON)['id']}"
    wire.create(PATH, customer=acme, amount=-40, date=NOON + DAY)

    assert wire.create(PATH, customer=acme, amount=-1, date=NOON - DAY).refusal == (400, "amount")
    assert wire.change(granted, date=NOON + 2 * DAY).refusal == (400, "amount")
    assert wire.change(granted, amount=39).refusal == (400, "amount")
    assert wire.remove(granted).refusal == (400, "amount")
    assert wire.change(granted, amount=40)["amount"] == 40
    assert wire.read(f"/customers/{acme}/balance")["available_credits"] == 0


def test_amount_date_and_notes_change_and_nothing_else(wire: Wire, acme: int) -> None:
    created = wire.create(PATH, customer=acme, amount=5, date=NOON)
    path = f"{PATH}/{created['id']}"

    changed = wire.change(path, customer=999, currency="eur", notes="Why", date=NOON + 1, amount=6)

    assert (changed["customer"], changed["currency"]) == (acme, "usd")
    assert (changed["notes"], changed["date"], changed["amount"]) == ("Why", NOON + 1, 6)
    assert wire.change(path, {}).json == wire.change(path, changed.json).json == changed.json
    assert events().count("credit_balance_adjustment.updated") == 1


def test_an_unspent_one_is_removed(wire: Wire, acme: int) -> None:
    path = f"{PATH}/{wire.create(PATH, customer=acme, amount=5)['id']}"

    assert wire.remove(path).status == 204
    assert wire.read(path).refusal == (404, None)
    assert wire.read(f"/customers/{acme}/balance")["available_credits"] == 0


def test_one_official_client_gets_the_whole_list_at_once(wire: Wire, acme: int) -> None:
    for amount in range(1, 103):
        CreditAdjustment.objects.create(customer_id=acme, currency="usd", amount=amount, date=NOON + amount)
    wire.create(PATH, customer=acme, amount=1)

    plain = wire.get(PATH)
    go = wire.get(PATH, HTTP_USER_AGENT="Invoiced Go/2.15.0")

    assert (len(plain.json()), len(go.json())) == (100, 103)
    assert 'rel="next"' in plain.headers["Link"]
    assert 'rel="next"' not in go.headers["Link"]


def test_the_list_is_narrowed(wire: Wire, acme: int) -> None:
    first = wire.create(PATH, customer=acme, amount=5, date=NOON)["id"]
    second = wire.create(PATH, customer=acme, amount=7, currency="jpy", date=NOON + DAY)["id"]

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in wire.read(PATH, **query).json]

    assert found(**{"filter[customer]": acme}) == [first, second]
    assert found(**{"filter[currency]": "JPY"}) == found(start_date=NOON + 1) == [second]
    assert found(**{"filter[amount]": "5"}) == [first]
    assert found(sort="date desc") == [second, first]
    assert wire.read(PATH, expand="customer").json[0]["customer"]["name"] == "Acme"
