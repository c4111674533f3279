"""The list of customers: figures as of a day, search, filters, export."""

import csv
import io
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from customers.ledger.accounts import create_contact, create_customer
from customers.models import Event
from tests.desk import at_desk, download, page_text, staff
from tests.ledgers import Books, at

LIST = reverse("admin:customers_customer_changelist")
pytestmark = pytest.mark.django_db


def test_shows_what_is_open_and_past_due_as_of_the_picked_day(desk: Client, books: Books) -> None:
    shown = page_text(desk.get(LIST, {"as_of": "2026-02-15"}))

    assert "$100.00" in shown
    assert "$150.00" not in shown
    assert 'desk-late">$100.00' in shown


def test_shows_the_sum_of_both_invoices_later(desk: Client, books: Books) -> None:
    shown = page_text(desk.get(LIST, {"as_of": "2026-03-15"}))

    assert "$150.00" in shown


def test_a_day_that_is_none_counts_as_now(desk: Client, books: Books) -> None:
    answer = desk.get(LIST, {"as_of": "2026-02-31"})

    assert answer.status_code == 200


def test_links_keep_the_day(desk: Client, books: Books) -> None:
    shown = page_text(desk.get(LIST, {"as_of": "2026-02-15"}))

    link = reverse("admin:customers_customer_change", args=[books.customer.pk])
    assert f"{link}?as_of=2026-02-15" in shown


@pytest.mark.parametrize("words", ["BA-1", "ba-1", "anchor", "ap@blue", "jo.fields", "Jo Fields"])
def test_finds_a_customer_by_number_name_email_and_contact(desk: Client, books: Books, words: str) -> None:
    create_contact(
        customer=books.customer,
        values={"name": "Jo Fields", "email": "jo.fields@example.test"},
        now=at("2026-01-02"),
    )
    create_customer(values={"name": "Someone Else"}, now=at("2026-01-02"))

    shown = page_text(desk.get(LIST, {"q": words}))

    assert "Blue Anchor" in shown
    assert "Someone Else" not in shown


@pytest.mark.parametrize(("balance", "seen"), [("open", True), ("past_due", False), ("none", False)])
def test_filters_by_balance_as_of_the_day(desk: Client, books: Books, balance: str, seen: bool) -> None:
    shown = page_text(desk.get(LIST, {"balance": balance, "as_of": "2026-01-20"}))

    assert ("Blue Anchor" in shown) is seen


def test_a_page_costs_the_same_queries_with_one_or_many_customers(
    desk: Client, books: Books, django_assert_max_num_queries
) -> None:
    for number in range(30):
        create_customer(values={"name": f"Customer {number}"}, now=at("2026-01-02"))
    desk.get(LIST)

    with django_assert_max_num_queries(12):
        desk.get(LIST)


def test_exports_what_is_listed_with_a_byte_order_mark(desk: Client, books: Books) -> None:
    answer = desk.get(reverse("admin:customers_customer_export"), {"as_of": "2026-02-15", "balance": "open"})
    text = download(answer)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    assert text.startswith("\ufeff")
    assert [row["number"] for row in rows] == ["BA-1"]
    assert rows[0]["open_amount"] == "100.00"
    assert rows[0]["past_due_amount"] == "100.00"
    assert rows[0]["1_30"] == "100.00"
    assert Event.objects.filter(type="customers.exported").count() == 1


def test_an_exported_name_cannot_be_a_formula(desk: Client) -> None:
    create_customer(values={"name": '=HYPERLINK("http://x")', "number": "X-1"}, now=at("2026-01-02"))

    answer = desk.get(reverse("admin:customers_customer_export"))

    assert "'=HYPERLINK" in download(answer)


def test_account_managers_see_and_export_their_own_customers_only(books: Books) -> None:
    manager = staff("Max", role="account_manager")
    create_customer(values={"name": "Mine", "owner": manager}, now=at("2026-01-02"))
    desk = at_desk(manager)

    listed = page_text(desk.get(LIST))
    exported = download(desk.get(reverse("admin:customers_customer_export")))

    assert "Mine" in listed
    assert "Blue Anchor" not in listed
    assert "Mine" in exported
    assert "Blue Anchor" not in exported


@pytest.mark.parametrize(("role", "allowed"), [("finance", False), ("admin", True)])
def test_lists_of_all_customers_are_exported_by_admins_only(books: Books, role: str, allowed: bool) -> None:
    desk, export = at_desk(staff("Fin", role=role)), reverse("admin:customers_customer_export")
    items = reverse("admin:customers_invoice_open_items")
    csv = {"format": "csv"}
    of_one = {**csv, "customer": str(books.customer.pk)}

    assert [desk.get(export).status_code, desk.get(items, csv).status_code] == [200 if allowed else 403] * 2
    assert (export in page_text(desk.get(LIST))) == allowed
    assert ("Export CSV" in page_text(desk.get(items))) == allowed
    assert "INV-1" in download(desk.get(items, of_one))
    assert "Export CSV" in page_text(desk.get(items, {"customer": books.customer.pk}))
    roll = reverse("admin:customers_invoice_roll_forward")
    assert desk.get(roll, {"start": "2026-01-01", "end": "2026-03-31", "format": "csv"}).status_code == 200


def test_read_only_staff_cannot_export(books: Books) -> None:
    desk = at_desk(staff("Rita", role="read_only"))

    assert desk.get(LIST).status_code == 200
    assert desk.get(reverse("admin:customers_customer_export")).status_code == 403


@pytest.mark.parametrize(
    ("view", "number"),
    [
        ("customers_customer_changelist", "BA-1"),
        ("customers_invoice_changelist", "INV-1"),
        ("customers_creditnote_changelist", "CN-1"),
        ("customers_invoice_open_items", "INV-1"),
    ],
)
def test_numbers_in_lists_never_break_in_two(desk: Client, books: Books, view: str, number: str) -> None:
    books.credit_note("2026-03-06", "CN-1", "5.00")
    sheet = (settings.BASE_DIR / "customers/static/customers/desk.css").read_text()

    shown = page_text(desk.get(reverse(f"admin:{view}")))

    assert re.search(rf'class="desk-num">(<a [^>]*>)?{number}<', shown)
    assert ".desk-num { white-space: nowrap; }" in sheet
