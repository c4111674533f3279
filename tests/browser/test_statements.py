"""One statement looked at before anybody gets it, and one that was sent."""

import io

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from notifications.models import Message
from notifications.sending import send_statement
from statements.models import IssuedStatement
from statements.statement import Options
from tests.browser.desk import Desk
from tests.browser.receivables import ago, open_blue_anchor
from tests.ledgers import Books

pytestmark = pytest.mark.browser


def test_a_statement_is_previewed_as_open_items_and_as_balance_forward(staff_desk: Desk) -> None:
    books = open_blue_anchor()
    books.pay(ago(5), "40.00", "CHK-1", on=[("INV-1", "40.00")])
    page = staff_desk.page
    staff_desk.open(f"/admin/customers/customer/{books.customer.pk}/change/", "Blue Anchor")
    staff_desk.follow("Statement", "Statement for Blue Anchor")
    expect(staff_desk.row("INV-1", "$100.00", "$60.00")).to_be_visible()
    expect(staff_desk.row("INV-2", "$250.50")).to_be_visible()

    staff_desk.field("Start").fill(ago(20))
    staff_desk.field("Type").select_option("Balance forward")
    expect(page.get_by_role("heading", name="Balance forward")).to_be_visible()
    staff_desk.arrive("Statement for Blue Anchor")
    expect(staff_desk.row("INV-2", "$250.50", "$350.50")).to_be_visible()
    expect(staff_desk.row("CHK-1", "$310.50")).to_be_visible()
    expect(staff_desk.row("INV-1")).to_have_count(0)
    assert not IssuedStatement.objects.exists()


def test_the_preview_opens_as_pdf(staff_desk: Desk) -> None:
    books = open_blue_anchor()
    address = f"/admin/statements/issuedstatement/preview/{books.customer.pk}/"
    staff_desk.open(address, "Statement for Blue Anchor")

    link = staff_desk.page.get_by_role("link", name="Open PDF").get_attribute("href")
    answer = staff_desk.page.request.get(f"{staff_desk.url}{link}")

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.body())).pages
    text = pages[0].extract_text()
    assert len(pages) == 1
    for words in ("Harbour Supplies", "Blue Anchor", "INV-1", "INV-2", "350.50"):
        assert words in text
    assert not IssuedStatement.objects.exists()


def test_a_sent_statement_is_read_in_the_outbox(staff_desk: Desk) -> None:
    books = open_blue_anchor()
    page = staff_desk.page
    address = f"/admin/statements/issuedstatement/preview/{books.customer.pk}/"
    staff_desk.open(address, "Statement for Blue Anchor")
    staff_desk.follow("Send", "Send statement to Blue Anchor")
    staff_desk.press("Send statement", "Blue Anchor")

    page.get_by_role("navigation").get_by_role("link", name="Sent messages").click()
    staff_desk.arrive("Sent messages")
    page.get_by_role("link", name="ap@blue-anchor.example").click()
    staff_desk.arrive("Email to ap@blue-anchor.example")
    expect(page.get_by_role("status").filter(has_text="Sent")).to_be_visible()
    expect(page.frame_locator("#mail").get_by_text("Blue Anchor").first).to_be_visible()
    expect(page.frame_locator("#mail").get_by_text("$350.50")).to_be_visible()

    sent = Message.objects.get()
    assert (sent.state, sent.recipient) == ("sent", "ap@blue-anchor.example")


def test_everybody_can_read_the_mail_itself(staff_desk: Desk) -> None:
    sent = _send(open_blue_anchor())
    # In the outbox it stands in a frame without scripts, where nothing can be judged.
    mail = staff_desk.page.request.get(f"{staff_desk.url}/admin/notifications/message/{sent.pk}/mail/")
    assert "sandbox" in mail.headers["content-security-policy"]
    staff_desk.page.set_content(mail.text())

    expect(staff_desk.page.get_by_text("$350.50")).to_be_visible()
    staff_desk.judge()


def _send(books: Books) -> Message:
    now = timezone.now()
    options = Options(type="open_item", end=int(now.timestamp()))
    return send_statement(customer=books.customer, channel="email", options=options, now=now)[0]
