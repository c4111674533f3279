"""What staff do about messages: send on three channels, word them, decide about the unclear, look back."""

import os
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import ViewportSize, expect

from customers.ledger.notes import create_note
from customers.models import Contact
from notifications.channels.email.blocking import block_address
from notifications.models import Message, TemplateVersion
from notifications.sending import send_statement
from statements.statement import Options
from tests.browser.desk import Desk
from tests.browser.receivables import ADDRESS, ago, open_blue_anchor
from tests.ledgers import Books

pytestmark = pytest.mark.browser

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def books(transactional_db: None) -> Books:
    """Blue Anchor with a postal address and two people, one of whom takes texts."""
    books = open_blue_anchor()
    for name, value in ADDRESS.items():
        setattr(books.customer, name, value)
    books.customer.save()
    contacts = [
        {
            "name": "Ann Archer",
            "email": "ann@blue-anchor.example",
            "phone": "+13125550100",
            "sms_enabled": True,
        },
        {"name": "Ben Bow", "email": "ben@blue-anchor.example", "primary": False},
    ]
    for contact in contacts:
        Contact.objects.create(customer=books.customer, **contact)
    return books


def picture(desk: Desk, name: str) -> None:
    """Nothing may stick out sideways, on a phone neither; `BROWSER_PICTURES` names a folder to keep it in."""
    page, folder = desk.page, os.environ.get("BROWSER_PICTURES")
    for size, device in ((PHONE, "phone"), (DESKTOP, "desktop")):
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} pixels too wide on a {device}"
        if folder:
            page.screenshot(path=f"{folder}/{name}-{device}.png", full_page=True)


def sent(books: Books, channel: str = "email", **words: Any) -> Message:
    options = Options(type="open_item", end=int(timezone.now().timestamp()))
    return send_statement(
        customer=books.customer, channel=channel, options=options, now=timezone.now(), **words
    )[0]


def test_one_statement_is_sent_on_each_of_the_three_channels(staff_desk: Desk, books: Books) -> None:
    page, where = staff_desk.page, f"/admin/notifications/message/send/{books.customer.pk}/"
    for channel in ("email", "sms", "letter"):
        staff_desk.open(where, "Send statement to Blue Anchor")
        staff_desk.field("Channel").select_option(channel)
        if channel == "email":
            page.get_by_label("Ben Bow").check()
            staff_desk.field("Others").fill("more@blue-anchor.example")
            staff_desk.field("Message").fill("Dear {{contact_name}}, you owe {{balance}}.")
            expect(page.get_by_text("more@blue-anchor.example")).to_be_visible()
            mail = page.frame_locator("iframe[title='The mail as its reader sees it']")
            expect(mail.get_by_text("you owe $350.50")).to_be_visible()
        elif channel == "sms":
            expect(page.get_by_text("Costs 1 segment: 1 for each of 1.")).to_be_visible()
            expect(staff_desk.field("Blind copies")).to_be_hidden()
        else:
            expect(page.get_by_text("Costs one letter of 2 sheets")).to_be_visible()
            expect(page.get_by_text("4 Weir Lane")).to_be_visible()
        page.wait_for_timeout(300)  # the preview is drawn
        staff_desk.judge()
        picture(staff_desk, f"send-{channel}")
        staff_desk.press("Send statement", "Blue Anchor")

    mails = Message.objects.filter(channel="email").order_by("pk")
    assert [mail.recipient for mail in mails] == [
        "ann@blue-anchor.example",
        "ben@blue-anchor.example",
        "ap@blue-anchor.example",
        "more@blue-anchor.example",
    ]
    assert mails[0].text == "Dear Ann Archer, you owe $350.50."
    text, letter = Message.objects.get(channel="sms"), Message.objects.get(channel="letter")
    assert (text.state, text.recipient) == ("sent", "+13125550100")
    assert (letter.state, letter.recipient.splitlines()[1]) == ("sent", "4 Weir Lane")


def test_wording_is_changed_with_a_preview_and_older_words_come_back(staff_desk: Desk, books: Books) -> None:
    page = staff_desk.page
    staff_desk.open("/admin/notifications/messagetemplate/", "Wording")
    picture(staff_desk, "wording-list")
    page.get_by_role("link", name="Statement", exact=True).first.click()
    staff_desk.arrive("Statement (en)")
    staff_desk.field("Preview with").fill("Blue Anchor")
    staff_desk.field("Message").fill("Good day, you owe ")
    page.get_by_role("button", name="{{statement_balance}}", exact=True).click()
    mail = page.frame_locator("iframe[title='The mail as its reader sees it']")
    expect(mail.get_by_text("Good day, you owe $350.50")).to_be_visible()
    staff_desk.judge()
    picture(staff_desk, "wording-editor")

    staff_desk.press("Save and use", "Statement (en)")
    staff_desk.field("Message").fill("{{nobody}}")
    expect(page.get_by_text("There is no variable {{nobody}}")).to_be_visible()
    staff_desk.field("Message").fill("Second text")
    staff_desk.press("Save as proposal", "Statement (en)")
    expect(page.get_by_text("Proposed", exact=True)).to_be_visible()
    assert [version.body for version in TemplateVersion.objects.order_by("number")] == [
        "Good day, you owe {{statement_balance}}", "Second text",
    ]  # fmt: skip
    assert sent(books).text == "Good day, you owe $350.50"
    page.get_by_role("button", name="Use", exact=True).click()
    staff_desk.arrive("Statement (en)")
    assert sent(books, to="other@blue-anchor.example").text == "Second text"


