"""Events tell whose the object is: their receivers have nothing else to find the customer by."""

from collections import defaultdict
from typing import Any

from customers.wire.event import FAMILIES
from tests.wire.calls import Caller
from tests.wire.house import House, furnish


def rows(caller: Caller) -> list[Any]:
    events: list[Any] = caller.read("/events").json
    return events


def agree_fail_and_refund(caller: Caller, house: House) -> None:
    """What nobody furnishes a house with: a plan, a charge that is declined, and money that goes back."""
    first, second = house.made["invoices"][:2]
    part = {"type": "invoice", "invoice": first, "amount": 1}
    acme = house.first("customers")
    declined = {"customer": acme, "amount": 1, "gateway_token": "tok_decline_charge", "applied_to": [part]}
    plan = {"installments": [{"date": 1900000000, "amount": 50}]}

    assert caller.send("PUT", f"/invoices/{second}/payment_plan", plan).status == 200
    assert caller.send("POST", "/charges", declined).status == 400
    charge = house.first("charges")
    assert caller.create(f"/charges/{charge}/refunds", amount=1).status == 201


def test_every_kind_of_event_tells_whose_it_is(caller: Caller) -> None:
    house = furnish(caller)
    agree_fail_and_refund(caller, house)

    events, acme = rows(caller), caller.read(f"/customers/{house.first('customers')}").json

    owners = defaultdict(set)
    for event in events:
        shape = event["data"]["object"]
        if shape["object"] != "customer":
            owners[event["type"].partition(".")[0]].add(shape["customer"]["id"])
    assert owners == {family: {acme["id"]} for family in FAMILIES if family != "customer"}
    assert all("customer" not in event["data"]["object"] for event in events if "customer." in event["type"])


def test_the_plan_of_an_event_names_its_invoice(caller: Caller) -> None:
    house = furnish(caller, sent=False)
    agree_fail_and_refund(caller, house)

    agreed = caller.read("/events?type=payment_plan.created").json[0]

    assert agreed["data"]["object"]["invoice"] == house.made["invoices"][1]
    assert agreed["data"]["object"]["object"] == "payment_plan"


def test_an_event_names_a_customer_that_is_gone(caller: Caller, acme: int) -> None:
    contact = caller.create(f"/customers/{acme}/contacts", name="Jane")["id"]
    caller.send("DELETE", f"/customers/{acme}")

    told = caller.read(f"/events?related_to=contact,{contact}").json

    assert [event["data"]["object"]["customer"] for event in told] == [acme] * len(told)
    assert told
