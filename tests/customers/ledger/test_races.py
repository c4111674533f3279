"""Several hands at once: threads with connections of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from customers.errors import Refused
from customers.ledger.accounts import create_customer, update_customer
from customers.ledger.crediting import apply_credit
from customers.ledger.paying import apply_payment, void_payment
from customers.ledger.reconciling import differences
from customers.models import CreditBalance, Customer, Invoice, Payment
from tests.ledgers import at, minor, open_books

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 6


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


def test_customers_created_at_once_get_different_numbers_and_none_fails() -> None:
    def create(position: int) -> str:
        return "".join(
            create_customer(values={"name": f"Hand {position}"}, now=at("2026-03-01")).number + " "
            for _ in range(4)
        )

    answers = together(create)

    numbers = [number for answer in answers for number in answer.split()]
    assert len(set(numbers)) == HANDS * 4
    assert Customer.objects.count() == HANDS * 4


def test_credit_is_spent_only_once_whoever_comes_first() -> None:
    books = open_books()
    books.credit("2026-03-01", "50")
    invoices = [books.invoice("2026-03-02", f"I-{n}", "50") for n in range(HANDS)]

    answers = together(
        lambda n: apply_credit(
            customer=books.customer, invoice=invoices[n], amount=minor("50"), now=at("2026-03-03")
        )
    )

    assert sum(isinstance(answer, Refused) for answer in answers) == HANDS - 1
    assert CreditBalance.objects.get().amount == 0
    assert list(differences(now=at("2026-12-31"))) == []


def test_a_payment_is_applied_only_once_whoever_comes_first() -> None:
    books = open_books()
    books.invoice("2026-03-01", "I-1", "500")
    payment = books.pay("2026-03-02", "100")

    answers = together(
        lambda n: apply_payment(
            payment=Payment.objects.get(pk=payment.pk),
            applications=[books.use("I-1", "100")],
            now=at("2026-03-03"),
        )
    )

    assert sum(isinstance(answer, Refused) for answer in answers) == HANDS - 1
    payment.refresh_from_db()
    assert payment.balance == 0
    assert list(differences(now=at("2026-12-31"))) == []


def test_a_payment_taken_back_while_the_child_pays_leaves_the_books_right() -> None:
    parent, child = open_books("Harbor Group"), open_books("Harbor North")
    update_customer(
        customer=child.customer, changes={"parent_customer": parent.customer}, now=at("2026-01-02")
    )
    child.customer.refresh_from_db()
    invoice = child.invoice("2026-03-01", "C-1", "100")
    paid = parent.pay("2026-03-02", "60", on=[(invoice, "60")])

    def act(position: int) -> None:
        if position == 0:
            void_payment(payment=paid, now=at("2026-03-05"))
        else:
            child.pay("2026-03-05", "5", on=[(Invoice.objects.get(pk=invoice.pk), "5")])

    together(act)

    assert [str(difference) for difference in differences(now=at("2026-12-31"))] == []
