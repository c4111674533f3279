"""What a statement says of AutoPay: of its own lines only, as known when it was made, and then for ever."""

import json
import re
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.ledger.closing import write_off_invoice
from customers.ledger.plans import Part, make_plan
from customers.models import Company, Customer, Invoice, PaymentSource
from statements.building import build_statement, build_statements
from statements.data_file import statement_data
from statements.documents import issued_pdf
from statements.facts import from_facts, to_facts
from statements.issuing import Plan, issue_statements
from statements.models import IssuedStatement
from statements.statement import AutoPay, Options, Statement
from tests.ledgers import CHICAGO, Books, at, last_second, open_books
from tests.statements.printed import text_of

pytestmark = pytest.mark.django_db

NOW = at("2026-08-01")
END = last_second("2026-07-31")
CHARGED = at("2026-08-05")


@pytest.fixture
def books(db: None) -> Books:
    """I-1 is on AutoPay and not due, I-2 is late and paid by hand."""
    books = open_books("Blue Anchor", number="BA-1")
    Company.objects.update(name="Harbour Supplies", address1="1 Quay", city="Boston")
    source = PaymentSource.objects.create(
        customer=books.customer, kind="card", last4="4242", brand="Visa", gateway="test"
    )
    Customer.objects.filter(pk=books.customer.pk).update(payment_source=source)
    books.customer.refresh_from_db()
    books.invoice("2026-07-06", "I-1", "500", due="2026-08-05")
    books.invoice("2026-06-01", "I-2", "120", due="2026-07-01")
    collect(books, "I-1")
    return books


def collect(books: Books, number: str, **columns: Any) -> None:
    values = {"autopay": True, "next_payment_attempt": CHARGED, **columns}
    Invoice.objects.filter(pk=books.invoices[number].pk).update(**values)


def made(books: Books, **words: Any) -> Statement:
    options = Options(**{"type": "open_item", "end": END, **words})
    return build_statement(customer=books.customer, options=options, now=NOW)


def issue(books: Books, **words: Any) -> IssuedStatement:
    with transaction.atomic():
        [issued] = issue_statements(plans=[Plan(made(books, **words), books.customer)], now=NOW)
    return issued


