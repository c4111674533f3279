"""The dashboard: as-of figures that open the list behind them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from customers.ledger.accounts import create_customer
from tests.desk import at_desk, download, page_text, staff
from tests.ledgers import Books, at

HOME = reverse("admin:index")
OPEN_ITEMS = reverse("admin:customers_invoice_open_items")
pytestmark = pytest.mark.django_db


def test_shows_open_and_past_due_with_counts_as_of_a_day(desk: Client, books: Books) -> None:
    [strip] = desk.get(HOME, {"as_of": "2026-03-15"}).context["strips"]

    assert (strip.open_count, strip.open_amount) == (2, "$150.00")
    assert (strip.past_due_count, strip.past_due_amount) == (1, "$100.00")
    assert [amount for _, _, amount, _ in strip.buckets] == ["$50.00", "$0.00", "$100.00", "$0.00", "$0.00"]


def test_every_figure_opens_the_list_behind_it(desk: Client, books: Books) -> None:
    shown = page_text(desk.get(HOME, {"as_of": "2026-03-15"}))
    link = re.search(r'href="([^"]*age=31_60)"', shown)
    assert link is not None

    items = desk.get(link[1].replace("&amp;", "&")).context["items"]

    assert [(item["number"], item["open"]) for item in items] == [("INV-1", "$100.00")]


def test_names_the_largest_debtors(desk: Client, books: Books) -> None:
    create_customer(values={"name": "Owes nothing"}, now=at("2026-01-02"))

    debtors = desk.get(HOME, {"as_of": "2026-03-15"}).context["debtors"]

    assert [(row["name"], row["open"], row["past_due"]) for row in debtors] == [
        ("Blue Anchor", "$150.00", "$100.00")
    ]


def test_account_managers_see_their_own_figures(books: Books) -> None:
    manager = staff("Max", role="account_manager")

    assert at_desk(manager).get(HOME).context["strips"] == []


def test_the_dashboard_costs_a_fixed_number_of_queries(
    desk: Client, books: Books, django_assert_max_num_queries
) -> None:
    for number in range(20):
        create_customer(values={"name": f"Customer {number}"}, now=at("2026-01-02"))
    desk.get(HOME)

    with django_assert_max_num_queries(16):
        desk.get(HOME)


def test_the_open_items_can_be_exported(desk: Client, books: Books) -> None:
    answer = desk.get(OPEN_ITEMS, {"as_of": "2026-03-15", "format": "csv", "age": "past_due"})

    text = download(answer).removeprefix("\ufeff")
    assert text.splitlines()[1].startswith("BA-1,Blue Anchor,invoice,INV-1,")
    assert len(text.splitlines()) == 2


def test_sandbox_mode_is_told_on_every_page(desk: Client, books: Books, settings) -> None:
    assert "Nothing leaves this machine" in page_text(desk.get(HOME))

    settings.DELIVERY_MODE = "live"

    assert "Nothing leaves this machine" not in page_text(desk.get(HOME))
