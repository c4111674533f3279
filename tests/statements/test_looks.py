"""Looks are versions: what was issued keeps its own, and the fingerprint tells them apart."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from customers.ledger.accounts import update_customer
from customers.models import Company, Customer, Invoice, PaymentSource
from statements.building import build_statement
from statements.document_files import document_pdf
from statements.documents import issued_pdf, statement_pdf
from statements.issuing import Plan, issue_statements, render_now
from statements.looks import change_look, look_of
from statements.models import IssuedStatement, StatementTemplate
from statements.statement import Options
from tests.ledgers import Books, at, last_second, open_books
from tests.statements.printed import text_of

pytestmark = pytest.mark.django_db

OPTIONS = Options(type="open_item", end=last_second("2026-01-31"))


@pytest.fixture
def books(db: None) -> Books:
    books = open_books("Blue Anchor", number="BA-1")
    Company.objects.update(name="Harbour Supplies", address1="1 Quay", city="Boston")
    books.invoice("2026-01-06", "I-1", "500", due="2026-02-05")
    return books


def issue(customer: Customer, *, by_post: bool = False) -> IssuedStatement:
    statement = build_statement(customer=customer, options=OPTIONS, now=at("2026-02-01"))
    with transaction.atomic():
        [row] = issue_statements(plans=[Plan(statement, customer, by_post)], now=at("2026-02-01"))
    return row


def test_what_was_planned_is_printed_with_the_look_of_that_moment(books: Books) -> None:
    change_look(values={"footer": "The old footer"}, now=at("2026-01-31"))
    issued = issue(books.customer)
    change_look(values={"footer": "The new footer"}, now=at("2026-02-01"))

    assert render_now(issued, now=timezone.now())

    with issued.file.open() as file:
        text = text_of(file.read())
    assert "The old footer" in text
    assert "The new footer" not in text


def test_addresses_are_left_to_the_print_house_on_letters_alone(books: Books) -> None:
    address = {"address1": "7 Pier Road", "city": "Boston"}
    Customer.objects.filter(pk=books.customer.pk).update(**address)
    books.customer.refresh_from_db()
    assert "7 Pier Road" in text_of(issued_pdf(issue(books.customer, by_post=True)))
    change_look(values={"blank_address": True}, now=at("2026-01-31"))

    letter = text_of(issued_pdf(issue(books.customer, by_post=True)))
    mail = text_of(issued_pdf(issue(books.customer)))

    assert "7 Pier Road" not in letter
    assert "Harbour Supplies" in letter
    assert "7 Pier Road" in mail
    invoice = Invoice.objects.get()
    assert "7 Pier Road" not in text_of(document_pdf(invoice, now=at("2026-02-01"), by_post=True))
    assert "7 Pier Road" in text_of(document_pdf(invoice, now=at("2026-02-01")))


def test_every_choice_changes_the_fingerprint(books: Books) -> None:
    versions = {issue(books.customer).template_version}
    for values in ({"accent": "7a1f4b"}, {"show_slip": False}, {"labels": {"en": {"statement": "Account"}}}):
        change_look(values=values, now=at("2026-02-01"))
        versions.add(issue(books.customer).template_version)

    assert len(versions) == 4
    assert len({version.split("-")[0] for version in versions}) == 1


def test_two_looks_alike_share_a_fingerprint(books: Books) -> None:
    first = issue(books.customer).template_version
    change_look(values={"accent": "7a1f4b"}, now=at("2026-02-01"))
    change_look(values={"accent": "1d4e89"}, now=at("2026-02-01"))

    assert issue(books.customer).template_version == first


def test_the_window_follows_the_country_unless_it_is_chosen(books: Books) -> None:
    company, template = Company.get(), StatementTemplate()
    company.country = "CH"
    assert look_of(template, company=company, locale="de_CH").window == "right"
    company.country = "DE"
    assert look_of(template, company=company, locale="de_DE").window == "left"
    template.window = "right"
    assert look_of(template, company=company, locale="de_DE").window == "right"


def test_own_words_serve_their_language_alone(books: Books) -> None:
    template = StatementTemplate(labels={"de": {"statement": "Übersicht", "unknown": "x"}})

    assert look_of(template, company=Company.get(), locale="de_CH").labels == (("statement", "Übersicht"),)
    assert look_of(template, company=Company.get(), locale="en_US").labels == ()


def test_without_payments_online_the_link_says_what_it_opens(books: Books) -> None:
    statement = build_statement(customer=books.customer, options=OPTIONS)
    link = "https://pay.example/statements/x"

    text = text_of(statement_pdf(statement=statement, customer=books.customer, now=timezone.now(), link=link))

    assert "View online" in text
    assert "Pay online" not in text


def test_a_person_has_no_line_for_attention(books: Books) -> None:
    update_customer(customer=books.customer, changes={"attention_to": "Jane Doe"}, now=at("2026-01-20"))
    assert "Attn: Jane Doe" in text_of(issued_pdf(issue(_again(books))))
    update_customer(customer=books.customer, changes={"type": "person"}, now=at("2026-01-21"))

    assert "Attn" not in text_of(issued_pdf(issue(_again(books))))


def test_autopay_says_what_will_be_charged_and_needs_no_slip(books: Books) -> None:
    _collect(books, at="2026-02-05")

    text = text_of(issued_pdf(issue(_again(books))))

    assert "$500.00 will be charged to Visa ····4242 on Feb 5, 2026." in text.replace("\n", " ")
    assert "Amount enclosed" not in text
    assert "View online" not in text


def test_autopay_that_was_given_up_leaves_paying_to_the_customer(books: Books) -> None:
    _collect(books, at=None)

    text = text_of(issued_pdf(issue(_again(books))))

    assert "will be charged" not in text
    assert "Amount enclosed" in text


def _again(books: Books) -> Customer:
    return Customer.objects.get(pk=books.customer.pk)


def _collect(books: Books, *, at: str | None) -> None:
    from tests.ledgers import at as moment

    source = PaymentSource.objects.create(
        customer=books.customer, kind="card", last4="4242", brand="Visa", gateway="test"
    )
    Customer.objects.filter(pk=books.customer.pk).update(payment_source=source)
    values: dict[str, Any] = {"autopay": True, "next_payment_attempt": moment(at) if at else None}
    type(books.invoices["I-1"]).objects.filter(pk=books.invoices["I-1"].pk).update(**values)
