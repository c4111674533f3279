"""What a customer sees behind the link of an invoice, and what staff find of it in the outbox."""

import os
import shutil

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Company, Event
from notifications.sending_documents import send_document
from tests.browser.desk import Desk
from tests.browser.product import Product
from tests.browser.receivables import ago, open_blue_anchor, open_company
from tests.ledgers import open_books

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
# A browser without a head says so in its name, and is then taken for a robot.
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def bank() -> None:
    Company.objects.update(
        iban="DE89370400440532013000", bic="COBADEFFXXX", address1="1 Quay", city="Boston", state="MA",
        postal_code="02110",
    )  # fmt: skip


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_a_customer_reads_what_is_due_and_how_to_pay(desk: Desk, size: dict[str, int] | None) -> None:
    invoice = open_blue_anchor().invoices["INV-1"]
    bank()
    if size:
        desk.page.set_viewport_size(size)  # type: ignore[arg-type]

    desk.page.set_extra_http_headers({"User-Agent": PERSON})
    desk.open(f"/invoices/{invoice.token}", "Invoice INV-1")

    page = desk.page
    look(desk, f"invoice-{'phone' if size else 'desktop'}")
    expect(page.get_by_role("heading", name="Invoice INV-1")).to_be_visible()
    expect(page.get_by_role("heading", name="How to pay")).to_be_visible()
    expect(page.get_by_text("IBAN DE89 3704 0044 0532 0130 00")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    answer = page.request.get(
        f"{desk.url}{page.get_by_role('link', name='Open the PDF').get_attribute('href')}"
    )
    assert answer.headers["content-type"] == "application/pdf"
    assert Event.objects.filter(type="invoice.viewed").count() == 1


def test_the_page_reads_from_the_right_where_people_do(desk: Desk) -> None:
    open_company()
    books = open_books("شركة رياح الشمال", language="ar", country="AE")
    invoice = books.invoice(ago(10), "INV-9", "1250.75", due=ago(-20))

    desk.open(f"/invoices/{invoice.token}/payment", "فاتورة INV-9")

    look(desk, "invoice-arabic")
    expect(desk.page.locator("html")).to_have_attribute("dir", "rtl")
    assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_paid_invoice_says_so(desk: Desk) -> None:
    books = open_blue_anchor()
    books.pay(ago(1), "100.00", on=[("INV-1", "100.00")])

    desk.open(f"/invoices/{books.invoices['INV-1'].token}", "Invoice INV-1")

    look(desk, "invoice-paid")
    expect(desk.page.get_by_text("PAID", exact=True)).to_be_visible()
    expect(desk.page.get_by_role("heading", name="How to pay")).to_have_count(0)


def test_staff_find_a_sent_invoice_with_its_file(staff_desk: Desk, product: Product) -> None:
    invoice = open_blue_anchor().invoices["INV-1"]
    [mail] = send_document(document=invoice, channel="email", now=timezone.now())
    kept = product.data_dir / "documents" / mail.document_file
    kept.parent.mkdir(parents=True)
    shutil.copy(default_storage.path(mail.document_file), kept)

    staff_desk.open(f"/admin/notifications/message/{mail.pk}/change/", "Email to ap@blue-anchor.example")

    page = staff_desk.page
    look(staff_desk, "outbox-invoice")
    expect(page.get_by_text("Invoice INV-1", exact=True).first).to_be_visible()
    link = page.get_by_role("link", name="Invoice INV-1").get_attribute("href")
    assert page.request.get(f"{staff_desk.url}{link}").headers["content-type"] == "application/pdf"


def look(desk: Desk, name: str) -> None:
    """Keep a picture where somebody asked for one."""
    if folder := os.environ.get("BROWSER_PICTURES"):
        desk.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
