"""What was sent stays what it was: names, words, look and ways to pay of the day it was issued."""

import re

import pytest
from django.db import transaction
from django.test import Client

from customers.ledger.accounts import update_customer
from customers.models import Company
from statements.building import build_statement
from statements.documents import issued_parties, issued_pdf
from statements.issuing import Plan, issue_statements
from statements.looks import change_look
from statements.models import IssuedStatement
from statements.statement import Options
from tests.ledgers import Books, at, last_second, open_books
from tests.statements.printed import text_of

pytestmark = pytest.mark.django_db

SENT, LATER = at("2026-04-01"), at("2026-05-01")


@pytest.fixture
def books(db: None) -> Books:
    books = open_books("Blue Anchor", number="BA-1", country="DE", language="de")
    Company.objects.update(
        name="Harbour Supplies", email="office@harbour.example", address1="1 Quay", city="Boston",
        iban="DE89370400440532013000", bic="COBADEFFXXX", country="US",
    )  # fmt: skip
    change_look(
        values={
            "accent": "7a1f4b",
            "payment_text": "Checks to Harbour.",
            "labels": {"de": {"amount_due": "Bitte zahlen"}},
        },
        now=SENT,
    )
    books.invoice("2026-03-09", "I-1", "50", due="2026-04-08")
    return books


def issue(books: Books) -> IssuedStatement:
    options = Options(type="open_item", end=last_second("2026-03-31"))
    statement = build_statement(customer=books.customer, options=options, now=SENT)
    with transaction.atomic():
        [issued] = issue_statements(plans=[Plan(statement, books.customer)], now=SENT)
    return issued


def change_everything(books: Books) -> None:
    changes = {"name": "RENAMED SINCE", "number": "NEW-1", "language": "en", "country": "US"}
    update_customer(customer=books.customer, changes=changes, now=LATER)
    Company.objects.update(
        name="Harbour New", email="new@harbour.example", address1="2 Dock", iban="DE75512108001245126199",
        bic="SOGEDEFFXXX", time_zone="Asia/Tokyo",
    )  # fmt: skip
    change_look(
        values={"accent": "184e59", "payment_text": "NEW WORDS", "labels": {"de": {"amount_due": "NEU"}}},
        now=LATER,
    )


def page(client: Client, token: str) -> str:
    answer = client.get(f"/statements/{token}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


NEW = ("RENAMED SINCE", "NEW-1", "Harbour New", "new@harbour.example", "2 Dock", "7551", "NEW WORDS", "NEU<")


def test_the_page_of_what_was_sent_stays_as_it_was(client: Client, books: Books) -> None:
    issued = issue(books)
    before = page(client, issued.token)

    change_everything(books)

    assert page(client, issued.token) == before
    for words in (
        "Blue Anchor", "BA-1", "Harbour Supplies", "office@harbour.example", "1 Quay", "Checks to Harbour.",
        "IBAN DE89 3704", "Bitte zahlen", "/statements/accent/7a1f4b.css", 'lang="de-DE"', "31. März 2026",
    ):  # fmt: skip
        assert words in before, words
    live = page(client, books.customer.statement_token)
    assert "RENAMED SINCE" in live
    assert "NEW WORDS" in live


def test_a_file_printed_later_says_what_the_page_says(books: Books) -> None:
    issued = issue(books)
    change_everything(books)

    text = text_of(issued_pdf(IssuedStatement.objects.get(pk=issued.pk)))

    assert "Blue Anchor" in text
    assert "Bitte zahlen" in text
    assert "DE89 3704" in text
    assert [words for words in NEW if words in text] == []


def test_files_behind_a_link_name_nobody(client: Client, books: Books) -> None:
    issued = issue(books)
    change_everything(books)

    for part, way in (("csv", "attachment"), ("pdf", "inline")):
        answer = client.get(f"/statements/{issued.token}/{part}")

        assert answer["Content-Disposition"] == f'{way}; filename="statement.{part}"'


def test_what_was_issued_before_parties_were_kept_is_shown_with_todays(client: Client, books: Books) -> None:
    issued = issue(books)
    IssuedStatement.objects.update(parties={})
    change_everything(books)

    text = page(client, issued.token)

    assert "RENAMED SINCE" in text
    assert "Checks to Harbour." in text


def test_parties_come_back_as_they_were_kept_whatever_was_added_since(books: Books) -> None:
    issued, company = issue(books), Company.get()
    kept = issued_parties(issued, company=company, customer=books.customer)
    issued.parties["sender"]["fax"] = "a field of another version"

    again = issued_parties(issued, company=company, customer=books.customer)

    assert again == kept
    assert (kept.locale, kept.zone.key) == ("de_DE", "America/Chicago")
    assert kept.sender.address_lines == ("1 Quay", "Boston")
