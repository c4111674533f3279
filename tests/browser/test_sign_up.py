"""A customer signs up for AutoPay: with the keyboard, on a phone, without scripts, from the right."""

import pytest
from playwright.sync_api import Browser, expect

from customers.links import sign_up_url
from customers.models import Company, Customer, SignUpPage
from tests.browser.desk import Desk
from tests.browser.product import Product
from tests.browser.receivables import open_blue_anchor, open_company
from tests.browser.test_online_statement import PERSON, PHONE, look
from tests.ledgers import open_books

pytestmark = pytest.mark.browser

TITLE = "AutoPay · Harbour Supplies"


def path_of(customer: Customer) -> str:
    return "/" + sign_up_url(customer.sign_up_token).split("/", maxsplit=3)[3]


@pytest.fixture
def page_of(transactional_db: None) -> SignUpPage:
    return SignUpPage.objects.create(
        name="AutoPay",
        shipping_address=True,
        header_text="Store a card once.\n\nWe charge each invoice on its due date.",
        tos_url="https://harbour.example/terms",
    )


@pytest.fixture
def customer(page_of: SignUpPage) -> Customer:
    customer = open_blue_anchor().customer
    customer.sign_up_page = page_of
    customer.save()
    return customer


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_a_customer_signs_up(desk: Desk, customer: Customer, size: dict[str, int] | None) -> None:
    page, device = desk.page, "phone" if size else "desktop"
    page.set_extra_http_headers({"User-Agent": PERSON})
    if size:
        page.set_viewport_size(size)  # type: ignore[arg-type]
    desk.open(path_of(customer), TITLE)
    look(desk, f"sign-up-{device}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    desk.press("Turn on AutoPay", f"Error · {TITLE}")
    look(desk, f"sign-up-wrong-{device}")
    expect(page.get_by_text("Choose a payment method.")).to_be_visible()
    terms = page.get_by_label("I agree to the terms of service.")
    expect(terms).to_have_accessible_description("Tick this box to go on.")

    billing, shipping = (
        page.get_by_role("group", name="Billing address"),
        page.get_by_role("group", name="Ship to"),
    )
    for part in (billing, shipping):
        part.get_by_label("Street and number").fill("1 Quay")
        part.get_by_label("City").fill("Boston")
        part.get_by_label("Country").select_option("United States")
    page.get_by_label("tok_visa").check()
    page.get_by_label("I allow Harbour Supplies to collect").press("Space")
    terms.press("Space")
    page.keyboard.press("Enter")

    desk.arrive(TITLE)
    look(desk, f"sign-up-done-{device}")
    expect(page.get_by_role("status")).to_contain_text("Thank you. AutoPay is on")
    customer.refresh_from_db()
    assert customer.autopay


def test_the_companys_own_page_of_thanks_comes_next(
    product: Product, chromium: Browser, customer: Customer
) -> None:
    """Without scripts, and although no form may lead to another site."""
    thanks = "https://harbour.example/thanks"
    SignUpPage.objects.update(billing_address=False, shipping_address=False, tos_url="", thanks_url=thanks)
    context = chromium.new_context(java_script_enabled=False, user_agent=PERSON)
    context.route(thanks, lambda route: route.fulfill(body="Welcome aboard"))
    page = context.new_page()
    page.goto(product.url + path_of(customer))
    page.get_by_label("tok_visa").check()
    page.get_by_label("I allow").check()

    page.get_by_role("button", name="Turn on AutoPay").click()

    page.wait_for_url(thanks)
    context.close()


def test_it_reads_from_the_right_and_in_the_dark(desk: Desk, page_of: SignUpPage) -> None:
    open_company()
    books = open_books("شركة رياح الشمال", language="ar", country="AE", sign_up_page=page_of)
    Company.objects.update(phone="+1 617 555 0100")
    desk.page.set_extra_http_headers({"User-Agent": PERSON})
    desk.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desk.page.emulate_media(color_scheme="dark")

    desk.open(path_of(books.customer), "الدفع التلقائي")
    desk.press("تفعيل الدفع التلقائي", "خطأ")

    look(desk, "sign-up-arabic-dark")
    expect(desk.page.locator("html")).to_have_attribute("dir", "rtl")
    assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
