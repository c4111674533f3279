"""The stored balances say what counting forward from the dated rows says, on random ledgers."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from customers.ledger.balances import balance_of, present_balance
from customers.ledger.credit_now import holds_credit
from customers.ledger.open_items import OpenItem, open_items
from customers.ledger.standing import standing_of
from customers.models import Customer, Instalment, PaymentPlan
from tests.ledgers import CHICAGO, at, open_books
from tests.random_ledgers import LAST, cuts, ledgers, played, relaxed

pytestmark = pytest.mark.django_db


@relaxed
@given(ledgers)
def test_what_stands_is_what_counting_forward_gives(events: list[Any]) -> None:
    with played(events) as ledger:
        for books in (ledger.parent, ledger.child):
            at_the_end, pk = int((LAST + timedelta(days=400)).timestamp()), books.customer.pk
            forward = open_items(at=at_the_end, zone=CHICAGO, customer_ids=[pk])
            standing = standing_of(customer_id=pk, at=at_the_end)

            assert standing is not None
            assert sorted(standing.items, key=in_order) == sorted(forward, key=in_order)


def in_order(item: OpenItem) -> tuple[str, int]:
    return item.kind, item.id


@relaxed
@given(ledgers, cuts)
def test_the_balance_now_is_the_balance_as_of_now(events: list[Any], moments: list[Any]) -> None:
    with played(events) as ledger:
        for books in (ledger.parent, ledger.child):
            customer = Customer.objects.get(pk=books.customer.pk)
            for moment in (moments[0], LAST + timedelta(days=400)):
                for currency in (None, "eur"):
                    now = present_balance(customer_id=customer.pk, now=moment, currency=currency)

                    assert now == balance_of(customer=customer, now=moment, currency=currency)


@relaxed
@given(ledgers, cuts)
def test_who_holds_credit_is_who_has_some_in_the_balance(events: list[Any], moments: list[Any]) -> None:
    with played(events) as ledger:
        for moment in (*moments, LAST + timedelta(days=400)):
            holders = set(Customer.objects.filter(holds_credit(now=moment)).values_list("pk", flat=True))
            for customer in Customer.objects.filter(
                pk__in=[ledger.parent.customer.pk, ledger.child.customer.pk]
            ):
                held = [
                    balance_of(customer=customer, now=moment, currency=currency).available_credits
                    for currency in ("usd", "eur")
                ]
                assert (customer.pk in holders) == any(held)


def test_a_payment_plan_and_an_invoice_dated_ahead_are_seen_alike(db: None) -> None:
    books = open_books("Harbor Group")
    planned = books.invoice("2026-03-01", "I-1", "300")
    books.invoice("2026-06-01", "I-2", "50")
    plan = PaymentPlan.objects.create(invoice=planned, agreed_at=at("2026-03-02"), status="active")
    for month in (4, 5, 6):
        Instalment.objects.create(plan=plan, date=at(f"2026-0{month}-01"), amount=10_000)

    def outstanding(day: str) -> tuple[int, int, bool]:
        balance = present_balance(customer_id=books.customer.pk, now=at(day))
        assert balance is not None
        assert balance == balance_of(customer=books.customer, now=at(day))
        return balance.total_outstanding, balance.due_now, balance.past_due

    assert outstanding("2026-03-15") == (30_000, 0, False)
    assert outstanding("2026-05-15") == (30_000, 20_000, True)
    assert outstanding("2026-06-15") == (35_000, 35_000, True)


def test_an_account_that_is_not_there_has_no_balance(db: None) -> None:
    assert present_balance(customer_id=404, now=at("2026-03-01")) is None
