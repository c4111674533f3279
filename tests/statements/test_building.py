"""Statements of many accounts at a fixed price."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.ledger.accounts import update_customer
from statements.building import build_statement, build_statements
from statements.statement import Options
from tests.ledgers import Books, at, first_second, last_second, open_books

pytestmark = pytest.mark.django_db

START, END = first_second("2026-07-01"), last_second("2026-07-31")
JULY = Options(type="balance_forward", start=START, end=END)
UNPAID = Options(type="open_item", end=END)


def busy(name: str, events: int) -> Books:
    books = open_books(name)
    for n in range(events):
        books.invoice("2026-06-10", f"{name}-a{n}", "10", due="2026-07-10")
        books.invoice("2026-07-03", f"{name}-b{n}", "20", due="2026-08-02")
        books.pay("2026-07-05", "7", on=[(f"{name}-a{n}", "7")])
    return books


def queries(ids: list[int], options: Options) -> int:
    with CaptureQueriesContext(connection) as captured:
        build_statements(customer_ids=ids, options=options)
    return len(captured)


@pytest.mark.parametrize("type_", ["open_item", "balance_forward"])
def test_the_number_of_queries_depends_neither_on_accounts_nor_on_history(type_: str) -> None:
    options = UNPAID if type_ == "open_item" else JULY
    one = [busy("Alone", 1).customer.pk]
    many = [busy(f"C{n}", 4).customer.pk for n in range(6)]

    few, more = queries(one, options), queries(many, options)

    assert few == more
    assert more <= 8


def test_an_account_with_nothing_to_tell_gets_no_statement() -> None:
    idle, active = open_books("Idle").customer, busy("Active", 1).customer

    built = build_statements(customer_ids=[idle.pk, active.pk], options=JULY)

    assert built[idle.pk] == ()
    assert [statement.currency for statement in built[active.pk]] == ["usd"]


def test_every_currency_with_something_gets_its_own_statement() -> None:
    books = busy("Trader", 1)
    euros = Books(customer=books.customer, currency="eur")
    euros.invoice("2026-05-01", "E-1", "99")

    built = build_statements(customer_ids=[books.customer.pk], options=JULY)

    assert [statement.currency for statement in built[books.customer.pk]] == ["eur", "usd"]


def test_a_single_statement_is_made_even_when_it_is_empty() -> None:
    books = open_books("Idle", currency="eur")

    statement = build_statement(customer=books.customer, options=UNPAID)

    assert (statement.currency, statement.open_lines, statement.total) == ("eur", (), 0)


def test_the_newest_open_invoice_names_the_currency_of_open_items() -> None:
    books = open_books("Trader")
    books.invoice("2026-07-01", "U-1", "100")
    euros = Books(customer=books.customer, currency="eur")
    euros.invoice("2026-07-10", "E-1", "10")
    euros.pay("2026-07-12", "10", on=[("E-1", "10")])

    july, early = (
        build_statement(customer=books.customer, options=Options(type="open_item", end=last_second(day)))
        for day in ("2026-07-31", "2026-07-11")
    )

    assert (july.currency, early.currency) == ("usd", "eur")


def test_a_period_without_invoices_is_in_the_currency_of_what_is_still_open() -> None:
    books = open_books("Trader")
    Books(customer=books.customer, currency="jpy").invoice("2026-05-10", "J-1", "1000")
    books.invoice("2026-06-10", "U-1", "10")
    books.pay("2026-06-11", "10", on=[("U-1", "10")])

    assert build_statement(customer=books.customer, options=JULY).currency == "jpy"


def test_children_name_the_currency_only_where_their_parent_has_no_invoice() -> None:
    parent, older, newer = open_books("Group"), open_books("North"), open_books("South")
    for child in (older, newer):
        update_customer(
            customer=child.customer, changes={"parent_customer": parent.customer}, now=at("2026-07-01")
        )
    Books(customer=older.customer, currency="eur").invoice("2026-07-02", "E-1", "1")
    Books(customer=newer.customer, currency="jpy").invoice("2026-07-03", "J-1", "1")

    assert build_statement(customer=parent.customer, options=JULY).currency == "jpy"
    Books(customer=parent.customer, currency="gbp").invoice("2026-07-01", "G-1", "1")
    assert build_statement(customer=parent.customer, options=JULY).currency == "gbp"


def test_a_cycle_of_parents_does_not_hang() -> None:
    first, second = open_books("First").customer, open_books("Second").customer
    type(first).objects.filter(pk=first.pk).update(parent_customer=second)
    type(first).objects.filter(pk=second.pk).update(parent_customer=first)

    statement = build_statement(customer=first, options=UNPAID)

    assert len(statement.members) == 2


def test_a_past_due_statement_names_only_what_is_late() -> None:
    books = open_books()
    books.invoice("2026-06-01", "late", "10", due="2026-07-30")
    books.invoice("2026-06-01", "today", "20", due="2026-07-31")
    at_end = Options(type="open_item", end=last_second("2026-07-31"), items="past_due")

    statement = build_statement(customer=books.customer, options=at_end)

    assert [(line.number, line.days_late) for line in statement.open_lines] == [("late", 1)]
    assert statement.amount_due == 1000


def test_nothing_is_written_while_reading() -> None:
    books = busy("Reader", 2)
    before = books.customer.updated_at

    with CaptureQueriesContext(connection) as captured:
        build_statement(customer=books.customer, options=JULY)

    assert [q["sql"] for q in captured if not q["sql"].lstrip().startswith(("SELECT", "WITH"))] == []
    books.customer.refresh_from_db()
    assert books.customer.updated_at == before
    assert at("2026-01-01") < before