def page(client: Client, token: str, query: str = "") -> str:
    answer = client.get(f"/statements/{token}{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_says_which_lines_how_much_from_what_and_when(books: Books) -> None:
    statement = made(books)

    assert statement.autopay == AutoPay(50_000, "Visa ····4242", int(CHARGED.timestamp()), numbers=("I-1",))
    assert (statement.amount_due, statement.to_pay) == (62_000, 12_000)


def test_a_balance_forward_says_it_too(books: Books) -> None:
    books.pay("2026-07-20", "70", "CHK")

    statement = made(books, type="balance_forward", start=END - 30 * 86_400)

    assert statement.autopay is not None
    assert (statement.amount_due, statement.autopay.amount, statement.to_pay) == (55_000, 50_000, 5_000)


def test_past_due_only_does_not_speak_of_what_is_not_on_it(books: Books) -> None:
    statement = made(books, items="past_due")

    assert (statement.autopay, statement.amount_due, statement.to_pay) == (None, 12_000, 12_000)


def test_of_a_plan_only_the_late_part_counts_and_no_single_day_is_said(books: Books) -> None:
    invoice = books.invoice("2026-05-01", "I-3", "300")
    days = ("2026-07-10", "2026-09-01", "2026-10-01")
    make_plan(invoice=invoice, parts=[Part(at(day), 10_000) for day in days], now=at("2026-05-02"))
    collect(books, "I-1", autopay=False)
    collect(books, "I-3")

    late, whole = made(books, items="past_due").autopay, made(books).autopay

    assert late is not None
    assert whole is not None
    assert (late.amount, late.numbers, late.at) == (10_000, ("I-3",), None)
    assert (whole.amount, whole.at) == (30_000, None)


@pytest.mark.parametrize(
    "columns",
    [
        {"next_payment_attempt": None},
        {"autopay": False},
        {"disputed_from": at("2026-07-20")},
    ],
    ids=["given up", "not on it", "disputed"],
)
def test_what_autopay_does_not_collect_is_for_the_customer(books: Books, columns: dict[str, Any]) -> None:
    collect(books, "I-1", **columns)

    assert made(books).autopay is None


def test_a_source_that_cannot_be_charged_collects_nothing(books: Books) -> None:
    PaymentSource.objects.update(chargeable=False)

    assert made(books).autopay is None


def test_what_was_paid_or_given_up_since_the_end_is_not_charged(books: Books) -> None:
    books.pay("2026-08-01", "300", "CHK", on=[("I-1", "300")])
    partly = made(books).autopay
    write_off_invoice(invoice=Invoice.objects.get(number="I-1"), now=NOW)

    assert partly is not None
    assert partly.amount == 20_000
    assert made(books).autopay is None


def test_a_day_that_has_gone_by_is_not_promised(books: Books) -> None:
    collect(books, "I-1", next_payment_attempt=at("2026-07-31"))

    autopay = made(books).autopay

    assert autopay is not None
    assert autopay.at is None


def test_two_charges_of_one_day_are_one_day(books: Books) -> None:
    collect(books, "I-1", next_payment_attempt=at("2026-08-05", "09:00:00"))
    collect(books, "I-2", next_payment_attempt=at("2026-08-05", "23:00:00"))

    autopay = made(books).autopay

    assert autopay is not None
    assert (autopay.amount, autopay.at) == (62_000, int(at("2026-08-05", "09:00:00").timestamp()))


def test_who_does_not_make_a_document_of_today_hears_nothing_of_it(books: Books) -> None:
    options = Options(type="open_item", end=END)

    assert build_statement(customer=books.customer, options=options).autopay is None


def test_it_costs_no_query_of_its_own(books: Books) -> None:
    ids, options = [books.customer.pk], Options(type="balance_forward", start=END - 9, end=END)
    with CaptureQueriesContext(connection) as without:
        build_statements(customer_ids=ids, options=options)
    with CaptureQueriesContext(connection) as with_it:
        [[statement]] = build_statements(customer_ids=ids, options=options, now=NOW).values()

    assert statement.autopay is not None
    assert len(with_it) == len(without) <= 8


def test_the_live_page_speaks_of_it_now_and_not_of_a_past_month(client: Client, books: Books) -> None:
    token = books.customer.statement_token
    with time_machine.travel(NOW, tick=False):
        now, past = page(client, token), page(client, token, "?month=2026-07")

    assert "$500.00 will be charged to Visa ····4242 on Aug 5, 2026." in now
    assert re.search(r"Left for you to pay(<[^>]*>|\s)*\$120\.00", now)
    assert "will be charged" not in past


def test_what_was_sent_says_the_same_on_paper_and_page_after_the_charge(client: Client, books: Books) -> None:
    collect(books, "I-2")
    issued = issue(books)
    Invoice.objects.update(next_payment_attempt=None)
    books.pay("2026-08-05", "620", "CARD", on=[("I-1", "500"), ("I-2", "120")])

    shown = page(client, issued.token)
    printed = text_of(issued_pdf(IssuedStatement.objects.get(pk=issued.pk))).replace("\n", " ")

    for text in (shown, printed):
        assert "$620.00 will be charged to Visa ····4242 on Aug 5, 2026." in text
    assert "How to pay" not in shown
    assert "1 Quay" not in shown
    assert "Amount enclosed" not in printed


def test_facts_keep_it_and_older_ones_come_without(books: Books) -> None:
    statement = made(books)
    kept = json.loads(json.dumps(to_facts(statement)))

    assert from_facts(kept) == statement
    del kept["autopay"]
    old = from_facts(kept)
    assert (old.autopay, old.to_pay) == (None, 62_000)


def test_the_file_for_programs_has_it(books: Books) -> None:
    data = statement_data(statement=made(books), zone=CHICAGO)

    assert data["autopay"] == {
        "amount": 500,
        "source": "Visa ····4242",
        "at": int(CHARGED.timestamp()),
        "date": "2026-08-05",
        "invoices": ["I-1"],
    }
