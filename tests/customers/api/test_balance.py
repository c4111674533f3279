"""The balance of one customer, now and as of a moment."""

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from customers.ledger.closing import write_off_invoice
from customers.models import Company, GatewayAccount, Invoice
from tests.customers.api.conftest import Wire, bill

DAY = 86_400
JAN_1 = 1767290400  # 2026-01-01 12:00 in Chicago


@pytest.fixture(autouse=True)
def _by_hand(db: None) -> None:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False, "time_zone": "America/Chicago"})


def balance(wire: Wire, customer: int, **query: Any) -> Any:
    answer = wire.read(f"/customers/{customer}/balance", **query)
    assert answer.status == 200, answer.text
    return answer.json


def test_an_untouched_customer_owes_nothing(wire: Wire, acme: int) -> None:
    assert balance(wire, acme) == {
        "currency": "usd", "total_outstanding": 0, "due_now": 0, "past_due": False, "open_credit_notes": 0,
        "available_credits": 0, "history": [],
    }  # fmt: skip


def test_the_sample_of_the_contract(wire: Wire, acme: int) -> None:
    """An AutoPay customer: 470 outstanding, nothing due yet, 50 of credit granted once."""
    GatewayAccount.objects.create(name="Test", gateway="test")
    wire.change(f"/customers/{acme}", autopay=True)
    bill(wire, acme, "470")
    wire.create("/credit_balance_adjustments", customer=acme, amount=50, date=1464041624)

    assert balance(wire, acme) == {
        "currency": "usd", "total_outstanding": 470, "due_now": 0, "past_due": False, "open_credit_notes": 0,
        "available_credits": 50, "history": [{"timestamp": 1464041624, "currency": "usd", "balance": 50}],
    }  # fmt: skip


def test_a_manual_invoice_counts_as_due_from_the_day_it_is_issued(wire: Wire, acme: int) -> None:
    with time_machine.travel(JAN_1):
        bill(wire, acme, "100", payment_terms="NET 30")

        assert balance(wire, acme)["due_now"] == 100
        assert balance(wire, acme)["past_due"] is False


def test_credit_notes_and_credits_stand_beside_what_is_outstanding(wire: Wire, acme: int) -> None:
    bill(wire, acme, "100")
    bill(wire, acme, "7", draft=True)
    bill(wire, acme, "9", date=4_000_000_000)
    wire.create("/credit_notes", customer=acme, items=[{"name": "Back", "unit_cost": 30}])
    wire.create("/credit_balance_adjustments", customer=acme, amount=20)

    now = balance(wire, acme)

    assert (now["total_outstanding"], now["open_credit_notes"], now["available_credits"]) == (100, 30, 20)


def test_any_second_of_the_past_can_be_asked_for(wire: Wire, acme: int) -> None:
    with time_machine.travel(JAN_1):
        first = bill(wire, acme, "100", payment_terms="NET 10")
    with time_machine.travel(JAN_1 + 5 * DAY):
        wire.create("/credit_balance_adjustments", customer=acme, amount=15)
    with time_machine.travel(JAN_1 + 20 * DAY):
        part = [{"type": "invoice", "invoice": first["id"], "amount": 60}]
        wire.create("/payments", customer=acme, amount=60, applied_to=part)

    def seen(day: int, offset: int = 0) -> tuple[Any, ...]:
        then = balance(wire, acme, as_of=JAN_1 + day * DAY + offset)
        return then["total_outstanding"], then["past_due"], then["available_credits"], len(then["history"])

    assert seen(0, -1) == (0, False, 0, 0)
    assert seen(0) == (100, False, 0, 0)
    assert seen(5) == (100, False, 15, 1)
    assert seen(10) == (100, False, 15, 1)
    assert seen(11) == (100, True, 15, 1)
    assert seen(20, -1) == (100, True, 15, 1)
    assert seen(20) == (40, True, 15, 1)


def test_history_is_newest_first_and_has_one_point_for_each_change(wire: Wire, acme: int) -> None:
    for day, amount in enumerate((50, -20, 5)):
        wire.create("/credit_balance_adjustments", customer=acme, amount=amount, date=JAN_1 + day * DAY)

    history = balance(wire, acme)["history"]

    assert [point["balance"] for point in history] == [35, 30, 50]
    assert [point["timestamp"] for point in history] == [JAN_1 + 2 * DAY, JAN_1 + DAY, JAN_1]


def test_the_currency_asked_for_comes_before_the_customers_the_newest_invoices_and_the_companys(
    wire: Wire, acme: int
) -> None:
    assert balance(wire, acme)["currency"] == "usd"
    bill(wire, acme, "5", currency="jpy")
    assert balance(wire, acme)["currency"] == "jpy"
    wire.change(f"/customers/{acme}", currency="EUR")
    assert balance(wire, acme)["currency"] == "eur"
    assert balance(wire, acme)["total_outstanding"] == 0
    assert balance(wire, acme, currency="JPY")["total_outstanding"] == 5


@pytest.mark.parametrize(
    ("query", "param"),
    [({"currency": "zzy"}, "currency"), ({"as_of": "2026-01-01"}, "as_of"), ({"as_of": "-5"}, "as_of"),
     ({"as_of": "1767290400000"}, "as_of"), ({"currency[]": "usd"}, "currency")],
)  # fmt: skip
def test_wrong_questions_are_refused(wire: Wire, acme: int, query: dict[str, str], param: str) -> None:
    assert wire.read(f"/customers/{acme}/balance", **query).refusal == (400, param)


def test_children_are_not_part_of_a_parents_balance(wire: Wire, acme: int) -> None:
    child = wire.create("/customers", name="Child", parent_customer=acme)["id"]
    bill(wire, child, "80")

    assert balance(wire, acme)["total_outstanding"] == 0
    assert balance(wire, child)["total_outstanding"] == 80


def test_a_customer_is_past_due_as_any_invoice_of_theirs_shows_it(wire: Wire, acme: int) -> None:
    with time_machine.travel(JAN_1, tick=False):
        invoice = bill(wire, acme, currency="eur", due_date=JAN_1 + DAY)["id"]
        wire.change(f"/invoices/{invoice}", closed=True)
        assert balance(wire, acme)["past_due"] is False
    with time_machine.travel(JAN_1 + 2 * DAY, tick=False):
        assert wire.read(f"/invoices/{invoice}")["status"] == "past_due"
        late = balance(wire, acme)
        assert (late["past_due"], late["total_outstanding"]) == (True, 0)
        assert balance(wire, acme, as_of=JAN_1 + 2 * DAY)["past_due"] is True
        assert balance(wire, acme, as_of=JAN_1 + DAY)["past_due"] is False
        wire.change(f"/invoices/{invoice}", closed=False)
    with time_machine.travel(JAN_1 + 3 * DAY, tick=False):
        write_off_invoice(invoice=Invoice.objects.get(pk=invoice), now=timezone.now())
        assert wire.read(f"/invoices/{invoice}")["status"] == "bad_debt"
        assert balance(wire, acme)["past_due"] is False
