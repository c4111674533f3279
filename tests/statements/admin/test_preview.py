"""The preview of a statement, and what was issued."""

import pytest
from django.urls import reverse

from statements.building import build_statement
from statements.issuing import Plan, issue_statements
from statements.options import day_options
from tests.desk import at_desk, page_text, staff
from tests.ledgers import CHICAGO, Books, at, open_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(db: None) -> Books:
    ledger = open_books("Blue Anchor", number="BA-1")
    ledger.invoice("2026-01-02", "INV-1", "100.00", due="2026-02-01")
    ledger.invoice("2026-03-02", "INV-2", "50.00", due="2026-04-01")
    ledger.pay("2026-03-10", "40.00", "CHK 1", on=[("INV-1", "40.00")])
    return ledger


def preview(books: Books, **words: str):
    return at_desk().get(reverse("admin:statements_issuedstatement_preview", args=[books.customer.pk]), words)


def test_shows_open_items_as_of_the_chosen_day(books: Books) -> None:
    shown = preview(books, type="open_item", end="2026-02-28").context["statement"]

    assert [(line["number"], line["balance"]) for line in shown["lines"]] == [("INV-1", "$100.00")]
    assert shown["headline"] == "$100.00"


def test_shows_a_period_with_opening_and_closing_balance(books: Books) -> None:
    shown = preview(books, type="balance_forward", start="2026-03-01", end="2026-03-31").context["statement"]

    assert shown["sums"][0] == ("Opening balance", "$100.00")
    assert shown["sums"][-1] == ("Closing balance", "$110.00")


def test_a_period_that_ends_before_it_starts_is_refused_beside_it(books: Books) -> None:
    answer = preview(books, type="balance_forward", start="2026-04-01", end="2026-03-31")

    assert answer.status_code == 422
    assert answer.context["form"]["start"].errors == ["The period ends before it starts."]


def test_the_pdf_is_a_preview_and_issues_nothing(books: Books) -> None:
    where = reverse("admin:statements_issuedstatement_preview_pdf", args=[books.customer.pk])

    answer = at_desk().get(where, {"type": "open_item", "end": "2026-02-28"})

    assert answer.content.startswith(b"%PDF-")
    assert "private, no-store" in answer.headers["Cache-Control"]
    assert not books.customer.issued_statements.exists()


def test_an_issued_statement_shows_the_facts_of_its_day(books: Books) -> None:
    options = day_options(type="open_item", zone=CHICAGO, end_day=at("2026-02-28").date())
    statement = build_statement(customer=books.customer, options=options)
    [issued] = issue_statements(plans=[Plan(statement, books.customer)], now=at("2026-03-01"))
    books.pay("2026-03-12", "60.00", "CHK 2", on=[("INV-1", "60.00")])

    shown = at_desk().get(reverse("admin:statements_issuedstatement_change", args=[issued.pk]))

    assert shown.context["statement"]["headline"] == "$100.00"
    assert issued.label in page_text(shown)


def test_account_managers_do_not_see_statements_of_others(books: Books) -> None:
    options = day_options(type="open_item", zone=CHICAGO, end_day=at("2026-02-28").date())
    statement = build_statement(customer=books.customer, options=options)
    [issued] = issue_statements(plans=[Plan(statement, books.customer)], now=at("2026-03-01"))
    desk = at_desk(staff("Max", role="account_manager"))

    for name in ("change", "pdf"):
        where = reverse(f"admin:statements_issuedstatement_{name}", args=[issued.pk])
        assert desk.get(where).status_code == 404
