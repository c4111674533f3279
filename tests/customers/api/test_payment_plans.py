"""Payment plans over the wire."""

from typing import Any

import pytest
import time_machine

from customers.models import Company, PaymentPlan
from tests.customers.api.conftest import Wire, bill, events
from tests.customers.api.wallet import on_autopay, store

DAY = 86_400
JAN_1 = 1767290400  # 2026-01-01 12:00 in Chicago


@pytest.fixture(autouse=True)
def _by_hand(db: None) -> None:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False, "time_zone": "America/Chicago"})


def plan(wire: Wire, invoice: Any, *parts: tuple[int, Any], method: str = "PUT") -> Any:
    body = {"installments": [{"date": JAN_1 + days * DAY, "amount": amount} for days, amount in parts]}
    return wire.send(method, f"/invoices/{invoice['id']}/payment_plan", body)


def planned(wire: Wire, customer: int, *parts: tuple[int, Any], amount: str = "100") -> Any:
    invoice = bill(wire, customer, amount)
    assert plan(wire, invoice, *parts).status == 200
    return invoice


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_plan_spreads_the_balance_over_dates(wire: Wire, acme: int, method: str) -> None:
    invoice = bill(wire, acme, "100", payment_terms="NET 30")

    made = plan(wire, invoice, (30, 40), (0, "60"), method=method)

    assert made.status == 200
    ids = [part.pop("id") for part in made["installments"]]
    assert made.json | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0, "object": "payment_plan", "status": "active", "approval": None,
        "installments": [
            {"date": JAN_1, "amount": 60, "balance": 60},
            {"date": JAN_1 + 30 * DAY, "amount": 40, "balance": 40},
        ],
        "created_at": 0, "updated_at": 0,
    }  # fmt: skip
    assert ids == sorted(ids)
    shown = wire.read(f"/invoices/{invoice['id']}")
    assert (shown["payment_plan"], shown["payment_terms"]) == (made["id"], "Payment Plan")
    read = wire.read(f"/invoices/{invoice['id']}/payment_plan")
    assert (read.status, read["id"], len(read["installments"])) == (200, made["id"], 2)
    assert events()[-1] == "payment_plan.created"


def test_a_plan_is_read_as_it_was_answered(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, "100")

    made = plan(wire, invoice, (0, 60), (30, 40))

    assert made["status"] == "active"
    assert wire.read(f"/invoices/{invoice['id']}/payment_plan").json == made.json


def test_payments_fill_the_oldest_instalment_first_until_the_plan_is_finished(wire: Wire, acme: int) -> None:
    invoice = planned(wire, acme, (0, 60), (30, 40))
    path = f"/invoices/{invoice['id']}/payment_plan"

    def receive(amount: int) -> Any:
        part = {"type": "invoice", "invoice": invoice["id"], "amount": amount}
        wire.create("/payments", customer=acme, amount=amount, applied_to=[part])
        shown = wire.read(path)
        return shown["status"], [part["balance"] for part in shown["installments"]]

    assert receive(70) == ("active", [0, 30])
    assert receive(30) == ("finished", [0, 0])
    assert wire.read(f"/invoices/{invoice['id']}")["status"] == "paid"
    assert wire.remove(path).refusal == (400, None)


def test_only_instalments_that_have_come_are_due_and_past_due(wire: Wire, acme: int) -> None:
    with time_machine.travel(JAN_1):
        invoice = planned(wire, acme, (0, 60), (30, 40))
        assert wire.read(f"/customers/{acme}/balance")["due_now"] == 60
        assert wire.read(f"/invoices/{invoice['id']}")["status"] == "not_sent"
    with time_machine.travel(JAN_1 + DAY):
        assert wire.read(f"/invoices/{invoice['id']}")["status"] == "past_due"
        late = wire.read("/invoices", **{"filter[status]": "past_due"}).json
        assert [row["id"] for row in late] == [invoice["id"]]
        part = {"type": "invoice", "invoice": invoice["id"], "amount": 60}
        wire.create("/payments", customer=acme, amount=60, applied_to=[part])
        assert wire.read(f"/invoices/{invoice['id']}")["status"] == "not_sent"
        assert wire.read("/invoices", **{"filter[status]": "past_due"}).json == []
        assert wire.read(f"/customers/{acme}/balance")["due_now"] == 0
    with time_machine.travel(JAN_1 + 31 * DAY):
        assert wire.read(f"/invoices/{invoice['id']}")["status"] == "past_due"
        assert wire.read(f"/customers/{acme}/balance")["due_now"] == 40


