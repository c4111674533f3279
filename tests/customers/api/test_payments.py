"""Payments over the wire: received, applied, moved, voided."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from customers.ledger.refunding import refund_payment
from customers.models import Company, Payment, PaymentApplication
from tests.customers.api.conftest import Wire, bill, events

NOON = 1767290400
DAY = 86_400


@pytest.fixture(autouse=True)
def _by_hand(db: None) -> None:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False})


def to(invoice: dict[str, Any], amount: Any = 100, **fields: Any) -> dict[str, Any]:
    return {"type": "invoice", "invoice": invoice["id"], "amount": amount, **fields}


def test_an_amount_is_all_that_is_needed(wire: Wire) -> None:
    created = wire.create("/payments", amount="12.345")

    assert created.status == 201
    given = {"id": 0, "date": 0, "pdf_url": "", "created_at": 0, "updated_at": 0}
    assert created.json | given == given | {
        "object": "payment", "customer": None, "currency": "usd", "amount": Decimal("12.35"),
        "balance": Decimal("12.35"), "matched": None, "voided": False, "status": "succeeded",
        "method": "other", "reference": None, "notes": None, "ach_sender_id": None, "source": "keyed",
        "charge": None, "metadata": {}, "applied_to": [],
    }  # fmt: skip


def test_every_parameter_is_read_and_shown(wire: Wire, acme: int) -> None:
    body = {
        "customer": acme, "amount": 10, "currency": "EUR", "date": NOON, "method": "check", "source": "bank",
        "reference": "1234", "notes": "By post", "ach_sender_id": "S1", "metadata": {"a": "b"},
    }  # fmt: skip

    created = wire.create("/payments", body)

    assert created["currency"] == "eur"
    assert {name: created[name] for name in body} == body | {"currency": "eur"}
    assert wire.read(f"/payments/{created['id']}").json == {
        name: value for name, value in created.json.items() if name != "applied_to"
    }


@pytest.mark.parametrize("name", ["notes", "reference", "ach_sender_id"])
def test_no_text_of_a_payment_holds_a_card_number(wire: Wire, name: str) -> None:
    received = wire.create("/payments", {"amount": 1, name: "by transfer 4242424242424241."})
    for text in ("paid by card 4242424242424242.", "4242 4242 4242 4242 12/27"):
        assert wire.create("/payments", {"amount": 1, name: text}).refusal == (400, name)
        assert wire.change(f"/payments/{received['id']}", {name: text}).refusal == (400, name)

    assert Payment.objects.count() == 1


def test_customer_and_currency_follow_the_first_document(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, currency="jpy")

    created = wire.create("/payments", {"amount": 150, "metadata": None, "applied_to": [to(invoice, 100)]})

    assert (created["customer"], created["currency"], created["balance"]) == (acme, "jpy", 50)
    (part,) = created["applied_to"]
    assert part == {"id": part["id"], "type": "invoice", "invoice": invoice["id"], "amount": 100}
    assert wire.read(f"/invoices/{invoice['id']}")["status"] == "paid"


def test_all_kinds_of_application(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, "100")
    note = wire.create("/credit_notes", customer=acme, items=[{"name": "Back", "unit_cost": 20}])
    wire.create("/credit_balance_adjustments", customer=acme, amount=15)
    settled = {"invoice": invoice["id"], "document_type": "invoice"}

    created = wire.create(
        "/payments", customer=acme, amount=80,
        applied_to=[
            to(invoice, 60),
            {"type": "credit_note", "credit_note": note["id"], "amount": 20, **settled},
            {"type": "applied_credit", "amount": 15, **settled},
            {"type": "credit", "amount": 12},
            {"type": "convenience_fee", "amount": 3},
        ],
    )  # fmt: skip

    assert created["balance"] == 5
    assert [part["type"] for part in created["applied_to"]] == [
        "invoice", "credit_note", "applied_credit", "credit", "convenience_fee",
    ]  # fmt: skip
    assert created["applied_to"][1]["document_type"] == "invoice"
    assert created["applied_to"][3].keys() == {"id", "type", "amount"}
    assert wire.read(f"/invoices/{invoice['id']}")["balance"] == 5
    assert wire.read(f"/customers/{acme}/balance")["available_credits"] == 12


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"amount": None}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": "much"}, "amount"),
        ({"amount": 10**13}, "amount"),
        ({"customer": 999}, "customer"),
        ({"date": "2026-01-01"}, "date"),
        ({"currency": "zzy"}, "currency"),
        ({"method": "barter"}, "method"),
        ({"metadata": "x"}, "metadata"),
        ({"applied_to": "all"}, "applied_to"),
        ({"applied_to": [{"amount": 5}]}, "applied_to"),
        ({"applied_to": [{"type": "invoice"}]}, "applied_to"),
        ({"applied_to": [{"type": "estimate", "amount": 1}]}, "applied_to"),
        ({"applied_to": [{"type": "gift", "amount": 1}]}, "applied_to.0.type"),
        ({"applied_to": [{"type": "invoice", "amount": 1}]}, "applied_to.0.invoice"),
        ({"applied_to": [{"type": "invoice", "amount": 1, "invoice": 999}]}, "applied_to.0.invoice"),
        ({"applied_to": [{"type": "credit_note", "amount": 1}]}, "applied_to.0.invoice"),
        ({"applied_to": [{"type": "credit", "amount": 0}]}, "applied_to.0.amount"),
        ({"applied_to": [{"type": "credit", "amount": 101}]}, "applied_to"),
    ],
)
def test_a_wrong_payment_is_refused(wire: Wire, acme: int, sent: dict[str, Any], param: str) -> None:
    assert wire.create("/payments", {"customer": acme, "amount": 100, **sent}).refusal == (400, param)
    assert not Payment.objects.exists()


def test_applications_beyond_what_is_open_or_allowed_are_refused(wire: Wire, acme: int) -> None:
    mine, euro = bill(wire, acme), bill(wire, acme, currency="eur")
    draft = bill(wire, acme, draft=True)
    theirs = bill(wire, wire.create("/customers", name="Bolt")["id"])
    credit = {"type": "applied_credit", "invoice": mine["id"], "amount": 1}

    for applied, param in (
        ([to(mine, 101)], "applied_to.0.amount"),
        ([to(mine, 50), to(mine, 50)], "applied_to"),
        ([to(mine, 1), to(theirs, 1)], "applied_to.1.invoice"),
        ([to(mine, 1), to(euro, 1)], "applied_to.1.invoice"),
        ([to(draft, 1)], "applied_to.0.invoice"),
        ([credit], "applied_to"),
    ):
        answer = wire.create("/payments", {"customer": acme, "amount": 500, "applied_to": applied})
        assert answer.refusal == (400, param), applied
    assert not Payment.objects.exists()


def test_credit_needs_a_customer(wire: Wire) -> None:
    part = [{"type": "credit", "amount": 5}]

    assert wire.create("/payments", amount=5, applied_to=part).refusal == (400, "customer")


def test_a_parent_pays_for_its_child(wire: Wire, acme: int) -> None:
    child = wire.create("/customers", name="Child", parent_customer=acme)["id"]

    created = wire.create("/payments", customer=acme, amount=100, applied_to=[to(bill(wire, child))])

    assert (created["customer"], created["balance"]) == (acme, 0)


def test_applications_are_shown_on_request_only(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)
    pk = wire.create("/payments", amount=100, applied_to=[to(invoice)])["id"]

    assert "applied_to" not in wire.read(f"/payments/{pk}").json
    (row,) = wire.read("/payments", include="applied_to", expand="customer").json
    assert row["applied_to"][0]["invoice"] == invoice["id"]
    assert row["customer"]["name"] == "Acme"


def test_applied_to_replaces_and_what_stays_keeps_its_date(wire: Wire, acme: int) -> None:
    with time_machine.travel(NOON, tick=False):
        first, second = bill(wire, acme), bill(wire, acme)
        created = wire.create("/payments", amount=150, applied_to=[to(first, 100), to(second, 50)])
    path = f"/payments/{created['id']}"

    with time_machine.travel(NOON + DAY, tick=False):
        changed = wire.change(path, applied_to=[to(first, 100), to(second, 20)])

    assert changed["balance"] == 30
    kept, moved = PaymentApplication.objects.filter(ended_at=None).order_by("pk")
    assert int(kept.effective_at.timestamp()) == NOON
    assert int(moved.effective_at.timestamp()) == NOON + DAY
    assert wire.change(path, applied_to=[])["balance"] == 150


def test_two_equal_applications_to_credit_are_both_kept(wire: Wire, acme: int) -> None:
    twice = [{"type": "credit", "amount": 5}] * 2
    created = wire.create("/payments", customer=acme, amount=10, applied_to=twice)

    changed = wire.change(f"/payments/{created['id']}", applied_to=twice)

    assert (changed["balance"], changed["applied_to"]) == (0, created["applied_to"])


@pytest.mark.parametrize(("kept", "status"), [(80, 200), (50, 200), (40, 200), (39, 400), (0, 400)])
def test_credit_is_replaced_as_long_as_what_was_spent_is_there(
    wire: Wire, acme: int, kept: int, status: int
) -> None:
    with time_machine.travel(NOON, tick=False):
        invoice = bill(wire, acme)
        credit = {"type": "credit", "amount": 70}
        path = f"/payments/{wire.create('/payments', customer=acme, amount=100, applied_to=[credit])['id']}"
    with time_machine.travel(NOON + DAY, tick=False):
        spent = [{"type": "applied_credit", "invoice": invoice["id"], "amount": 40}]
        wire.create("/payments", customer=acme, amount=0, applied_to=spent)

    with time_machine.travel(NOON + 2 * DAY, tick=False):
        changed = wire.change(path, applied_to=[credit | {"amount": kept}] if kept else [])

    assert changed.status == status
    left = kept - 40 if status == 200 else 30
    assert wire.read(f"/customers/{acme}/balance")["available_credits"] == left


def test_moving_money_between_invoices_is_recorded(wire: Wire, acme: int) -> None:
    first, second = bill(wire, acme), bill(wire, acme)
    created = wire.create("/payments", amount=100, applied_to=[to(first)])
    count = events().count("payment.updated")

    changed = wire.change(f"/payments/{created['id']}", applied_to=[to(second)])

    assert changed["balance"] == 0
    assert events().count("payment.updated") == count + 1


def test_a_whole_payment_sent_back_and_an_empty_change_change_nothing(wire: Wire, acme: int) -> None:
    with time_machine.travel(NOON, tick=False):
        created = wire.create("/payments", amount=100, applied_to=[to(bill(wire, acme), 70)])
    path, count = f"/payments/{created['id']}", len(events())

    assert wire.change(path, created.json).json == created.json
    assert wire.change(path, {}).json == created.json
    assert len(events()) == count


def test_a_change_of_amount_date_or_currency(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, date=NOON)
    pk = wire.create("/payments", amount=100, date=NOON, applied_to=[to(invoice)])["id"]
    path = f"/payments/{pk}"

    assert wire.change(path, amount=99).refusal == (400, "amount")
    assert wire.change(path, amount=99, applied_to=[to(invoice)]).refusal == (400, "applied_to")
    assert wire.change(path, currency="eur").refusal == (400, "currency")
    assert wire.change(path, amount=120, date=NOON + DAY, reference="R")["balance"] == 20
    assert wire.read(f"/customers/{acme}/balance", as_of=NOON)["total_outstanding"] == 100
    assert wire.change(path, applied_to=[])["balance"] == 120
    assert wire.change(path, currency="jpy")["amount"] == 120


def test_what_was_applied_with_a_payment_goes_back_with_its_date(wire: Wire, acme: int) -> None:
    invoice, later = bill(wire, acme, date=NOON), bill(wire, acme, "50", date=NOON)
    with time_machine.travel(NOON + 9 * DAY, tick=False):
        paid = wire.create("/payments", amount=150, date=NOON + 9 * DAY, applied_to=[to(invoice)])
    path = f"/payments/{paid['id']}"
    with time_machine.travel(NOON + 12 * DAY, tick=False):
        wire.change(path, applied_to=[to(invoice), to(later, 50)])

    def still_open(*days: int) -> list[Any]:
        balance = f"/customers/{acme}/balance"
        return [wire.read(balance, as_of=NOON + day * DAY)["total_outstanding"] for day in days]

    wire.change(path, date=NOON + DAY)
    assert still_open(0, 1, 11, 12) == [150, 50, 50, 0]
    # Over the day of the later application, and back again.
    wire.change(path, date=NOON + 14 * DAY)
    assert still_open(13, 14) == [150, 0]
    wire.change(path, date=NOON + 3 * DAY)
    assert still_open(2, 3, 11, 12) == [150, 50, 50, 0]


def test_a_date_after_its_credit_was_spent_is_refused(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, date=NOON)
    saved = [{"type": "credit", "amount": 30}]
    first = wire.create("/payments", customer=acme, amount=30, date=NOON, applied_to=saved)["id"]
    spent = [{"type": "applied_credit", "invoice": invoice["id"], "amount": 30}]
    wire.create("/payments", customer=acme, amount=0, date=NOON + DAY, applied_to=spent)

    assert wire.change(f"/payments/{first}", date=NOON + 2 * DAY).refusal == (400, "applied_to")
    assert wire.change(f"/payments/{first}", date=NOON + DAY).status == 200


def test_another_customer_takes_the_applications_away(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)
    other = wire.create("/customers", name="Bolt")["id"]
    pk = wire.create("/payments", amount=100, applied_to=[to(invoice)])["id"]

    changed = wire.change(f"/payments/{pk}", customer=other)

    assert (changed["customer"], changed["balance"], changed["applied_to"]) == (other, 100, [])
    assert wire.read(f"/invoices/{invoice['id']}")["balance"] == 100


def test_a_refunded_payment_stays_with_its_customer_and_is_not_voided(wire: Wire, acme: int) -> None:
    other = wire.create("/customers", name="Bolt")["id"]
    path = f"/payments/{wire.create('/payments', customer=acme, amount=100)['id']}"
    refund_payment(payment=Payment.objects.get(), amount=1000, now=timezone.now())

    assert wire.change(path, customer=other).refusal == (400, "customer")
    assert wire.change(path, amount=9).refusal == (400, "amount")
    assert wire.remove(path).refusal == (400, None)
    assert wire.read(path)["balance"] == 90


def test_delete_voids_and_answers_with_the_payment(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme)
    path = f"/payments/{wire.create('/payments', amount=100, applied_to=[to(invoice)])['id']}"

    voided = wire.remove(path)

    assert voided.status == 200
    assert (voided["voided"], voided["balance"], voided["object"]) == (True, 100, "payment")
    assert wire.read(f"/invoices/{invoice['id']}")["balance"] == 100
    assert wire.remove(path).refusal == (400, None)
    assert wire.change(path, notes="x").refusal == (400, None)
    assert wire.read(path)["voided"] is True


def test_the_list_is_narrowed(wire: Wire, acme: int) -> None:
    with time_machine.travel(NOON):
        first = wire.create("/payments", customer=acme, amount=5, method="check", reference="7")["id"]
    second = wire.create("/payments", amount=6, currency="jpy")["id"]
    wire.remove(f"/payments/{second}")

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in wire.read("/payments", **query).json]

    assert found(**{"filter[customer]": acme}) == found(**{"filter[voided]": "0"}) == [first]
    assert found(**{"filter[customer]": ""}) == found(**{"filter[amount]": "6"}) == [second]
    assert found(**{"filter[method]": "check", "filter[reference]": "7"}) == [first]
    assert found(end_date=NOON + DAY) == [first]
    assert found(sort="date DESC") == [second, first]
    assert found(**{"filter[matched]": ""}) == found(sort="matched") == [first, second]
    assert found(**{"filter[matched]": "0"}) == []
    assert wire.read("/payments", **{"filter[notes]": "x"}).refusal == (400, "filter")
