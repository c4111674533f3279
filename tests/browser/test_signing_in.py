"""A customer signs in at a link: with the keyboard, on a phone, without scripts, from the right."""

import pytest
from playwright.sync_api import Browser, expect

from customers.models import Company, Customer
from statements.models import StatementView
from tests.browser.desk import Desk
from tests.browser.product import Product
from tests.browser.receivables import open_blue_anchor, open_company
from tests.browser.test_online_statement import PERSON, PHONE, look
from tests.ledgers import open_books
from tests.statements.sign_ins import code_in, mailed

pytestmark = pytest.mark.browser

ANN = "ann@blue-anchor.example"


@pytest.fixture
def customer(transactional_db: None) -> Customer:
    customer = open_blue_anchor().customer
    customer.email = ANN
    customer.save()
    Company.objects.update(sign_in_required=True)
    return customer


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_a_customer_signs_in_with_the_keyboard(
    desk: Desk, customer: Customer, size: dict[str, int] | None
) -> None:
    page, device = desk.page, "phone" if size else "desktop"
    page.set_extra_http_headers({"User-Agent": PERSON})
    if size:
        page.set_viewport_size(size)  # type: ignore[arg-type]
    desk.open(f"/statements/{customer.statement_token}?items=past_due", "Sign in · Harbour Supplies")
    look(desk, f"sign-in-{device}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.get_by_label("Email address").fill(ANN)
    page.keyboard.press("Enter")
    code = page.get_by_label("Code from the email")
    expect(code).to_be_focused()
    desk.arrive("Sign in · Harbour Supplies")
    look(desk, f"sign-in-code-{device}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.keyboard.type("12345")
    page.keyboard.press("Enter")
    desk.arrive("Error · Sign in · Harbour Supplies")
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    expect(code).to_have_accessible_description(
        "This code is not right or no longer valid. Check it, or ask for a new one."
    )
    look(desk, f"sign-in-wrong-{device}")

    page.keyboard.type(code_in(mailed()))
    page.keyboard.press("Enter")
    desk.arrive("Statement · Harbour Supplies")
    expect(page.get_by_label("Past due items only")).to_be_checked()
    assert page.request.get(f"{desk.url}/statements/{customer.statement_token}/pdf").ok


def test_it_works_without_scripts_and_views_count_from_then_on(
    product: Product, chromium: Browser, customer: Customer
) -> None:
    context = chromium.new_context(java_script_enabled=False, user_agent=PERSON)
    page = context.new_page()
    page.goto(f"{product.url}/statements/{customer.statement_token}")
    page.get_by_label("Email address").fill(ANN)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("status")).to_contain_text(ANN)
    assert not StatementView.objects.exists()

    page.get_by_label("Code from the email").fill(code_in(mailed()))
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Open items as of")).to_be_visible()
    [cookie] = context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("signed_in", True, "Lax")
    context.close()
    assert list(StatementView.objects.values_list("part", "is_bot")) == [("page", False)]


def test_it_reads_from_the_right_and_in_the_dark(desk: Desk) -> None:
    open_company()
    books = open_books("شركة رياح الشمال", language="ar", country="AE", email="a@rih.example")
    Company.objects.update(sign_in_required=True)
    desk.page.set_extra_http_headers({"User-Agent": PERSON})
    desk.page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    desk.open(f"/statements/{books.customer.statement_token}", "تسجيل الدخول")
    look(desk, "sign-in-arabic")
    expect(desk.page.locator("html")).to_have_attribute("dir", "rtl")
    desk.page.get_by_role("textbox").fill("a@rih.example")
    desk.press("أرسلوا لي رمزًا", "تسجيل الدخول")

    look(desk, "sign-in-code-arabic")
    desk.page.emulate_media(color_scheme="dark")
    desk.page.get_by_role("textbox").fill("123")
    desk.press("تسجيل الدخول", "خطأ")
    look(desk, "sign-in-wrong-arabic-dark")
    assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
