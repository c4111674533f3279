"""The statement as a page: the same lines and figures as on paper, for every kind of account."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.ledger.accounts import update_customer
from customers.models import Company, Customer
from statements import online, online_payment
from statements.building import build_statement
from statements.issuing import Plan, issue_statements
from statements.looks import change_look
from statements.options import lenient_options
from tests.ledgers import CHICAGO, Books, at, open_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(db: None) -> Books:
    books = open_books("Blue Anchor", number="BA-1")
    Company.objects.update(name="Harbour Supplies", email="office@harbour.example")
    books.invoice("2026-01-06", "I-1", "500", due="2026-02-05")
    books.invoice("2026-03-09", "I-2", "50", due="2026-04-08")
    books.pay("2026-03-20", "120", "CHK 1", on=[("I-1", "100")])
    return books


def page(client: Client, customer: Customer, query: str = "") -> str:
    answer = client.get(f"/statements/{customer.statement_token}{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def values(customer: Customer, **words: str) -> dict[str, Any]:
    options = lenient_options(words, zone=CHICAGO, now=timezone.now())
    statement = build_statement(customer=customer, options=options)
    return online.page_values(statement=statement, customer=customer, company=Company.get())


def test_open_items_stand_line_by_line_with_aging_total_and_memo(client: Client, books: Books) -> None:
    shown = values(books.customer)

    assert [(row["text"], dict(row["cells"])["Balance"]) for row in shown["table"]["rows"]] == [
        ("Invoice I-1", "400.00"),
        ("Invoice I-2", "50.00"),
    ]
    assert shown["table"]["total"] == ("Total balance", "$450.00")
    assert sum(float(amount.replace(",", "")) for _, amount in shown["aging"][:-1]) == 450
    assert ("Unapplied payments", "-20.00", False) in shown["memo"]
    text = page(client, books.customer)
    for words in ("Invoice I-1", "400.00", "Unapplied payments", "Aging by days past due", "BA-1"):
        assert words in text


def test_movements_carry_a_running_balance(client: Client, books: Books) -> None:
    shown = values(books.customer, type="balance_forward", month="2026-03")

    assert [dict(row["cells"])["Balance"] for row in shown["table"]["rows"]] == ["500.00", "550.00", "430.00"]
    assert shown["table"]["total"] == ("Account balance", "$430.00")
    assert "Payment CHK 1" in page(client, books.customer, "?type=balance_forward&month=2026-03")


def test_past_due_only_shows_what_is_late(client: Client, books: Books) -> None:
    late = page(client, books.customer, "?items=past_due&end=1773532800")  # 15 March 2026

    assert "Invoice I-1" in late
    assert "Invoice I-2" not in late
    assert 'value="past_due" checked' in late


def test_the_credit_balance_has_a_table_of_its_own(books: Books) -> None:
    books.credit("2026-03-22", "75")

    shown = values(books.customer, type="balance_forward", month="2026-03")

    assert shown["credit"]["total"] == ("Credit balance", "$75.00")
    assert len(shown["credit"]["rows"]) == 2
    assert values(books.customer)["credit"] is None


def test_an_account_with_children_says_whose_each_line_is(client: Client, books: Books) -> None:
    child = open_books("Blue Anchor South", number="BA-2")
    update_customer(
        customer=child.customer, changes={"parent_customer": books.customer}, now=at("2026-03-30")
    )
    child.invoice("2026-03-31", "I-9", "10")

    table = values(books.customer)["table"]

    assert table["consolidated"]
    assert [row["member"] for row in table["rows"]] == ["Blue Anchor", "Blue Anchor", "Blue Anchor South"]
    assert '<th scope="col">Customer</th>' in page(client, books.customer)


def test_several_currencies_are_a_choice_one_is_not(client: Client, books: Books) -> None:
    assert 'name="currency"' not in page(client, books.customer)
    euros = Books(customer=books.customer, currency="eur")
    euros.invoice("2026-03-11", "I-3", "70")

    text = page(client, books.customer, "?currency=eur")

    assert '<option value="eur" selected>EUR</option>' in text
    assert "€70.00" in text
    assert "Invoice I-1" not in text


def test_months_go_back_to_the_first_invoice_or_the_day_the_customer_came(books: Books) -> None:
    books.invoice("2025-11-03", "I-0", "5")
    shown = _choices(books, now="2026-04-10")
    assert [month for month, _ in shown["months"]] == [
        "2026-04", "2026-03", "2026-02", "2026-01", "2025-12", "2025-11",
    ]  # fmt: skip


def test_months_are_at_least_one_and_at_most_three_years(books: Books) -> None:
    assert len(_choices(books, now="2025-12-15")["months"]) == 1
    assert len(_choices(books, now="2032-01-15")["months"]) == 36


def _choices(books: Books, now: str) -> dict[str, Any]:
    options = lenient_options({}, zone=CHICAGO, now=at(now))
    statement = build_statement(customer=books.customer, options=options)
    return online.choices(
        words={}, statement=statement, customer=books.customer, company=Company.get(), now=at(now)
    )


def test_long_lists_end_with_a_hint_where_the_rest_is(
    monkeypatch: pytest.MonkeyPatch, client: Client, books: Books
) -> None:
    monkeypatch.setattr(online, "LINES_SHOWN", 1)

    text = page(client, books.customer)

    assert "Invoice I-1" in text
    assert "Invoice I-2" not in text
    assert "1 of 2 lines are shown here." in text


def test_pay_now_is_offered_only_where_somebody_takes_payments(
    monkeypatch: pytest.MonkeyPatch, client: Client, books: Books
) -> None:
    assert "Pay now" not in page(client, books.customer)
    monkeypatch.setattr(online_payment, "_pages", [lambda customer, *_: f"/pay/{customer.statement_token}"])

    assert f'href="/pay/{books.customer.statement_token}">Pay now' in page(client, books.customer)


def test_pay_now_is_not_offered_for_nothing(
    monkeypatch: pytest.MonkeyPatch, client: Client, books: Books
) -> None:
    monkeypatch.setattr(online_payment, "_pages", [lambda *_: "/pay/x"])
    books.pay("2026-03-25", "450", on=[("I-1", "400"), ("I-2", "50")])

    assert "Pay now" not in page(client, books.customer)


def test_ways_to_pay_are_the_companys_own(client: Client, books: Books) -> None:
    Company.objects.update(iban="DE89370400440532013000", bic="COBADEFFXXX", address1="1 Quay", city="Boston")
    change_look(
        values={"payment_text": "Checks to the order of Harbour.", "remit_to": "Lockbox 7\nBoston"},
        now=at("2026-03-01"),
    )

    ways = values(books.customer)["ways"]

    assert ways[0] == "Checks to the order of Harbour."
    assert "IBAN DE89 3704 0044 0532 0130 00" in ways
    assert ways[-2:] == ["Lockbox 7", "Boston"]


def test_nothing_stands_inline_and_nothing_comes_from_elsewhere(client: Client, books: Books) -> None:
    change_look(values={"accent": "7a1f4b"}, now=at("2026-03-01"))
    answer = client.get(f"/statements/{books.customer.statement_token}")
    text = answer.content.decode()

    assert "<style" not in text
    assert "<script" not in text
    assert " style=" not in text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)', text)
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    sheet = client.get("/statements/accent/7a1f4b.css")
    assert '/statements/accent/7a1f4b.css"' in text
    assert sheet.content == b":root { --accent: #7a1f4b }\n"
    assert sheet["Content-Type"].startswith("text/css")


def test_own_words_and_the_readers_language(client: Client, books: Books) -> None:
    change_look(values={"labels": {"de": {"how_to_pay": "Zahlungswege"}}}, now=at("2026-03-01"))
    Company.objects.update(address1="1 Quay", city="Boston")
    update_customer(
        customer=books.customer, changes={"language": "de", "country": "DE"}, now=at("2026-03-30")
    )

    text = page(client, books.customer)

    assert '<html lang="de-DE" dir="ltr">' in text
    assert "Zahlungswege" in text
    assert "Gesamtsaldo" in text


def test_private_remarks_are_on_no_page(client: Client, books: Books) -> None:
    update_customer(
        customer=books.customer,
        changes={"notes": "SECRET-MARK", "metadata": {"hint": "SECRET-MARK"}},
        now=at("2026-03-30"),
    )

    for query in ("", "?type=balance_forward&month=2026-03"):
        assert "SECRET-MARK" not in page(client, books.customer, query)


def test_what_was_sent_stays_as_it_was_and_has_no_choices(client: Client, books: Books) -> None:
    from django.db import transaction

    options = lenient_options({}, zone=CHICAGO, now=at("2026-03-31"))
    statement = build_statement(customer=books.customer, options=options)
    with transaction.atomic():
        [issued] = issue_statements(plans=[Plan(statement, books.customer)], now=timezone.now())
    books.pay("2026-03-25", "450", on=[("I-1", "400"), ("I-2", "50")])

    text = client.get(f"/statements/{issued.token}?type=balance_forward").content.decode()

    assert "Invoice I-1" in text
    assert issued.label in text
    assert "<form" not in text
    assert books.customer.statement_token in text