def test_a_canceled_plan_leaves_the_invoice_as_it_was(wire: Wire, acme: int) -> None:
    invoice = bill(wire, acme, "100", payment_terms="NET 30")
    plan(wire, invoice, (0, 100))
    path = f"/invoices/{invoice['id']}/payment_plan"

    assert wire.remove(path).status == 204

    shown = wire.read(f"/invoices/{invoice['id']}")
    assert (shown["payment_plan"], shown["payment_terms"]) == (None, "NET 30")
    assert shown["due_date"] == invoice["due_date"]
    assert wire.read(path).refusal == wire.remove(path).refusal == (404, None)
    assert events()[-1] == "payment_plan.deleted"
    assert plan(wire, invoice, (0, 100)).status == 200


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({}, "installments"),
        ({"installments": []}, "installments"),
        ({"installments": None}, "installments"),
        ({"installments": "two"}, "installments"),
        ({"installments": [1]}, "installments.0"),
        ({"installments": [{"amount": 100}]}, "installments.0.date"),
        ({"installments": [{"date": JAN_1}]}, "installments.0.amount"),
        ({"installments": [{"date": "tomorrow", "amount": 100}]}, "installments.0.date"),
        ({"installments": [{"date": JAN_1, "amount": "all"}]}, "installments.0.amount"),
        ({"installments": [{"date": JAN_1, "amount": 0}, {"date": JAN_1, "amount": 100}]},
         "installments.0.amount"),
        ({"installments": [{"date": JAN_1, "amount": 110}, {"date": JAN_1, "amount": -10}]},
         "installments.1.amount"),
        ({"installments": [{"date": JAN_1, "amount": 99.99}]}, "installments"),
        ({"installments": [{"date": JAN_1, "amount": 1}] * 101}, "installments"),
    ],
)  # fmt: skip
def test_a_wrong_plan_is_refused(wire: Wire, acme: int, sent: dict[str, Any], param: str) -> None:
    invoice = bill(wire, acme, "100")

    answer = wire.send("PUT", f"/invoices/{invoice['id']}/payment_plan", sent)

    assert answer.refusal == (400, param)
    assert not PaymentPlan.objects.exists()


def test_a_plan_needs_an_open_invoice_and_there_is_one_at_a_time(wire: Wire, acme: int) -> None:
    draft, voided, closed, free = (
        bill(wire, acme, amount, draft=index == 0) for index, amount in enumerate(("5", "5", "5", "0"))
    )
    wire.create(f"/invoices/{voided['id']}/void")
    wire.change(f"/invoices/{closed['id']}", closed=True)
    taken = planned(wire, acme, (0, 5), amount="5")

    refusals = [plan(wire, row, (0, 5)).refusal for row in (draft, voided, closed, free, taken)]

    assert refusals == [(400, None)] * 5
    assert plan(wire, {"id": 999}, (0, 5)).refusal == (404, None)
    assert wire.read(f"/invoices/{free['id']}/payment_plan").refusal == (404, None)


def test_the_total_may_not_change_while_there_is_a_plan(wire: Wire, acme: int) -> None:
    invoice = planned(wire, acme, (0, 100))
    path = f"/invoices/{invoice['id']}"

    assert wire.change(path, items=[{"name": "More", "unit_cost": 200}]).refusal == (400, "items")
    assert wire.change(path, items=[{"name": "The same", "unit_cost": 100}]).status == 200
    assert wire.change(path, wire.read(path).json).status == 200


def test_voiding_an_invoice_ends_its_plan(wire: Wire, acme: int) -> None:
    invoice = planned(wire, acme, (0, 100))

    assert wire.create(f"/invoices/{invoice['id']}/void").status == 200
    assert PaymentPlan.objects.get().status == "canceled"
    assert "payment_plan.deleted" in events()


@time_machine.travel(JAN_1, tick=False)
def test_autopay_charges_the_instalments_on_their_dates(wire: Wire, acme: int) -> None:
    on_autopay(wire, acme)
    invoice = planned(wire, acme, (10, 60), (40, 40))
    path = f"/invoices/{invoice['id']}"
    shown = wire.read(path)
    assert (shown["next_payment_attempt"], shown["payment_terms"]) == (JAN_1 + 10 * DAY, "AutoPay")

    first = wire.create(f"{path}/pay")

    assert (first["balance"], first["next_payment_attempt"]) == (40, JAN_1 + 40 * DAY)
    second = wire.create(f"{path}/pay")
    assert (second["status"], second["next_payment_attempt"]) == ("paid", None)


@time_machine.travel(JAN_1, tick=False)
def test_a_plan_on_autopay_waits_for_a_way_to_pay(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", autopay=True)
    invoice = planned(wire, acme, (10, 100))
    path = f"/invoices/{invoice['id']}"
    assert wire.read(f"{path}/payment_plan")["status"] == "pending_signup"
    assert wire.read(path)["next_payment_attempt"] is None

    bank = store(wire, acme, "tok_bank_unverified")
    assert wire.read(f"{path}/payment_plan")["status"] == "pending_signup"
    wire.create(f"/customers/{acme}/bank_accounts/{bank['id']}/verify", amount1=35, amount2=45)

    assert wire.read(f"{path}/payment_plan")["status"] == "active"
    assert wire.read(path)["next_payment_attempt"] == JAN_1 + 10 * DAY
    assert "payment_plan.updated" in events()


def test_a_plan_that_waits_is_not_paid_by_hand(wire: Wire, acme: int) -> None:
    card = on_autopay(wire, acme)
    wire.remove(f"/customers/{acme}/cards/{card['id']}")
    invoice = planned(wire, acme, (10, 100))
    PaymentPlan.objects.update(status="pending_signup")
    store(wire, acme, "tok_bank_unverified")

    assert wire.create(f"/invoices/{invoice['id']}/pay").refusal == (400, None)


def test_turning_autopay_off_lets_a_waiting_plan_begin(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", autopay=True)
    invoice = planned(wire, acme, (10, 100))

    wire.change(f"/customers/{acme}", autopay=False)

    assert wire.read(f"/invoices/{invoice['id']}/payment_plan")["status"] == "active"


def test_planning_needs_the_power_over_money(wire: Wire, wire_as: Any, acme: int) -> None:
    invoice = bill(wire, acme, "100")

    assert plan(wire_as("read_only"), invoice, (0, 100)).refusal == (403, None)
    assert wire_as("read_only").remove(f"/invoices/{invoice['id']}/payment_plan").refusal == (403, None)