def test_unclear_messages_are_decided_about_together(staff_desk: Desk, books: Books) -> None:
    page = staff_desk.page
    now = timezone.now()
    for channel in ("email", "sms", "letter"):
        sent(books, channel)
    Message.objects.update(
        state="unknown", sent_at=None, vendor="", sending_since=now, handed_over_at=now,
        error_text="The mail was written but the server's answer never came.",
    )  # fmt: skip
    staff_desk.open("/admin/notifications/message/", "Sent messages")
    page.get_by_role("link", name="Decide about them").click()
    staff_desk.arrive("Unclear messages")
    picture(staff_desk, "unclear")

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_label("Choose all on this page").first.check()
    page.get_by_role("button", name="Mark as sent").first.click()
    assert Message.objects.filter(state="unknown").count() == 4
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Mark as sent").first.click()
    expect(page.get_by_text("2 messages marked as sent.")).to_be_visible()
    staff_desk.arrive("Unclear messages")
    assert set(Message.objects.filter(channel="email").values_list("state", flat=True)) == {"sent"}
    assert set(Message.objects.exclude(channel="email").values_list("state", flat=True)) == {"unknown"}


def test_the_vendor_is_played_and_the_address_unblocked(staff_desk: Desk, books: Books) -> None:
    page, mail = staff_desk.page, sent(books)
    title = f"Email to {mail.recipient}"
    staff_desk.open(f"/admin/notifications/message/{mail.pk}/change/", title)
    staff_desk.press("Opened", title)
    staff_desk.press("Returned", title)
    expect(page.get_by_role("status").filter(has_text="Returned")).to_be_visible()
    expect(page.get_by_text("is blocked:")).to_be_visible()
    picture(staff_desk, "message")
    mail.refresh_from_db()
    assert (mail.state, mail.opens) == ("bounced", 1)

    block_address(address="gone@example.test", reason="complained", now=timezone.now())
    staff_desk.open("/admin/notifications/blockedaddress/", "Blocked addresses")
    expect(staff_desk.row(mail.recipient)).to_be_visible()
    picture(staff_desk, "blocked")
    staff_desk.open(f"/admin/notifications/message/{mail.pk}/change/", title)
    page.once("dialog", lambda dialog: dialog.accept())
    staff_desk.press("Unblock", title)
    expect(page.get_by_text("is blocked:")).to_have_count(0)


def test_everything_about_a_customer_is_read_in_one_line_of_time(staff_desk: Desk, books: Books) -> None:
    page = staff_desk.page
    books.pay(ago(5), "40.00", "CHK-1", on=[("INV-1", "40.00")])
    sent(books)
    create_note(notes="Called; will pay on Friday.", now=timezone.now(), customer=books.customer)
    staff_desk.open(f"/admin/customers/customer/{books.customer.pk}/change/?tab=timeline", "Blue Anchor")

    for words in ("Email to ann@blue-anchor.example", "Payment CHK-1", "Invoice INV-2", "will pay on Friday"):
        expect(page.get_by_text(words).first).to_be_visible()
    picture(staff_desk, "timeline")
    page.get_by_role("navigation", name="Kinds of lines").get_by_role("link", name="Money").click()
    staff_desk.arrive("Blue Anchor")
    expect(page.get_by_text("Payment CHK-1")).to_be_visible()
    expect(page.get_by_text("Email to ann@blue-anchor.example")).to_have_count(0)


def test_messages_are_narrowed_and_the_sandbox_says_so_on_every_page(staff_desk: Desk, books: Books) -> None:
    page = staff_desk.page
    for channel in ("email", "sms"):
        sent(books, channel)
    staff_desk.open("/admin/notifications/message/?channel__exact=sms&written=today", "Sent messages")

    expect(page.get_by_role("link", name="+13125550100")).to_be_visible()
    expect(page.get_by_role("link", name="ann@blue-anchor.example")).to_have_count(0)
    expect(page.get_by_text("Nothing leaves this machine")).to_be_visible()
    picture(staff_desk, "messages")
