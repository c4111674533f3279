"""AutoPay at the push of a button: POST /invoices/:id/pay."""

from typing import Any

import pytest
from django.utils import timezone

from customers.autopay.simulating import simulate
from customers.models import Charge, Company, Customer, Event, Invoice, Payment, PaymentSource, Role, User
from tests.customers.api.conftest import Wire, bill, events
from tests.customers.api.wallet import autopay_invoice, on_autopay, only_charge, store


@pytest.fixture(autouse=True)
def _by_hand(db: None) -> None:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False})


def pay(wire: Wire, invoice: Any, body: Any = "") -> Any:
    return wire.send("POST", f"/invoices/{invoice['id']}/pay", body)


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", "{ }"])
def test_the_default_source_is_charged_and_the_invoice_is_paid(wire: Wire, acme: int, body: str) -> None:
    invoice = autopay_invoice(wire, acme)

    paid = wire.send("POST", f"/invoices/{invoice['id']}/pay", body, content_type="application/json")

    assert paid.status == 200
    assert (paid["object"], paid["paid"], paid["status"], paid["balance"]) == ("invoice", True, "paid", 0)
    assert (paid["attempt_count"], paid["next_payment_attempt"]) == (0, None)
    payment = wire.read("/payments", include="applied_to").json[0]
    assert (payment["source"], payment["amount"], payment["charge"]["status"]) == (
        "autopay",
        100,
        "succeeded",
    )
    assert only_charge().automatic
    assert {"payment.created", "invoice.paid"} <= set(events())


def test_a_decline_is_told_and_counts_as_an_attempt(wire: Wire, acme: int) -> None:
    invoice = autopay_invoice(wire, acme, kind="tok_decline_charge")

    declined = pay(wire, invoice)

    after = wire.read(f"/invoices/{invoice['id']}")
    assert declined.refusal == (400, None)
    assert declined.json["message"] == "Your card was declined."
    assert (after["attempt_count"], after["status"], after["balance"]) == (1, "past_due", 100)
    assert after["next_payment_attempt"] == after["updated_at"] + 3 * 86_400
    changed = Event.objects.filter(type="invoice.updated").latest("pk")
    assert changed.previous is not None
    assert (changed.previous["attempt_count"], changed.previous["status"]) == (0, "not_sent")
    assert not Payment.objects.exists()


def test_a_debit_leaves_the_invoice_pending(wire: Wire, acme: int) -> None:
    invoice = autopay_invoice(wire, acme, kind="tok_bank")

    pending = pay(wire, invoice)

    assert (pending.status, pending["status"], pending["balance"]) == (200, "pending", 100)
    assert pay(wire, invoice).refusal == (400, None)
    simulate(charge=only_charge(), succeeded=False, now=timezone.now())
    after = wire.read(f"/invoices/{invoice['id']}")
    assert (after["status"], after["attempt_count"]) == ("past_due", 1)
    assert Charge.objects.count() == 1


def test_what_cannot_be_paid_by_itself_is_refused(wire: Wire, acme: int) -> None:
    manual = bill(wire, acme)
    card = on_autopay(wire, acme)
    draft, voided, closed, paid = (bill(wire, acme, draft=index == 0) for index in range(4))
    wire.create(f"/invoices/{voided['id']}/void")
    wire.change(f"/invoices/{closed['id']}", closed=True)
    assert pay(wire, paid).status == 200
    Charge.objects.all().delete()

    refusals = {row["id"]: pay(wire, row).refusal for row in (manual, draft, voided, closed, paid)}

    assert set(refusals.values()) == {(400, None)}
    assert wire.create("/invoices/999/pay").refusal == (404, None)
    assert wire.read(f"/invoices/{paid['id']}/pay").refusal == (405, None)
    assert not Charge.objects.exists()
    assert card["id"]


def test_without_a_source_that_can_be_charged_nothing_happens(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", autopay=True)
    invoice = bill(wire, acme)
    assert pay(wire, invoice).refusal == (400, None)

    bank = store(wire, acme, "tok_bank_unverified")
    assert "verified" in pay(wire, invoice).json["message"]
    wire.create(f"/customers/{acme}/bank_accounts/{bank['id']}/verify", amount1=35, amount2=45)

    assert pay(wire, invoice).status == 200


def test_a_card_number_in_the_body_is_refused(wire: Wire, acme: int) -> None:
    invoice = autopay_invoice(wire, acme)

    assert pay(wire, invoice, {"card": "4111 1111 1111 1111"}).refusal == (400, "card")


def test_a_disabled_method_is_not_used(wire: Wire, acme: int) -> None:
    invoice = autopay_invoice(wire, acme)
    wire.change(f"/invoices/{invoice['id']}", disabled_payment_methods=["credit_card"])

    assert pay(wire, invoice).refusal == (400, "method")


def test_a_marked_request_that_was_declined_is_not_tried_again(wire: Wire, acme: int) -> None:
    invoice = autopay_invoice(wire, acme, kind="tok_decline_charge")
    path, key = f"/invoices/{invoice['id']}/pay", {"HTTP_IDEMPOTENCY_KEY": "pay-4711"}

    first = wire.send("POST", path, **key)
    again = wire.send("POST", path, **key)

    assert first.status == again.status == 400
    assert Invoice.objects.get().attempt_count == 1


def test_paying_needs_the_power_over_money(wire: Wire, wire_as: Any, acme: int) -> None:
    invoice = autopay_invoice(wire, acme)
    user = User.objects.create_user(username="max")
    Customer.objects.update(owner=user)

    assert pay(wire_as(Role.ACCOUNT_MANAGER, user=user), invoice).refusal == (403, None)
    assert pay(wire_as(Role.READ_ONLY), invoice).refusal == (403, None)
    assert PaymentSource.objects.exists()
