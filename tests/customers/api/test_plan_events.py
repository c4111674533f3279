"""What events tell of a plan and of the invoice that it is for, and the terms of both under AutoPay."""

from typing import Any

import pytest

from customers.models import Company, Event
from tests.customers.api.conftest import Wire, bill, events
from tests.customers.api.wallet import on_autopay, store

NOON = 1767290400  # 2026-01-01 12:00 in Chicago
HOUR, DAY = 3_600, 86_400


pytestmark = pytest.mark.usefixtures("new_year")


def planned(wire: Wire, customer: int, **fields: Any) -> Any:
    """100 in two parts: 40 in ten days, 60 in forty."""
    invoice = bill(wire, customer, **fields)
    parts = [{"date": NOON + 10 * DAY, "amount": 40}, {"date": NOON + 40 * DAY, "amount": 60}]
    assert wire.send("PUT", f"/invoices/{invoice['id']}/payment_plan", {"installments": parts}).status == 200
    return invoice


def pay(wire: Wire, invoice: Any, amount: int) -> Any:
    part = {"type": "invoice", "invoice": invoice["id"], "amount": amount}
    return wire.create("/payments", customer=invoice["customer"], amount=amount, applied_to=[part]).json


def plan_of(wire: Wire, invoice: Any) -> Any:
    return wire.read(f"/invoices/{invoice['id']}/payment_plan")


def latest(type: str) -> Any:
    return Event.objects.filter(type=type).latest("pk")


def test_making_a_plan_changes_its_invoice(wire: Wire, acme: int) -> None:
    invoice = planned(wire, acme, payment_terms="NET 30")

    assert events()[-2:] == ["invoice.updated", "payment_plan.created"]
    told, plan = latest("invoice.updated"), plan_of(wire, invoice)["id"]
    assert told.previous == {"payment_terms": "NET 30", "payment_plan": None}
    assert (told.data["object"]["payment_terms"], told.data["object"]["payment_plan"]) == (
        "Payment Plan",
        plan,
    )


def test_canceling_a_plan_changes_its_invoice(wire: Wire, acme: int) -> None:
    on_autopay(wire, acme)
    invoice = planned(wire, acme)
    plan = plan_of(wire, invoice)["id"]

    wire.remove(f"/invoices/{invoice['id']}/payment_plan")

    assert events()[-2:] == ["invoice.updated", "payment_plan.deleted"]
    assert latest("invoice.updated").previous == {
        "payment_plan": plan,
        "next_payment_attempt": NOON + 10 * DAY,
    }


