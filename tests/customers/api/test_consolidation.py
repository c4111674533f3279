"""Consolidated invoicing over the wire: one invoice in place of many, the same money, the same past."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from customers.ledger.entries import sums_before
from customers.ledger.open_items import open_items
from customers.models import Company, Event, Invoice, TaxRate
from tests.customers.api.conftest import Wire, bill, events

NOON = 1767290400  # 2026-01-01 12:00 in Chicago
DAY = 86_400


@pytest.fixture
def joint(wire: Wire) -> int:
    pk: int = wire.create("/customers", name="Joint", consolidated=True, payment_terms="NET 14")["id"]
    return pk


def consolidate(wire: Wire, customer: int, body: Any = "") -> Any:
    return wire.send(
        "POST", f"/customers/{customer}/consolidate_invoices", body, content_type="application/json"
    )


def outstanding(wire: Wire, customer: int, **query: Any) -> Any:
    return wire.read(f"/customers/{customer}/balance", **query)["total_outstanding"]


def test_open_invoices_become_one_and_the_balance_stays(wire: Wire, joint: int) -> None:
    first, second = bill(wire, joint, "100", date=NOON), bill(wire, joint, "50.25", date=NOON + DAY)

    with time_machine.travel(NOON + 30 * DAY, tick=False):
        answer = consolidate(wire, joint)

        assert (answer.status, answer["object"], answer["name"]) == (200, "invoice", "Consolidated Invoice")
        assert outstanding(wire, joint) == Decimal("150.25")
    assert answer["id"] not in (first["id"], second["id"])
    assert (answer["total"], answer["balance"], answer["customer"]) == (
        Decimal("150.25"), Decimal("150.25"), joint,
    )  # fmt: skip
    assert (answer["date"], answer["due_date"]) == (NOON + 30 * DAY, NOON + 44 * DAY)
    assert [line["amount"] for line in answer["items"]] == [100, Decimal("50.25")]


def test_sources_are_voided_with_a_link_and_keep_their_lines(wire: Wire, joint: int) -> None:
    source = bill(wire, joint, "100", date=NOON)

    answer = consolidate(wire, joint)

    voided = wire.read(f"/invoices/{source['id']}")
    assert (voided["status"], voided["voided"], voided["balance"]) == ("voided", True, 0)
    assert voided["items"] == source["items"]
    assert (voided["consolidated_into"], answer["consolidated_into"]) == (answer["id"], None)
    assert events()[-2:] == ["invoice.created", "invoice.updated"]
    previous = Event.objects.get(type="invoice.updated").previous or {}
    assert (previous["status"], previous["voided"], previous["balance"]) == ("past_due", False, 100)


def test_what_was_true_before_stays_true(wire: Wire, joint: int) -> None:
    bill(wire, joint, "100", date=NOON)
    bill(wire, joint, "50", date=NOON + 5 * DAY)
    moments = [NOON - 1, NOON, NOON + 5 * DAY, NOON + 29 * DAY, NOON + 30 * DAY, NOON + 31 * DAY]
    before = [outstanding(wire, joint, as_of=moment) for moment in moments[:4]]

    with time_machine.travel(NOON + 30 * DAY, tick=False):
        consolidate(wire, joint)

    after = [outstanding(wire, joint, as_of=moment) for moment in moments]
    assert before == [0, 100, 150, 150]
    assert after == [*before, 150, 150]
    zone = Company.get().zone
    for moment in moments:
        listed = sum(row.balance for row in open_items(at=moment, zone=zone, customer_ids=[joint]))
        account = sums_before(customer_ids=[joint], moment=moment + 1).get((joint, "usd"), (0, 0))[0]
        assert listed == account


def test_lines_discounts_and_taxes_are_kept_to_the_cent(wire: Wire, joint: int, gst: TaxRate) -> None:
    totals = [
        wire.create(
            "/invoices",
            {"customer": joint, "date": NOON + number, "taxes": ["gst"], "discounts": [{"amount": "1.11"}],
             "items": [{"name": "A", "unit_cost": cost, "taxes": ["gst"], "discounts": [{"amount": "0.09"}]},
                       {"name": "B", "unit_cost": "3.33"}]},
        )["total"]
        for number, cost in enumerate(("10.05", "20.07", "7.77"))
    ]  # fmt: skip

    answer = consolidate(wire, joint)

    assert answer["total"] == sum(totals)
    assert [line["name"] for line in answer["items"]] == ["A", "B"] * 3
    assert all(line["taxes"] and line["discounts"] for line in answer["items"][::2])
    assert len(answer["discounts"]) == 3
    (tax,) = answer["taxes"]
    assert tax["tax_rate"]["id"] == "gst"
    levied = tax["amount"] + sum(part["amount"] for line in answer["items"] for part in line["taxes"])
    reduced = sum(part["amount"] for part in answer["discounts"])
    assert answer["subtotal"] - reduced + levied == answer["total"]
    assert wire.change(f"/invoices/{answer['id']}", answer.json)["total"] == answer["total"]


def test_invoices_after_the_cutoff_stay(wire: Wire, joint: int) -> None:
    bill(wire, joint, "100", date=NOON)
    late = bill(wire, joint, "50", date=NOON + 9 * DAY)

    answer = consolidate(wire, joint, {"cutoff_date": NOON + DAY})

    assert answer["total"] == 100
    assert wire.read(f"/invoices/{late['id']}")["balance"] == 50


def test_a_bare_number_is_the_cutoff(wire: Wire, joint: int) -> None:
    bill(wire, joint, "100", date=NOON)
    bill(wire, joint, "50", date=NOON + 9 * DAY)

    assert consolidate(wire, joint, str(NOON + DAY))["total"] == 100


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"cutoff_date": null}', '{"cutoff_date": ""}'])
def test_nothing_sent_means_everything_until_now(wire: Wire, joint: int, body: str) -> None:
    bill(wire, joint, "100", date=NOON)

    assert consolidate(wire, joint, body)["total"] == 100


@pytest.mark.parametrize("body", ['{"cutoff_date": "May"}', "1.5", '"x"', "true", "[1]", "-1"])
def test_a_wrong_cutoff_is_refused(wire: Wire, joint: int, body: str) -> None:
    bill(wire, joint, "100", date=NOON)

    assert consolidate(wire, joint, body).refusal[0] == 400
    assert not Invoice.objects.exclude(voided_at=None).exists()


def test_what_cannot_be_moved_exactly_stays_as_it_is(wire: Wire, joint: int) -> None:
    plain = bill(wire, joint, "100", date=NOON)
    part_paid = bill(wire, joint, "80", date=NOON)
    pays = [{"type": "invoice", "invoice": part_paid["id"], "amount": 30}]
    wire.create("/payments", {"customer": joint, "amount": 30, "applied_to": pays})
    draft = bill(wire, joint, "7", date=NOON, draft=True)
    ahead = bill(wire, joint, "9", date=int(timezone.now().timestamp()) + DAY)

    answer = consolidate(wire, joint, {"cutoff_date": int(timezone.now().timestamp()) + 9 * DAY})

    assert answer["total"] == 100
    assert wire.read(f"/invoices/{plain['id']}")["status"] == "voided"
    assert {wire.read(f"/invoices/{row['id']}")["voided"] for row in (part_paid, draft, ahead)} == {False}
    assert consolidate(wire, joint).refusal == (400, None)


def test_an_invoice_once_paid_in_error_moves_as_well(wire: Wire, joint: int) -> None:
    invoice = bill(wire, joint, "100", date=NOON)
    pays = [{"type": "invoice", "invoice": invoice["id"], "amount": 100}]
    payment = wire.create("/payments", {"customer": joint, "amount": 100, "applied_to": pays})
    wire.change(f"/payments/{payment['id']}", applied_to=[])

    assert consolidate(wire, joint)["total"] == 100


def test_each_currency_by_itself(wire: Wire, joint: int) -> None:
    bill(wire, joint, "100", date=NOON)
    bill(wire, joint, "70", date=NOON + DAY, currency="eur")

    first, second = consolidate(wire, joint), consolidate(wire, joint)

    assert (first["currency"], first["total"]) == ("eur", 70)
    assert (second["currency"], second["total"]) == ("usd", 100)
    assert consolidate(wire, joint).refusal == (400, None)


def test_it_needs_a_customer_with_consolidated_invoicing_and_something_open(
    wire: Wire, acme: int, joint: int
) -> None:
    bill(wire, acme, "100")

    assert consolidate(wire, acme).refusal == (400, None)
    assert consolidate(wire, joint).refusal == (400, None)
    assert consolidate(wire, 999).refusal == (404, None)
    assert wire.read(f"/customers/{joint}/consolidate_invoices").refusal == (405, None)


def test_a_hold_or_limit_is_no_reason_against_it_for_nothing_new_is_owed(wire: Wire, joint: int) -> None:
    bill(wire, joint, "100", date=NOON)
    wire.change(f"/customers/{joint}", credit_hold=True, credit_limit=5)

    assert consolidate(wire, joint).status == 200


def test_credit_is_not_spent_by_it(wire: Wire, joint: int) -> None:
    bill(wire, joint, "100", date=NOON)
    wire.create("/credit_balance_adjustments", customer=joint, amount=40)

    assert consolidate(wire, joint)["balance"] == 100
    assert wire.read(f"/customers/{joint}/balance")["available_credits"] == 40


def test_the_new_invoice_is_paid_voided_but_never_deleted(wire: Wire, joint: int) -> None:
    bill(wire, joint, "100", date=NOON)
    answer = consolidate(wire, joint)
    path = f"/invoices/{answer['id']}"

    assert wire.remove(path).refusal == (400, None)
    pays = [{"type": "invoice", "invoice": answer["id"], "amount": 100}]
    assert wire.create("/payments", {"customer": joint, "amount": 100, "applied_to": pays}).status == 201
    assert wire.read(path)["status"] == "paid"


def test_the_same_key_consolidates_once(wire: Wire, joint: int) -> None:
    bill(wire, joint, "100", date=NOON)
    path = f"/customers/{joint}/consolidate_invoices"

    first = wire.send("POST", path, {}, HTTP_IDEMPOTENCY_KEY="joint-1")
    second = wire.send("POST", path, {}, HTTP_IDEMPOTENCY_KEY="joint-1")

    assert second.json == first.json
    assert Invoice.objects.count() == 2
