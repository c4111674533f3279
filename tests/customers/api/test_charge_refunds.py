"""Charges given back over the wire."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from customers.models import ChargeRefund, Company, Event, Refund
from tests.customers.api.conftest import Wire, bill, events
from tests.customers.api.wallet import charge


@pytest.fixture(autouse=True)
def _by_hand(db: None) -> None:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False})


@pytest.fixture
def paid(wire: Wire, acme: int) -> Any:
    """The payment of an invoice over 100."""
    return charge(wire, acme, bill(wire, acme, "100")).json


def back(wire: Wire, payment: Any, amount: Any) -> Any:
    return wire.create(f"/charges/{payment['charge']['id']}/refunds", {"amount": amount})


def invoice_of(wire: Wire, payment: Any) -> Any:
    return wire.read(f"/invoices/{payment['applied_to'][0]['invoice']}").json


def test_a_part_goes_back_and_opens_the_invoice_by_as_much(wire: Wire, paid: Any) -> None:
    made = back(wire, paid, "30.50")

    assert made.status == 201
    given = dict.fromkeys(("id", "gateway_id", "created_at", "updated_at"), 0)
    assert made.json | given == given | {
        "object": "refund", "charge": paid["charge"]["id"], "currency": "usd", "amount": Decimal("30.5"),
        "gateway": "test", "status": "succeeded", "failure_message": None,
    }  # fmt: skip
    invoice = invoice_of(wire, paid)
    assert (invoice["balance"], invoice["status"]) == (Decimal("30.5"), "not_sent")
    shown = wire.read(f"/charges/{paid['charge']['id']}")
    assert (shown["amount_refunded"], shown["refunded"]) == (Decimal("30.5"), False)
    assert shown["refunds"] == [made.json]
    assert events()[-2:] == ["payment.updated", "refund.created"]
    assert Event.objects.filter(type="payment.updated").latest("pk").data["object"]["charge"]["refunds"]


def test_the_payment_tells_of_the_refund_as_it_went(wire: Wire, paid: Any) -> None:
    path = f"/charges/{paid['charge']['id']}"
    before = wire.read(path)["updated_at"]

    with time_machine.travel(before + 60, tick=False):
        made = back(wire, paid, 30)

    told = Event.objects.filter(type="payment.updated").latest("pk")
    assert told.data["object"]["charge"] == wire.read(path).json
    assert told.data["object"]["charge"]["refunds"] == [made.json]
    assert told.previous is not None
    assert told.previous.keys() == {"charge"}
    assert told.previous["charge"] == paid["charge"]
    assert wire.read(path)["updated_at"] == before + 60


def test_the_whole_goes_back_in_two_parts_and_not_a_cent_more(wire: Wire, paid: Any) -> None:
    assert back(wire, paid, 60).status == back(wire, paid, 40).status == 201

    assert back(wire, paid, "0.01").refusal == (400, "amount")
    shown = wire.read(f"/charges/{paid['charge']['id']}")
    assert (shown["amount_refunded"], shown["refunded"], shown["status"]) == (100, True, "succeeded")
    assert invoice_of(wire, paid)["balance"] == 100
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [4000, 6000]


def test_credit_goes_back_before_invoices_do(wire: Wire, acme: int) -> None:
    paid = charge(wire, acme, bill(wire, acme, "100"), amount=130).json

    assert back(wire, paid, 20).status == 201
    assert wire.read(f"/customers/{acme}/balance")["available_credits"] == 10
    assert invoice_of(wire, paid)["balance"] == 0
    assert back(wire, paid, 25).status == 201

    assert wire.read(f"/customers/{acme}/balance")["available_credits"] == 0
    assert invoice_of(wire, paid)["balance"] == 15


def test_credit_that_was_spent_cannot_go_back(wire: Wire, acme: int) -> None:
    paid = charge(wire, acme, bill(wire, acme, "100"), amount=130).json
    other = bill(wire, acme, "30")
    spent = {"type": "applied_credit", "invoice": other["id"], "document_type": "invoice", "amount": 30}
    assert wire.create("/payments", customer=acme, amount=0, applied_to=[spent]).status == 201

    assert back(wire, paid, 10).refusal == (400, "applied_to")
    assert not ChargeRefund.objects.exists()
    assert wire.read(f"/charges/{paid['charge']['id']}")["amount_refunded"] == 0


def test_a_fee_goes_back_last(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, "100")
    parts = [
        {"type": "invoice", "invoice": invoice["id"], "amount": 100},
        {"type": "convenience_fee", "amount": 3},
    ]
    paid = charge(wire, acme, invoice, amount=103, applied_to=parts).json

    assert back(wire, paid, 101).status == 201
    assert back(wire, paid, 2).status == 201
    assert wire.read(f"/charges/{paid['charge']['id']}")["refunded"] is True


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({}, "amount"),
        ({"amount": None}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": "much"}, "amount"),
        ({"amount": 100.01}, "amount"),
        ({"amount": 10**14}, "amount"),
        ({"amount": 1, "card": "4242424242424242"}, "card"),
    ],
)
def test_a_wrong_refund_is_refused(wire: Wire, paid: Any, sent: dict[str, Any], param: str) -> None:
    assert wire.create(f"/charges/{paid['charge']['id']}/refunds", sent).refusal == (400, param)
    assert not ChargeRefund.objects.exists()


def test_what_has_not_been_received_is_not_refunded(wire: Wire, acme: int) -> None:
    pending = charge(wire, acme, bill(wire, acme, "10"), "tok_bank").json

    assert back(wire, pending, 1).refusal == (400, None)
    assert wire.create("/charges/999/refunds", amount=1).refusal == (404, None)
    assert wire.read(f"/charges/{pending['charge']['id']}/refunds").refusal == (405, None)


@pytest.mark.parametrize("body", [b"{'amount':12.5}", b"{'amount': 12.5 }"])
def test_one_client_quotes_with_apostrophes(wire: Wire, paid: Any, body: bytes) -> None:
    path = f"/charges/{paid['charge']['id']}/refunds"

    made = wire.send("POST", path, body, content_type="application/json")

    assert (made.status, made["amount"]) == (201, Decimal("12.5"))


def test_a_marked_refund_is_made_once(wire: Wire, paid: Any) -> None:
    path, key = f"/charges/{paid['charge']['id']}/refunds", {"HTTP_IDEMPOTENCY_KEY": "refund-4711"}

    first = wire.send("POST", path, {"amount": 10}, **key)
    again = wire.send("POST", path, {"amount": 10}, **key)

    assert first.text == again.text
    assert ChargeRefund.objects.count() == 1
