"""What is owed, on the first page and in the lists behind its figures."""

from datetime import date, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from customers.dates import end_of_day
from customers.ledger.balances import receivables
from tests.browser.desk import Desk
from tests.browser.receivables import ago, open_blue_anchor, open_paper_mill
from tests.ledgers import CHICAGO, open_books

pytestmark = pytest.mark.browser


def test_the_dashboard_shows_what_the_ledger_says_now_and_on_a_day_in_the_past(staff_desk: Desk) -> None:
    open_blue_anchor()
    open_paper_mill()
    abroad = open_books("Nordlys", ledger_currency="eur", currency="eur")
    abroad.invoice(ago(3), "INV-4", "1234.56", due=ago(-27))

    staff_desk.open("/admin/", "Dashboard")
    _expect_figures(staff_desk, timezone.now())

    staff_desk.field("As of").fill(ago(35))
    expect(staff_desk.page.get_by_role("link", name="Today")).to_be_visible()
    staff_desk.arrive("Dashboard")
    _expect_figures(staff_desk, end_of_day(date.fromisoformat(ago(35)), CHICAGO))
    expect(_strip(staff_desk, "EUR")).to_have_count(0)


def test_a_figure_opens_the_list_behind_it(staff_desk: Desk) -> None:
    open_blue_anchor()
    open_paper_mill()
    staff_desk.open("/admin/", "Dashboard")

    _strip(staff_desk, "USD").get_by_role("link", name="Past due").click()
    staff_desk.arrive("Open items")

    expect(staff_desk.row("INV-1", "Blue Anchor", "$100.00")).to_be_visible()
    expect(staff_desk.row("INV-3", "Paper Mill", "$80.00")).to_be_visible()
    expect(staff_desk.row("INV-2")).to_have_count(0)


def test_the_list_of_customers_finds_one_by_part_of_its_name(staff_desk: Desk) -> None:
    open_blue_anchor()
    open_paper_mill()
    staff_desk.open("/admin/customers/customer/", "Customers")
    expect(staff_desk.row("Blue Anchor", "$350.50", "$100.00")).to_be_visible()

    search = staff_desk.page.get_by_role("textbox", name="Number, name, email or contact")
    search.fill("anch")
    search.press("Enter")
    expect(staff_desk.row("Paper Mill")).to_have_count(0)
    staff_desk.arrive("Customers")
    expect(staff_desk.row("Blue Anchor")).to_be_visible()


def _expect_figures(desk: Desk, moment: datetime) -> None:
    rows = receivables(at=int(moment.timestamp()), zone=CHICAGO)
    assert rows
    for currency, sign in {row.currency: {"usd": "$", "eur": "€"}[row.currency] for row in rows}.items():
        mine = [row for row in rows if row.currency == currency]
        strip = _strip(desk, currency.upper())
        opened = strip.get_by_role("link", name=f"Open {currency.upper()}")
        expect(opened).to_contain_text(_amount(sign, sum(row.open_amount for row in mine)))
        expect(opened).to_contain_text(f"{sum(row.open_count for row in mine)} item")
        late = strip.get_by_role("link", name="Past due")
        expect(late).to_contain_text(_amount(sign, sum(row.past_due_amount for row in mine)))
        buckets = strip.get_by_role("listitem")
        for position, parts in enumerate(zip(*(row.buckets for row in mine), strict=True)):
            expect(buckets.nth(position)).to_contain_text(_amount(sign, sum(parts)))


def _amount(sign: str, cents: int) -> str:
    return f"{sign}{cents / 100:,.2f}"


def _strip(desk: Desk, currency: str) -> Locator:
    return desk.page.get_by_role("region", name=f"Receivables in {currency}")
