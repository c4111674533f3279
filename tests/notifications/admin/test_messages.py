"""The outbox, and sending one statement from the customer's page."""

from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from notifications.models import Message
from notifications.sending import send_statement
from notifications.sending_documents import send_document
from statements.options import day_options
from tests.desk import at_desk, page_text, staff
from tests.ledgers import CHICAGO

Debtor = Callable[..., Customer]
pytestmark = pytest.mark.django_db
LIST = reverse("admin:notifications_message_changelist")


def queued(customer: Customer, channel: str, now: datetime) -> Message:
    options = day_options(type="open_item", zone=CHICAGO, end_day=now.date())
    [row] = send_statement(customer=customer, channel=channel, options=options, now=now, deliver=False)
    return row


def page_url(message: Message) -> str:
    return reverse("admin:notifications_message_change", args=[message.pk])


def act(desk: Client, message: Message, name: str) -> Message:
    desk.post(reverse("admin:notifications_message_act", args=[message.pk, name]))
    message.refresh_from_db()
    return message


def test_a_mail_is_shown_in_a_frame_that_runs_nothing(debtor: Debtor, now: datetime) -> None:
    desk = at_desk()
    mail = queued(debtor("North <script>alert(1)</script>"), "email", now)

    shown, frame = (
        desk.get(page_url(mail)),
        desk.get(reverse("admin:notifications_message_mail", args=[mail.pk])),
    )

    assert "sandbox></iframe>" in page_text(shown)
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "; sandbox;" in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script>alert" not in frame.content.decode()
    assert "/email/open/" not in frame.content.decode()


def test_a_text_is_shown_with_its_segments(debtor: Debtor, now: datetime) -> None:
    customer = debtor("North", contacts=[{"name": "Jo", "phone": "+13125550100", "sms_enabled": True}])

    shown = page_text(at_desk().get(page_url(queued(customer, "sms", now))))

    assert "1 segment, GSM-7" in shown


def test_a_letter_is_shown_with_address_and_document(debtor: Debtor, now: datetime) -> None:
    customer = debtor("North", address1="1 Quay", city="Boston", state="MA", postal_code="02110")
    letter = queued(customer, "letter", now)
    Message.objects.filter(pk=letter.pk).update(expected_delivery_date=date(2026, 8, 11))
    desk = at_desk()

    shown = page_text(desk.get(page_url(letter)))
    pdf = desk.get(reverse("admin:statements_issuedstatement_pdf", args=[letter.issued_statement_id]))

    assert "1 Quay<br>" in shown
    assert "Aug 11, 2026" in shown
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")


def test_a_sent_invoice_is_shown_with_the_very_file_that_went_out(debtor: Debtor, now: datetime) -> None:
    customer = debtor("North")
    invoice = customer.invoices.get()
    [mail] = send_document(document=invoice, channel="email", now=now)
    desk, where = at_desk(), reverse("admin:notifications_message_document", args=[mail.pk])
    customer.invoices.update(notes="Changed since")

    shown, pdf = page_text(desk.get(page_url(mail))), desk.get(where)

    assert f"Invoice {invoice.number}" in shown
    assert where in shown
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert sha256(pdf.content).hexdigest() == mail.document_sha256


def test_a_letter_with_an_invoice_shows_its_pages(debtor: Debtor, now: datetime) -> None:
    customer = debtor("North", address1="1 Quay", city="Boston", state="MA", postal_code="02110")
    [letter] = send_document(document=customer.invoices.get(), channel="letter", now=now)

    shown = page_text(at_desk().get(page_url(letter)))

    assert "1 Quay<br>" in shown
    assert f"{reverse('admin:notifications_message_document', args=[letter.pk])}#navpanes" in shown


def test_a_message_without_a_document_has_none_to_show(debtor: Debtor, now: datetime) -> None:
    mail = queued(debtor(), "email", now)

    assert at_desk().get(reverse("admin:notifications_message_document", args=[mail.pk])).status_code == 404


def test_a_text_at_night_tells_why_it_would_have_waited(debtor: Debtor, now: datetime) -> None:
    customer = debtor("North", contacts=[{"name": "Jo", "phone": "+13125550100", "sms_enabled": True}])

    row = queued(customer, "sms", now.replace(hour=3))

    assert "texts go from 08:00 to 20:59 only" in page_text(at_desk().get(page_url(row)))


def test_an_unclear_message_can_be_sent_again_or_marked(debtor: Debtor, now: datetime) -> None:
    desk = at_desk()
    for name, state in (("send-again", "queued"), ("mark-as-sent", "sent")):
        message = queued(debtor(), "email", now)
        Message.objects.filter(pk=message.pk).update(state="unknown", sending_since=now, handed_over_at=now)
        assert "Nobody knows whether this message went out" in page_text(desk.get(page_url(message)))

        assert act(desk, message, name).state == state


def test_a_waiting_message_can_be_canceled(debtor: Debtor, now: datetime) -> None:
    assert act(at_desk(), queued(debtor(), "email", now), "cancel").state == "canceled"


def test_only_those_who_run_things_decide_about_messages(debtor: Debtor, now: datetime) -> None:
    message = queued(debtor(), "email", now)
    desk = at_desk(staff("Rita", role="read_only"))

    assert act(desk, message, "cancel").state == "queued"


def test_the_outbox_finds_trouble(debtor: Debtor, now: datetime) -> None:
    good, bad = queued(debtor("Good"), "email", now), queued(debtor("Bad"), "email", now)
    Message.objects.filter(pk=bad.pk).update(state="failed")

    shown = page_text(at_desk().get(LIST, {"state": "trouble"}))

    assert bad.recipient in shown
    assert good.recipient not in shown


def test_the_outbox_costs_the_same_queries_for_many(
    debtor: Debtor, now: datetime, django_assert_max_num_queries
) -> None:
    desk = at_desk()
    for _ in range(8):
        queued(debtor(), "email", now)
    desk.get(LIST)

    with django_assert_max_num_queries(10):
        desk.get(LIST)
