"""Links of statements at the desk: who opened them, and how staff draw new ones."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Event
from statements.building import build_statement
from statements.issuing import Plan, issue_statements
from statements.models import IssuedStatement, StatementView
from statements.statement import Options
from tests.desk import at_desk, page_text, staff
from tests.ledgers import Books, last_second, open_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(db: None) -> Books:
    books = open_books("Blue Anchor", number="BA-1")
    books.invoice("2026-01-06", "I-1", "500")
    return books


@pytest.fixture
def issued(books: Books) -> IssuedStatement:
    options = Options(type="open_item", end=last_second("2026-01-31"))
    statement = build_statement(customer=books.customer, options=options)
    with transaction.atomic():
        [row] = issue_statements(plans=[Plan(statement, books.customer)], now=timezone.now())
    return row


def seen(
    customer: Customer, issued: IssuedStatement | None, *, is_bot: bool = False, minutes: int = 5
) -> None:
    StatementView.objects.create(
        customer=customer, issued=issued, part="page", channel="email", address="203.0.113.9",
        user_agent="Firefox", is_bot=is_bot, at=timezone.now() - timedelta(minutes=minutes),
    )  # fmt: skip


def test_the_statements_page_shows_who_opened_it(books: Books, issued: IssuedStatement) -> None:
    seen(books.customer, issued)
    seen(books.customer, issued, is_bot=True, minutes=9)

    text = page_text(at_desk().get(reverse("admin:statements_issuedstatement_change", args=[issued.pk])))

    assert "Reader" in text
    assert "Program" in text
    assert "203.0.113.9" in text
    assert ", once" in text
    assert f"/statements/{issued.token}" in text


def test_the_customers_tab_tells_what_was_read(books: Books, issued: IssuedStatement) -> None:
    where = reverse("admin:customers_customer_change", args=[books.customer.pk]) + "?tab=statements"
    seen(books.customer, issued, is_bot=True)
    desk = at_desk()
    assert "Not read" in page_text(desk.get(where))

    seen(books.customer, issued)
    seen(books.customer, None)

    text = page_text(desk.get(where))
    assert "Not read" not in text
    assert f"/statements/{books.customer.statement_token}" in text
    assert text.count("203.0.113.9") == 1  # the log of the customer's own link alone


def test_a_new_link_for_a_customer_ends_the_old_one(books: Books) -> None:
    old = books.customer.statement_token

    answer = at_desk().post(
        reverse("admin:statements_issuedstatement_customer_link", args=[books.customer.pk]), {"once": "x"}
    )

    assert answer.status_code == 302
    books.customer.refresh_from_db()
    assert books.customer.statement_token != old
    event = Event.objects.filter(type="customer.updated").latest("pk")
    assert event.user is not None


def test_pressing_twice_draws_one_link(books: Books, issued: IssuedStatement) -> None:
    desk, where = at_desk(), reverse("admin:statements_issuedstatement_renew", args=[issued.pk])

    for _ in range(2):
        desk.post(where, {"once": "same"})

    assert Event.objects.filter(type="issued_statement.link_renewed").count() == 1


def test_looking_at_the_address_changes_nothing(books: Books, issued: IssuedStatement) -> None:
    desk, old = at_desk(), issued.token

    desk.get(reverse("admin:statements_issuedstatement_renew", args=[issued.pk]))
    desk.get(reverse("admin:statements_issuedstatement_customer_link", args=[books.customer.pk]))

    issued.refresh_from_db()
    assert issued.token == old
    assert not Event.objects.filter(type="issued_statement.link_renewed").exists()


def test_who_may_only_read_sees_no_link_and_draws_none(books: Books, issued: IssuedStatement) -> None:
    desk = at_desk(staff("Ro", role="read_only"))
    shown = page_text(desk.get(reverse("admin:statements_issuedstatement_change", args=[issued.pk])))

    assert issued.token not in shown
    assert desk.post(reverse("admin:statements_issuedstatement_renew", args=[issued.pk])).status_code == 403
    where = reverse("admin:statements_issuedstatement_customer_link", args=[books.customer.pk])
    assert desk.post(where).status_code == 403


def test_others_customers_do_not_exist_for_an_account_manager(books: Books, issued: IssuedStatement) -> None:
    desk = at_desk(staff("Max", role="account_manager"))

    assert desk.post(reverse("admin:statements_issuedstatement_renew", args=[issued.pk])).status_code == 404
    where = reverse("admin:statements_issuedstatement_customer_link", args=[books.customer.pk])
    assert desk.post(where).status_code == 404
