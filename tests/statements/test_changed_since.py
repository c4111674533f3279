"""A past that is no longer what our last statement said is named on the next one."""

import pytest
from django.db import transaction

from customers.ledger.issuing import void_invoice
from statements.admin.facts import show_statement
from statements.building import build_statement
from statements.issuing import Plan, cancel_statements, issue_statements
from statements.models import IssuedStatement
from statements.statement import Options, Statement
from tests.ledgers import CHICAGO, Books, at, first_second, last_second, open_books

pytestmark = pytest.mark.django_db

JULY = Options(
    type="balance_forward", start=first_second("2026-07-01"), end=last_second("2026-07-31"), currency="usd"
)
AUGUST = Options(
    type="balance_forward", start=first_second("2026-08-01"), end=last_second("2026-08-31"), currency="usd"
)
SENT = at("2026-08-03")


@pytest.fixture
def books() -> Books:
    books = open_books()
    books.invoice("2026-07-06", "I-1", "500")
    books.invoice("2026-07-09", "I-2", "50")
    return books


def august(books: Books) -> Statement:
    return build_statement(customer=books.customer, options=AUGUST)


def issue(books: Books, options: Options) -> IssuedStatement:
    statement = build_statement(customer=books.customer, options=options)
    with transaction.atomic():
        [issued] = issue_statements(plans=[Plan(statement, books.customer)], now=SENT)
    return issued


def test_an_invoice_voided_behind_the_last_statement_is_named_as_a_difference(books: Books) -> None:
    issue(books, JULY)
    void_invoice(invoice=books.invoices["I-2"], now=at("2026-08-10"))

    statement = august(books)

    assert statement.opening == 50000
    assert statement.changed_since == (last_second("2026-07-31"), -5000)
    shown = show_statement(statement, CHICAGO)
    assert shown["changed"] == "Changed since our statement of Jul 31, 2026: -$50.00"


def test_an_untouched_past_needs_no_remark(books: Books) -> None:
    issue(books, JULY)
    books.pay("2026-08-05", "50", on=[("I-2", "50")])

    assert august(books).changed_since is None


def test_only_the_statement_that_ended_right_before_counts(books: Books) -> None:
    issue(books, Options(type="open_item", end=last_second("2026-07-31"), currency="usd"))
    issue(books, Options(type="balance_forward", start=JULY.start, end=last_second("2026-07-30")))
    cancel_statements(statement_ids=[issue(books, JULY).pk], now=SENT)
    void_invoice(invoice=books.invoices["I-2"], now=at("2026-08-10"))

    assert august(books).changed_since is None


def test_the_last_of_several_statements_of_a_period_is_what_the_customer_has(books: Books) -> None:
    issue(books, JULY)
    void_invoice(invoice=books.invoices["I-2"], now=at("2026-08-04"))
    issue(books, JULY)

    assert august(books).changed_since is None


def test_a_statement_without_children_is_no_measure_for_one_with_them(books: Books) -> None:
    child = open_books("Harbor North", parent_customer=books.customer)
    child.invoice("2026-07-07", "C-1", "70")
    alone = Options(
        type="balance_forward", start=JULY.start, end=JULY.end, currency="usd", include_children=False
    )
    issue(books, alone)

    assert august(books).changed_since is None
