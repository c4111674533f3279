"""The example of docs/ledger.md, in figures."""

import pytest

from customers.ledger.balances import receivables
from customers.ledger.entries import entries_between, sums_before
from customers.ledger.open_items import held
from customers.ledger.paying import apply_payment
from tests.ledgers import CHICAGO, Books, at, first_second, last_second, open_books


@pytest.fixture
def books(db: None) -> Books:
    books = open_books()
    books.invoice("2026-06-20", "A", "500.00", due="2026-07-20")
    books.invoice("2026-07-06", "B", "340.00", due="2026-08-05")
    books.credit_note("2026-07-09", "N", "40.00", on="B")
    payment = books.pay("2026-07-22", "600.00", on=[("A", "500.00")])
    apply_payment(payment=payment, applications=[books.use("B", "100.00")], now=at("2026-08-04"))
    return books


def test_the_movements_of_july_add_up_to_its_closing_balance(books: Books) -> None:
    ids = [books.customer.pk]
    start, end = first_second("2026-07-01"), last_second("2026-07-31")

    opening = sums_before(customer_ids=ids, moment=start)[books.customer.pk, "usd"][0]
    lines = entries_between(customer_ids=ids, start=start, end=end)

    assert opening == 500_00
    assert [(line.type, line.amount) for line in lines] == [
        ("invoice", 340_00),
        ("credit_note", -40_00),
        ("payment", -600_00),
    ]
    assert opening + sum(line.amount for line in lines) == 200_00


@pytest.mark.parametrize(
    ("day", "open_amount", "unapplied"), [("2026-07-31", 300_00, 100_00), ("2026-08-04", 200_00, 0)]
)
def test_open_items_less_unapplied_payments_are_the_balance(
    books: Books, day: str, open_amount: int, unapplied: int
) -> None:
    second = last_second(day)
    row = receivables(at=second, zone=CHICAGO, customer_ids=[books.customer.pk])[0]
    beside = held(at=second, customer_ids=[books.customer.pk]).get((books.customer.pk, "usd"))

    assert (row.open_amount, row.past_due_amount) == (open_amount, 0)
    assert (beside.unapplied if beside else 0) == unapplied
    assert open_amount - unapplied == 200_00