def test_a_plan_that_begins_changes_its_invoice(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", autopay=True)
    planned(wire, acme)

    store(wire, acme)

    assert events()[-2:] == ["payment_plan.updated", "invoice.updated"]
    assert latest("payment_plan.updated").previous == {"status": "pending_signup"}
    assert latest("invoice.updated").previous == {"next_payment_attempt": None}


def test_payments_change_the_plan_until_it_is_finished_and_when_it_is_no_more(wire: Wire, acme: int) -> None:
    invoice = planned(wire, acme)

    pay(wire, invoice, 40)
    assert events()[-3:-1] == ["invoice.updated", "payment_plan.updated"]
    told = latest("payment_plan.updated")
    assert list(told.previous) == ["installments"]
    assert [part["balance"] for part in told.previous["installments"]] == [40, 60]
    assert [part["balance"] for part in told.data["object"]["installments"]] == [0, 60]

    last = pay(wire, invoice, 60)
    finished = latest("payment_plan.updated")
    assert (finished.previous["status"], finished.data["object"]["status"]) == ("active", "finished")

    wire.remove(f"/payments/{last['id']}")
    again = latest("payment_plan.updated")
    assert (again.previous["status"], again.data["object"]["status"]) == ("finished", "active")


def test_giving_an_invoice_up_and_reopening_it_changes_its_plan(wire: Wire, acme: int) -> None:
    invoice = planned(wire, acme)

    wire.change(f"/invoices/{invoice['id']}", closed=True)
    assert latest("payment_plan.updated").data["object"]["status"] == "finished"
    wire.change(f"/invoices/{invoice['id']}", closed=False)

    assert latest("payment_plan.updated").data["object"]["status"] == "active"
    assert events().count("payment_plan.updated") == 2


def test_a_waiting_plan_begins_when_its_invoice_goes_off_autopay(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", autopay=True)
    invoice = planned(wire, acme)

    changed = wire.change(f"/invoices/{invoice['id']}", autopay=False)

    assert plan_of(wire, invoice)["status"] == "active"
    assert changed["payment_terms"] == "Payment Plan"
    assert latest("payment_plan.updated").previous == {"status": "pending_signup"}


def test_a_plan_waits_when_its_invoice_goes_on_autopay_without_a_source(wire: Wire, acme: int) -> None:
    invoice = planned(wire, acme)

    changed = wire.change(f"/invoices/{invoice['id']}", autopay=True)

    assert plan_of(wire, invoice)["status"] == "pending_signup"
    assert (changed["payment_terms"], changed["next_payment_attempt"]) == ("AutoPay", None)
    store(wire, acme)
    assert wire.read(f"/invoices/{invoice['id']}")["next_payment_attempt"] == NOON + 10 * DAY


def test_terms_and_due_date_come_back_after_autopay_and_plan(wire: Wire, acme: int) -> None:
    on_autopay(wire, acme)
    invoice = planned(wire, acme, autopay=False, payment_terms="NET 30")
    path = f"/invoices/{invoice['id']}"

    wire.change(path, autopay=True)
    manual = wire.change(path, autopay=False)
    wire.remove(f"{path}/payment_plan")

    assert (manual["payment_terms"], manual["due_date"]) == ("Payment Plan", invoice["due_date"])
    after = wire.read(path)
    assert (after["payment_terms"], after["due_date"]) == ("NET 30", invoice["due_date"])


def test_an_invoice_made_on_autopay_gets_the_usual_terms_after_it(wire: Wire, acme: int) -> None:
    Company.objects.update(payment_terms="NET 14")
    on_autopay(wire, acme)
    invoice = planned(wire, acme)
    path = f"/invoices/{invoice['id']}"

    manual = wire.change(path, autopay=False)
    wire.remove(f"{path}/payment_plan")

    assert (manual["payment_terms"], manual["due_date"]) == ("Payment Plan", NOON + 14 * DAY)
    after = wire.read(path)
    assert (after["payment_terms"], after["due_date"]) == ("NET 14", NOON + 14 * DAY)


def test_a_customer_off_autopay_keeps_its_plans(wire: Wire, acme: int) -> None:
    on_autopay(wire, acme)
    invoice = planned(wire, acme)

    wire.change(f"/customers/{acme}", autopay=False)

    shown = wire.read(f"/invoices/{invoice['id']}")
    assert (shown["payment_terms"], shown["next_payment_attempt"]) == ("Payment Plan", None)
    wire.remove(f"/invoices/{invoice['id']}/payment_plan")
    assert wire.read(f"/invoices/{invoice['id']}")["payment_terms"] is None


def test_terms_sent_under_a_plan_change_neither_label_nor_due_date(wire: Wire, acme: int) -> None:
    invoice = planned(wire, acme, payment_terms="NET 30")
    path = f"/invoices/{invoice['id']}"

    changed = wire.change(path, payment_terms="NET 60")
    moved = wire.change(path, due_date=NOON + 50 * DAY)

    assert (changed["payment_terms"], changed["due_date"]) == ("Payment Plan", invoice["due_date"])
    assert (moved["payment_terms"], moved["due_date"]) == ("Payment Plan", NOON + 50 * DAY)
    wire.remove(f"{path}/payment_plan")
    after = wire.read(path)
    assert (after["payment_terms"], after["due_date"]) == ("NET 30", NOON + 50 * DAY)
