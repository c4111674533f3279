"""Charges over the wire: by token and by stored source, declined, pending, refused."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from customers.autopay.outcomes import settle_charge
from customers.autopay.simulating import simulate
from customers.errors import Refused
from customers.models import Charge, ChargeClaim, Company, Event, Payment, PaymentSource, Role, User
from customers.signals import charge_failed, payment_received
from tests.customers.api.conftest import Wire, bill, events
from tests.customers.api.wallet import charge, only_charge, store


@pytest.fixture(autouse=True)
def _by_hand(db: None) -> None:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False})


@pytest.fixture
def invoice(wire: Wire, acme: int) -> Any:
    return bill(wire, acme, "100")


def status_of(wire: Wire, invoice: Any) -> Any:
    shown = wire.read(f"/invoices/{invoice['id']}")
    return shown["status"], shown["balance"]


def test_a_card_pays_an_invoice_and_the_answer_is_the_payment(wire: Wire, acme: int, invoice: Any) -> None:
    made = charge(wire, acme, invoice, receipt_email="Pay@acme.example")

    assert made.status == 201
    assert (made["object"], made["customer"], made["amount"], made["balance"]) == ("payment", acme, 100, 0)
    assert (made["method"], made["source"], made["status"]) == ("credit_card", "api", "succeeded")
    assert [(part["type"], part["invoice"]) for part in made["applied_to"]] == [("invoice", invoice["id"])]
    shown = made["charge"]
    given = dict.fromkeys(("id", "gateway_id", "created_at", "updated_at", "payment_source"), 0)
    assert shown | given == given | {
        "object": "charge", "customer": acme, "currency": "usd", "amount": 100, "gateway": "test",
        "status": "succeeded", "failure_message": None, "receipt_email": "pay@acme.example",
        "amount_refunded": 0, "refunded": False, "refunds": [], "disputed": False,
    }  # fmt: skip
    assert (shown["payment_source"]["object"], shown["payment_source"]["last4"]) == ("card", "4242")
    assert made["reference"] == shown["gateway_id"]
    assert status_of(wire, invoice) == ("paid", 0)
    assert wire.read(f"/charges/{shown['id']}").json == shown
    assert wire.read("/charges").json == [shown]
    assert wire.read(f"/payments/{made['id']}")["charge"] == shown
    assert not PaymentSource.objects.exists()
    assert events()[-2:] == ["invoice.paid", "payment.created"]
    assert Event.objects.latest("pk").data["object"]["charge"]["status"] == "succeeded"


def test_a_stored_source_is_charged(wire: Wire, acme: int, invoice: Any) -> None:
    card = store(wire, acme)

    made = charge(
        wire, acme, invoice, gateway_token=None, payment_source_type="card", payment_source_id=card["id"]
    )

    assert made["charge"]["payment_source"] == card
    wire.remove(f"/customers/{acme}/cards/{card['id']}")
    assert wire.read(f"/charges/{made['charge']['id']}")["payment_source"] == card


def test_a_token_is_kept_when_asked(wire: Wire, acme: int, invoice: Any) -> None:
    made = charge(wire, acme, invoice, vault_method=True)

    (kept,) = wire.read(f"/customers/{acme}/payment_sources").json
    assert made["charge"]["payment_source"]["id"] == kept["id"]
    assert wire.read(f"/customers/{acme}")["payment_source"]["id"] == kept["id"]


def test_a_kept_token_does_not_push_aside_the_default_unless_asked(wire: Wire, acme: int) -> None:
    first = store(wire, acme)

    charge(wire, acme, bill(wire, acme), "tok_amex", vault_method=1)
    assert wire.read(f"/customers/{acme}")["payment_source"]["id"] == first["id"]
    charge(wire, acme, bill(wire, acme), "tok_mastercard", vault_method=1, make_default=1)

    assert wire.read(f"/customers/{acme}")["payment_source"]["brand"] == "Mastercard"


def test_what_is_not_applied_becomes_credit(wire: Wire, acme: int, invoice: Any) -> None:
    made = charge(wire, acme, invoice, amount="125.50")

    assert made["balance"] == 0
    assert [(part["type"], part["amount"]) for part in made["applied_to"]] == [
        ("invoice", 100), ("credit", Decimal("25.5")),
    ]  # fmt: skip
    assert wire.read(f"/customers/{acme}/balance")["available_credits"] == Decimal("25.5")


def test_several_invoices_and_a_fee_are_paid_by_one_charge(wire: Wire, acme: int, invoice: Any) -> None:
    other = bill(wire, acme, "20")
    parts = [
        {"type": "invoice", "invoice": invoice["id"], "amount": 60},
        {"type": "invoice", "invoice": other["id"], "amount": 20},
        {"type": "convenience_fee", "amount": 2},
    ]

    made = charge(wire, acme, invoice, amount=82, applied_to=parts)

    assert made.status == 201
    assert (status_of(wire, invoice)[1], status_of(wire, other)[0]) == (40, "paid")


def test_a_parent_pays_for_its_child(wire: Wire, acme: int) -> None:
    child = wire.create("/customers", name="Child", parent_customer=acme)["id"]
    invoice = bill(wire, child, "30")

    assert charge(wire, acme, invoice)["customer"] == acme
    assert status_of(wire, invoice)[0] == "paid"


def test_a_decline_is_told_in_the_gateways_words_and_nothing_is_paid(
    wire: Wire, acme: int, invoice: Any
) -> None:
    heard: list[int] = []
    listener = lambda charge_id, **_: heard.append(charge_id)  # noqa: E731
    charge_failed.connect(listener)

    made = charge(wire, acme, invoice, "tok_decline_charge")

    charge_failed.disconnect(listener)
    assert made.refusal == (400, None)
    assert made.json["message"] == "Your card was declined."
    assert not Payment.objects.exists()
    assert not ChargeClaim.objects.filter(released_at=None).exists()
    assert status_of(wire, invoice) == ("not_sent", 100)
    (shown,) = wire.read("/charges", **{"filter[status]": "failed"}).json
    assert (shown["status"], shown["failure_message"]) == ("failed", "Your card was declined.")
    assert events()[-1] == "charge.failed"
    assert heard == [shown["id"]]
    assert charge(wire, acme, invoice).status == 201


def test_a_new_card_that_declines_is_not_kept(wire: Wire, acme: int, invoice: Any) -> None:
    assert charge(wire, acme, invoice, "tok_decline_charge", vault_method=True).status == 400

    assert not PaymentSource.objects.exists()
    assert wire.read(f"/customers/{acme}")["payment_source"] is None


def test_a_new_card_that_declines_leaves_the_default_alone(wire: Wire, acme: int, invoice: Any) -> None:
    good = store(wire, acme)
    before = Event.objects.filter(type="customer.updated").count()

    made = charge(wire, acme, invoice, "tok_decline_charge", make_default=True)

    assert made.refusal == (400, None)
    assert wire.read(f"/customers/{acme}")["payment_source"] == good
    assert wire.read(f"/customers/{acme}/payment_sources").json == [good]
    assert Event.objects.filter(type="customer.updated").count() == before


@pytest.mark.parametrize(
    ("kind", "status"), [("tok_decline_charge", "pending_signup"), ("tok_visa", "active")]
)
def test_a_plan_that_waits_begins_with_a_card_that_could_be_charged(
    wire: Wire, acme: int, kind: str, status: str
) -> None:
    wire.change(f"/customers/{acme}", autopay=True)
    path = f"/invoices/{bill(wire, acme)['id']}/payment_plan"
    wire.send("PUT", path, {"installments": [{"date": 1_900_000_000, "amount": 100}]})
    credit = [{"type": "credit", "amount": 5}]
    body = {"customer": acme, "amount": 5, "gateway_token": kind, "applied_to": credit, "vault_method": True}

    wire.create("/charges", body)

    assert wire.read(path)["status"] == status


def test_a_card_reported_lost_is_not_charged_again(wire: Wire, acme: int, invoice: Any) -> None:
    card = store(wire, acme, "pm_card_chargeDeclinedLostCard")
    body = {"gateway_token": None, "payment_source_id": card["id"]}

    first = charge(wire, acme, invoice, **body)
    again = charge(wire, acme, invoice, **body)

    assert "lost" in first.json["message"]
    assert again.refusal == (400, "payment_source_id")
    assert wire.read(f"/customers/{acme}")["payment_source"] is None
    assert Charge.objects.count() == 1
    assert "payment_source.updated" in events()


def test_a_debit_is_pending_until_it_settles(wire: Wire, acme: int, invoice: Any) -> None:
    made = charge(wire, acme, invoice, "tok_bank", method="ach")

    assert (made.status, made["status"], made["method"]) == (201, "pending", "ach")
    assert (made["charge"]["status"], made["balance"], made["applied_to"]) == ("pending", 100, [])
    assert status_of(wire, invoice) == ("pending", 100)
    assert [row["id"] for row in wire.read("/invoices", **{"filter[status]": "pending"}).json] == [
        invoice["id"]
    ]
    assert wire.read("/invoices", **{"filter[status]": "not_sent"}).json == []
    balance = wire.read(f"/customers/{acme}/balance")
    assert (balance["total_outstanding"], balance["due_now"]) == (100, 0)

    simulate(charge=only_charge(), succeeded=True, now=timezone.now())

    assert status_of(wire, invoice) == ("paid", 0)
    settled = wire.read(f"/payments/{made['id']}", include="applied_to")
    assert (settled["status"], settled["charge"]["status"], settled["balance"]) == (
        "succeeded",
        "succeeded",
        0,
    )
    assert events()[-2:] == ["invoice.paid", "payment.updated"]
    changed = Event.objects.filter(type="invoice.updated").latest("pk")
    assert (changed.previous, changed.data["object"]["status"]) == ({"status": "not_sent"}, "pending")


def test_a_debit_that_comes_back_leaves_the_invoice_open(wire: Wire, acme: int, invoice: Any) -> None:
    made = charge(wire, acme, invoice, "tok_bank")

    simulate(charge=only_charge(), succeeded=False, now=timezone.now())

    shown = wire.read(f"/payments/{made['id']}")
    assert (shown["status"], shown["charge"]["status"]) == ("failed", "failed")
    assert status_of(wire, invoice) == ("not_sent", 100)
    assert wire.read(f"/customers/{acme}/balance")["due_now"] == 100
    assert "charge.failed" in events()
    with pytest.raises(Refused, match="not pending"):
        settle_charge(charge=only_charge(), status="succeeded", now=timezone.now())


@pytest.mark.parametrize(("succeeded", "word"), [(True, "succeeded"), (False, "failed")])
def test_what_became_of_a_debit_is_told_with_what_it_was(
    wire: Wire, acme: int, invoice: Any, succeeded: bool, word: str
) -> None:
    made = charge(wire, acme, invoice, "tok_bank")

    simulate(charge=only_charge(), succeeded=succeeded, now=timezone.now())

    told = Event.objects.filter(type="payment.updated").latest("pk")
    assert told.previous is not None
    assert (told.previous["status"], told.previous["charge"]) == ("pending", made["charge"])
    assert (told.data["object"]["status"], told.data["object"]["charge"]["status"]) == (word, word)


def test_the_balance_as_of_before_the_charge_does_not_know_of_it(wire: Wire, acme: int, invoice: Any) -> None:
    moment = invoice["date"]
    made = charge(wire, acme, invoice, "tok_bank")
    Charge.objects.update(created_at=datetime.fromtimestamp(moment + 100, UTC))

    assert made.status == 201
    assert wire.read(f"/customers/{acme}/balance", as_of=moment + 50)["due_now"] == 100
    assert wire.read(f"/customers/{acme}/balance", as_of=moment + 200)["due_now"] == 0


def test_while_a_charge_is_pending_the_invoice_is_nobody_elses(wire: Wire, acme: int, invoice: Any) -> None:
    charge(wire, acme, invoice, "tok_bank")
    path = f"/invoices/{invoice['id']}"
    part = {"type": "invoice", "invoice": invoice["id"], "amount": 1}
    dearer = [{"name": "More", "unit_cost": 200}]

    refusals = {
        "charge": charge(wire, acme, invoice).refusal,
        "payment": wire.create("/payments", customer=acme, amount=1, applied_to=[part]).refusal,
        "total": wire.change(path, items=dearer).refusal,
        "close": wire.change(path, closed=True).refusal,
        "void": wire.create(f"{path}/void").refusal,
        "delete": wire.remove(path).refusal,
        "plan": wire.send(
            "PUT", f"{path}/payment_plan", {"installments": [{"date": 1, "amount": 100}]}
        ).refusal,
    }

    assert refusals == {
        "charge": (400, "applied_to.0.invoice"), "payment": (400, "applied_to.0.invoice"),
        "total": (400, "items"), "close": (400, None), "void": (400, None), "delete": (400, None),
        "plan": (400, None),
    }  # fmt: skip
    assert wire.change(path, notes="Thank you").status == 200
    assert Charge.objects.count() == 1


def test_money_without_an_invoice_goes_around_what_is_being_charged(
    wire: Wire, acme: int, invoice: Any
) -> None:
    charge(wire, acme, invoice, "tok_bank", amount=60, applied_to=[
        {"type": "invoice", "invoice": invoice["id"], "amount": 60},
    ])  # fmt: skip
    part = {"type": "invoice", "invoice": invoice["id"], "amount": 40}

    assert wire.create("/payments", customer=acme, amount=40, applied_to=[part]).status == 201
    simulate(charge=only_charge(), succeeded=True, now=timezone.now())

    assert status_of(wire, invoice) == ("paid", 0)


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"customer": None}, "customer"),
        ({"customer": 999}, "customer"),
        ({"amount": None}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": "0.001"}, "amount"),
        ({"amount": 10**14}, "amount"),
        ({"currency": "zzy"}, "currency"),
        ({"currency": "eur"}, "applied_to.0.invoice"),
        ({"method": "cash"}, "method"),
        ({"method": "ach"}, "method"),
        ({"gateway_token": None}, "payment_source_id"),
        ({"invoiced_token": "tok_visa"}, "gateway_token"),
        ({"payment_source_id": 1}, "payment_source_id"),
        ({"gateway_token": None, "payment_source_id": 999}, "payment_source_id"),
        ({"gateway_token": "tok_unknown"}, "gateway_token"),
        ({"gateway_token": "tok_decline_store"}, "gateway_token"),
        ({"gateway_token": None, "invoiced_token": "tok_unknown"}, "invoiced_token"),
        ({"gateway_token": "tok_bank_unverified"}, "gateway_token"),
        (
            {"gateway_token": None, "payment_source_type": "wallet", "payment_source_id": 1},
            "payment_source_type",
        ),
        ({"vault_method": "maybe"}, "vault_method"),
        ({"receipt_email": "nobody"}, "receipt_email"),
        ({"applied_to": None}, "applied_to"),
        ({"applied_to": []}, "applied_to"),
        ({"applied_to": "all"}, "applied_to"),
        ({"applied_to": [{"type": "invoice", "amount": 10}]}, "applied_to.0.invoice"),
        ({"applied_to": [{"type": "invoice", "amount": 10, "invoice": 999}]}, "applied_to.0.invoice"),
        ({"applied_to": [{"type": "credit", "amount": 101}]}, "applied_to"),
        ({"applied_to": [{"type": "credit", "amount": 0}]}, "applied_to.0.amount"),
        ({"applied_to": [{"type": "estimate", "amount": 5, "estimate": 1}]}, "applied_to"),
        ({"gateway_token": "4000000000000002"}, "gateway_token"),
        ({"card": {"number": "4000 0000 0000 0002"}}, "card.number"),
    ],
)
def test_a_wrong_charge_is_refused(
    wire: Wire, acme: int, invoice: Any, sent: dict[str, Any], param: str
) -> None:
    answer = charge(wire, acme, invoice, **sent)

    assert answer.refusal == (400, param)
    assert "0002" not in answer.text
    assert not Charge.objects.exists()
    assert not Payment.objects.exists()


def test_a_charge_spends_neither_credit_nor_credit_notes(wire: Wire, acme: int, invoice: Any) -> None:
    wire.create("/credit_balance_adjustments", customer=acme, amount=50)
    part = {"type": "applied_credit", "invoice": invoice["id"], "document_type": "invoice", "amount": 50}

    assert charge(wire, acme, invoice, applied_to=[part]).refusal == (400, "applied_to.0.type")


def test_what_cannot_be_paid_is_not_charged(wire: Wire, acme: int, invoice: Any) -> None:
    stranger = bill(wire, wire.create("/customers", name="Bolt")["id"], "10")
    draft = bill(wire, acme, "10", draft=True)

    def refusal(row: Any, amount: int) -> Any:
        part = {"type": "invoice", "invoice": row["id"], "amount": amount}
        return charge(wire, acme, invoice, amount=amount, applied_to=[part]).refusal

    assert refusal(invoice, 101) == (400, "applied_to.0.amount")
    assert refusal(stranger, 10) == (400, "applied_to.0.invoice")
    assert refusal(draft, 10) == (400, "applied_to.0.invoice")
    assert charge(wire, acme, invoice).status == 201
    assert refusal(invoice, 100) == (400, "applied_to.0.amount")
    assert Charge.objects.count() == 1


def test_a_source_of_another_kind_or_customer_is_not_charged(wire: Wire, acme: int, invoice: Any) -> None:
    stranger = store(wire, wire.create("/customers", name="Bolt")["id"])
    unverified = store(wire, acme, "tok_bank_unverified")
    card = store(wire, acme)

    def refusal(source: Any, **fields: Any) -> Any:
        sent = {"gateway_token": None, "payment_source_id": source["id"], **fields}
        return charge(wire, acme, invoice, **sent).refusal

    assert refusal(stranger) == (400, "payment_source_id")
    assert refusal(unverified) == (400, "payment_source_id")
    assert refusal(card, payment_source_type="bank_account") == (400, "payment_source_id")
    assert refusal(card, method="ach") == (400, "method")
    assert not Charge.objects.exists()


def test_a_method_that_customer_or_invoice_disabled_is_not_used(wire: Wire, acme: int, invoice: Any) -> None:
    wire.change(f"/invoices/{invoice['id']}", disabled_payment_methods=["credit_card"])
    assert charge(wire, acme, invoice).refusal == (400, "method")

    wire.change(f"/customers/{acme}", disabled_payment_methods=["ach"])
    assert charge(wire, acme, bill(wire, acme), "tok_bank").refusal == (400, "method")
    assert not Charge.objects.exists()


def test_a_charged_payment_is_refunded_not_voided(wire: Wire, acme: int, invoice: Any) -> None:
    made = charge(wire, acme, invoice)
    path = f"/payments/{made['id']}"

    assert wire.remove(path).refusal == (400, None)
    assert wire.change(path, amount=90).refusal == (400, "amount")
    assert wire.change(path, currency="eur").refusal == (400, "currency")
    assert wire.change(path, notes="By card", amount=100).status == 200


def test_a_customer_with_a_charge_stays(wire: Wire, acme: int) -> None:
    other = wire.create("/customers", name="Bolt", parent_customer=acme)["id"]
    part = {"type": "credit", "amount": 5}
    body = {"customer": other, "amount": 5, "gateway_token": "tok_decline_charge", "applied_to": [part]}
    assert wire.create("/charges", body).status == 400

    assert wire.remove(f"/customers/{other}").refusal == (400, None)


def test_an_invoice_that_was_charged_in_vain_is_voided_not_deleted(
    wire: Wire, acme: int, invoice: Any
) -> None:
    charge(wire, acme, invoice, "tok_decline_charge")

    assert wire.remove(f"/invoices/{invoice['id']}").refusal == (400, None)
    assert wire.create(f"/invoices/{invoice['id']}/void").status == 200


def test_charges_are_filtered_and_sorted(wire: Wire, acme: int) -> None:
    for amount, kind in (("10", "tok_visa"), ("20", "tok_bank"), ("30", "tok_decline_charge")):
        charge(wire, acme, bill(wire, acme, amount), kind)

    def amounts(**query: Any) -> list[Any]:
        return [row["amount"] for row in wire.read("/charges", **query).json]

    assert amounts(sort="amount desc") == [30, 20, 10]
    assert amounts(**{"filter[status]": "pending"}) == [20]
    # By the words: failed, pending, succeeded.
    assert amounts(sort="status asc") == [30, 20, 10]
    assert amounts(sort="status desc") == [10, 20, 30]
    assert amounts(**{"filter[amount]": "30"}) == [30]
    assert amounts(**{"filter[customer]": str(acme)}) == [10, 20, 30]
    assert amounts(**{"filter[gateway]": "stripe"}) == []
    assert wire.read("/charges", **{"filter[key]": "x"}).refusal == (400, "filter")
    assert wire.read("/charges").headers["X-Total-Count"] == "3"
    assert wire.read("/charges", expand="customer").json[0]["customer"]["name"] == "Acme"
    assert wire.read("/payments", expand="charge.payment_source,charge.customer").json[0]["charge"][
        "customer"
    ]
    assert wire.read("/charges/999").refusal == (404, None)


def test_charges_are_found_by_what_was_given_back_and_why_they_failed(wire: Wire, acme: int) -> None:
    for amount, back in (("10", "4"), ("20", "20"), ("30", None)):
        charge(wire, acme, bill(wire, acme, amount))
        pk = wire.read("/charges", sort="id desc").json[0]["id"]
        if back:
            assert wire.create(f"/charges/{pk}/refunds", amount=back).status == 201
    charge(wire, acme, bill(wire, acme, "40"), "tok_decline_charge")
    rows = wire.read("/charges").json
    assert [row["amount_refunded"] for row in rows] == [4, 20, 0, 0]

    def amounts(**query: Any) -> list[Any]:
        return [row["amount"] for row in wire.read("/charges", **query).json]

    assert amounts(**{"filter[amount_refunded]": "4"}) == [10]
    assert amounts(**{"filter[amount_refunded]": "0"}) == [30, 40]
    assert amounts(**{"filter[amount_refunded]": ""}) == []
    assert amounts(**{"filter[refunded]": "true"}) == [20]
    assert amounts(**{"filter[refunded]": "false"}) == [10, 30, 40]
    assert amounts(**{"filter[failure_message]": rows[3]["failure_message"]}) == [40]
    assert amounts(**{"filter[failure_message]": ""}) == [10, 20, 30]
    assert amounts(sort="amount_refunded desc,id asc") == [20, 10, 30, 40]
    assert amounts(sort="refunded desc,id desc") == [20, 40, 30, 10]


def test_charging_needs_the_power_over_money_and_managers_see_their_own(
    wire: Wire, wire_as: Any, acme: int, invoice: Any
) -> None:
    made = charge(wire, acme, invoice)
    limited = wire_as(Role.ACCOUNT_MANAGER, user=User.objects.create_user(username="max"))

    assert limited.read("/charges").json == []
    assert limited.read(f"/charges/{made['charge']['id']}").refusal == (404, None)
    assert charge(limited, acme, invoice).refusal == (403, None)
    assert limited.create(f"/charges/{made['charge']['id']}/refunds", amount=1).refusal == (403, None)


def test_a_payment_is_announced_when_the_money_is_there(wire: Wire, acme: int, invoice: Any) -> None:
    heard: list[int] = []
    listener = lambda payment_id, **_: heard.append(payment_id)  # noqa: E731
    payment_received.connect(listener)

    made = charge(wire, acme, invoice, "tok_bank")
    before = list(heard)
    simulate(charge=only_charge(), succeeded=True, now=timezone.now())

    payment_received.disconnect(listener)
    assert (before, heard) == ([], [made["id"]])


def test_a_marked_request_charges_once(wire: Wire, acme: int, invoice: Any) -> None:
    part = {"type": "invoice", "invoice": invoice["id"], "amount": 100}
    body = {"customer": acme, "amount": 100, "gateway_token": "tok_visa", "applied_to": [part]}

    first = wire.send("POST", "/charges", body, HTTP_IDEMPOTENCY_KEY="charge-4711")
    again = wire.send("POST", "/charges", body, HTTP_IDEMPOTENCY_KEY="charge-4711")

    assert first.status == 201
    assert first.text == again.text
    assert Charge.objects.count() == 1


def test_yen_have_no_cents(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, "1500", currency="jpy")

    made = charge(wire, acme, invoice)

    assert (made["currency"], made["charge"]["amount"], only_charge().amount) == ("jpy", 1500, 1500)
