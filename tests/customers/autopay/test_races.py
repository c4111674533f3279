"""Several hands reach for the same invoice: one of them charges it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.autopay.charging import ChargeRequest, charge_customer, charge_invoice
from customers.autopay.collecting import charge_due_invoices
from customers.autopay.refunds import refund_charge
from customers.autopay.resolving import resolve_charge
from customers.errors import Refused
from customers.ledger.accounts import update_customer
from customers.ledger.applying import Application
from customers.ledger.locking import lock_accounts
from customers.ledger.paying import record_payment
from customers.models import Charge, ChargeRefund, Customer, Invoice, Payment
from tests.customers.autopay.wallets import DUE, check_books, on_autopay, owed, taken_at_gateway

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 6


@pytest.fixture(autouse=True)
def _books(transactional_db: None) -> Iterator[None]:
    yield
    check_books()


def together(work: Callable[[int], Any]) -> list[Any]:
    """Run `work` in several threads that start at the same moment; refusals are answers."""
    start = Barrier(HANDS)

    def one(position: int) -> Any:
        try:
            start.wait(timeout=20)
            return work(position)
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(one, range(HANDS)))


def test_several_workers_charge_each_due_invoice_once() -> None:
    customer = on_autopay()
    for amount in (10, 20, 30):
        owed(customer, amount)

    together(lambda n: charge_due_invoices(now=DUE, most=20, seconds=20))

    assert sorted(taken_at_gateway()) == [1000, 2000, 3000]
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [1000, 2000, 3000]
    assert not Invoice.objects.open().exists()


def test_autopay_the_button_and_a_charge_meet_on_one_invoice() -> None:
    customer = on_autopay()
    invoice = owed(customer)
    part = Application(type="invoice", amount=10_000, invoice=invoice)
    request = ChargeRequest(amount=10_000, currency="usd", applications=[part], token="tok_amex")

    def reach(position: int) -> Any:
        if position % 3 == 0:
            return charge_due_invoices(now=DUE, most=20, seconds=20)
        if position % 3 == 1:
            return charge_invoice(invoice=invoice, now=DUE)
        return charge_customer(customer=customer, request=request, now=DUE)

    together(reach)

    assert taken_at_gateway() == [10_000]
    assert Charge.objects.filter(status="succeeded").count() == 1


def test_a_check_and_a_charge_never_settle_an_invoice_twice() -> None:
    customer = on_autopay()
    invoice = owed(customer)
    part = Application(type="invoice", amount=10_000, invoice=invoice)

    def reach(position: int) -> Any:
        if position % 2:
            return charge_invoice(invoice=invoice, now=DUE)
        return record_payment(customer=customer, amount=10_000, applications=[part], now=DUE)

    together(reach)

    settled = Payment.objects.filter(balance=0).count()
    assert settled == 1
    assert Invoice.objects.get().balance == 0
    assert len(taken_at_gateway()) <= 1


def test_several_looks_at_one_unclear_charge_record_it_once() -> None:
    charge = charge_invoice(invoice=owed(on_autopay("tok_answer_lost")), now=DUE)

    together(lambda n: resolve_charge(charge=charge, now=DUE))

    assert Charge.objects.get().status == "succeeded"
    assert Payment.objects.count() == 1
    assert taken_at_gateway() == [10_000]


def test_refunds_at_once_never_give_back_more_than_was_charged() -> None:
    charge = charge_invoice(invoice=owed(on_autopay()), now=DUE)

    answers = together(lambda n: refund_charge(charge=charge, amount=4_000, now=DUE))

    assert sum(isinstance(answer, ChargeRefund) for answer in answers) == 2
    assert Invoice.objects.get().balance == 8_000


@pytest.fixture
def paid_by_a_younger_parent() -> Charge:
    """A child's invoice that its parent's card has paid; the parent's account is the newer one."""
    child, parent = on_autopay(name="Child"), on_autopay(name="Parent")
    invoice = owed(update_customer(customer=child, changes={"parent_customer": parent}, now=DUE))
    part = Application(type="invoice", amount=10_000, invoice=invoice)
    request = ChargeRequest(amount=10_000, currency="usd", applications=[part], token="tok_amex")
    return charge_customer(customer=parent, request=request, now=DUE)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all.")
def test_a_refund_takes_the_accounts_it_touches_in_one_round(paid_by_a_younger_parent: Charge) -> None:
    first, last = Customer.objects.order_by("pk").values_list("pk", flat=True)

    with CaptureQueriesContext(connection) as asked:
        refund_charge(charge=paid_by_a_younger_parent, amount=4_000, now=DUE)

    locks = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"]]
    assert locks
    assert [sql for sql in locks if f"IN ({first}, {last})" not in sql] == []


def test_refunds_and_whoever_holds_both_accounts_never_wait_for_each_other(
    paid_by_a_younger_parent: Charge,
) -> None:
    both = list(Customer.objects.values_list("pk", flat=True))

    def reach(position: int) -> Any:
        for _ in range(5):
            if position % 2:
                refund_charge(charge=paid_by_a_younger_parent, amount=100, now=DUE)
            else:
                with transaction.atomic():
                    lock_accounts(both)

    assert together(reach) == [None] * HANDS
    assert Invoice.objects.get().balance == 1_500
