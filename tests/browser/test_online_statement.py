"""What a customer reads behind the link of a statement: on a desk, on a phone, without scripts."""

import os

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from customers.ledger.accounts import update_customer
from notifications.sending import send_statement
from statements.looks import change_look
from statements.models import StatementView
from statements.statement import Options
from tests.browser.desk import Desk
from tests.browser.product import Product
from tests.browser.receivables import ago, open_blue_anchor, open_company
from tests.ledgers import Books, open_books

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def busy_books() -> Books:
    """Open items of two accounts, money that nobody has applied, credit."""
    books = open_blue_anchor()
    child = open_books("Blue Anchor South of the River and Harbour Company")
    open_company()
    update_customer(customer=child.customer, changes={"parent_customer": books.customer}, now=timezone.now())
    child.invoice(ago(40), "INV-7", "1234567.89", due=ago(10), purchase_order="4500012345")
    books.pay(ago(3), "40.00", "CHK-1")
    books.credit(ago(2), "15.00")
    return books


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_a_customer_reads_open_items_and_the_movements_of_a_month(
    desk: Desk, size: dict[str, int] | None
) -> None:
    books, page = busy_books(), desk.page
    if size:
        page.set_viewport_size(size)  # type: ignore[arg-type]
    desk.open(f"/statements/{books.customer.statement_token}", "Statement · Harbour Supplies")
    look(desk, f"statement-{'phone' if size else 'desktop'}")
    expect(page.get_by_text("Invoice INV-7 · PO 4500012345")).to_be_visible()
    expect(page.get_by_text("1,234,567.89").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.get_by_label("Kind").select_option("All movements of a month")
    page.get_by_role("button", name="Show").click()

    desk.arrive("Statement · Harbour Supplies")
    look(desk, f"movements-{'phone' if size else 'desktop'}")
    expect(page.get_by_role("table", name="Details")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for name in ("Open the PDF", "Download the lines (CSV)"):
        address = page.get_by_role("link", name=name).get_attribute("href") or ""
        assert page.request.get(f"{desk.url}{address[address.index('/statements') :]}").ok


def test_the_page_reads_from_the_right_where_people_do(desk: Desk) -> None:
    open_company()
    books = open_books("شركة رياح الشمال", language="ar", country="AE")
    books.invoice(ago(50), "INV-9", "1250.75", due=ago(20))
    desk.page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    desk.open(f"/statements/{books.customer.statement_token}", "كشف حساب")

    look(desk, "statement-arabic")
    expect(desk.page.locator("html")).to_have_attribute("dir", "rtl")
    assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_page_can_be_read_in_the_dark_and_on_paper(desk: Desk) -> None:
    books = busy_books()
    change_look(values={"accent": "7a1f4b"}, now=timezone.now())
    desk.page.emulate_media(color_scheme="dark")
    desk.open(f"/statements/{books.customer.statement_token}", "Statement")
    look(desk, "statement-dark")

    desk.page.emulate_media(media="print", color_scheme="light")

    look(desk, "statement-print")
    expect(desk.page.get_by_role("button", name="Show")).to_be_hidden()
    expect(desk.page.get_by_text("Invoice INV-2")).to_be_visible()


def test_the_page_works_without_scripts(product: Product, chromium: Browser) -> None:
    books = busy_books()
    context = chromium.new_context(java_script_enabled=False, user_agent=PERSON)
    page = context.new_page()
    page.goto(f"{product.url}/statements/{books.customer.statement_token}")

    page.get_by_label("Past due items only").check()
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("heading", name="Past due items as of")).to_be_visible()
    expect(page.get_by_text("Invoice INV-1")).to_be_visible()
    expect(page.get_by_text("Invoice INV-2")).to_have_count(0)
    context.close()
    assert set(StatementView.objects.values_list("part", "is_bot")) == {("page", False)}


def test_what_was_sent_leads_to_today(desk: Desk) -> None:
    books = open_blue_anchor()
    now = timezone.now()
    options = Options(type="open_item", end=int(now.timestamp()))
    [mail] = send_statement(customer=books.customer, channel="email", options=options, now=now)
    assert mail.issued_statement is not None
    books.pay(ago(1), "100.00", on=[("INV-1", "100.00")])

    desk.open(f"/statements/{mail.issued_statement.token}", "Statement")
    expect(desk.page.get_by_text("Invoice INV-1")).to_be_visible()
    look(desk, "statement-sent")
    address = desk.page.get_by_role("link", name="See your account today").get_attribute("href")
    assert address is not None
    desk.open(address[address.index("/statements") :], "Statement")

    expect(desk.page.get_by_text("Invoice INV-1")).to_have_count(0)


def test_a_link_that_opens_nothing_says_so_kindly(desk: Desk) -> None:
    open_company()
    answer = desk.page.goto(f"{desk.url}/statements/{'x' * 24}")

    assert answer is not None
    assert answer.status == 404
    desk.judge()
    look(desk, "statement-nothing")
    expect(desk.page.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    desk.troubles.clear()
    desk.seen.clear()


def test_staff_choose_how_paper_looks_and_see_it_at_once(staff_desk: Desk) -> None:
    open_blue_anchor()
    page = staff_desk.page
    staff_desk.open("/admin/customers/company/x/statement-template/", "Statement template")
    look(staff_desk, "template")

    with page.expect_response(lambda answer: answer.url.endswith("/preview/")) as shown:
        page.get_by_label("Sample").select_option("Arabic")
    assert shown.value.headers["content-type"] == "application/pdf"
    staff_desk.field("Footer").fill("Registered in Boston, No. 4711")
    staff_desk.press("Save", "Statement template")

    expect(staff_desk.field("Footer")).to_have_value("Registered in Boston, No. 4711")


def look(desk: Desk, name: str) -> None:
    """Keep a picture where somebody asked for one."""
    if folder := os.environ.get("BROWSER_PICTURES"):
        desk.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
