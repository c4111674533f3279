"""Mails through a vendor's API over real connections: its answers become what the row says."""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifications.channels.email.vendors import features_of
from notifications.delivering import deliver_batch, release_channel
from notifications.models import BlockedAddress, Message, VendorAccount
from notifications.sending import send_statement
from notifications.wire import describe_message
from statements.statement import Options
from tests.notifications.conftest import Debtor
from tests.notifications.mail_vendor import Vendor, mail_vendor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

ADDRESS = "accounts1@example.test"


@pytest.fixture
def vendor(settings: Any) -> Iterator[Vendor]:
    with mail_vendor() as vendor:
        settings.DELIVERY_MODE = "live"
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = vendor.settings()
        yield vendor


def send(debtor: Debtor, options: Options, now: datetime, **words: Any) -> Message:
    [message] = send_statement(customer=debtor("Acme"), channel="email", options=options, now=now, **words)
    return message


def test_a_mail_goes_with_its_document_its_own_id_and_what_the_vendor_is_to_remember(
    vendor: Vendor, debtor: Debtor, options: Options, now: datetime, no_pdf: bytes
) -> None:
    message = send(debtor, options, now)

    [mail] = vendor.taken
    assert (message.state, message.vendor, message.vendor_id) == ("sent", "postmark", "pm-1")
    assert message.message_id == f"<{message.public_id}@127.0.0.1>"
    headers = {header["Name"]: header["Value"] for header in mail["Headers"]}
    assert headers["Message-ID"] == message.message_id
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert mail["From"] == "Harbour Supplies <statements@localhost>"
    assert mail["ReplyTo"] == "office@harbour.example"
    assert mail["Metadata"] == {"delivery": message.public_id}
    assert mail["Tag"] == "statement_email"
    assert mail["TextBody"] == message.text
    [attached] = mail["Attachments"]
    assert base64.b64decode(attached["Content"]).startswith(no_pdf.rstrip(b"\n"))


def test_opens_are_counted_by_the_vendor_or_by_us_but_never_by_both(
    vendor: Vendor, debtor: Debtor, options: Options, now: datetime, settings: Any
) -> None:
    send(debtor, options, now)
    settings.ANYMAIL = {**vendor.settings(), "WEBHOOK_SECRET": ""}  # nobody would hear of it
    send(debtor, options, now)
    settings.TRACK_OPENS, settings.ANYMAIL = False, vendor.settings()
    send(debtor, options, now)

    assert [mail["TrackOpens"] for mail in vendor.taken] == [True, False, False]
    assert ["/email/open/" in mail["HtmlBody"] for mail in vendor.taken] == [False, True, False]


@pytest.mark.parametrize(
    ("backend", "keys", "opens"),
    [
        ("mailgun", {"MAILGUN_API_KEY": "k"}, True),
        ("sparkpost", {"SPARKPOST_API_KEY": "k"}, True),
        ("resend", {"RESEND_API_KEY": "k"}, False),
        ("brevo", {"BREVO_API_KEY": "k"}, False),
    ],
)
def test_what_a_backend_can_do_is_asked_of_the_backend(
    settings: Any, backend: str, keys: dict[str, str], opens: bool
) -> None:
    from django.core.mail import get_connection

    settings.ANYMAIL = {**keys, "WEBHOOK_SECRET": "a:b"}

    features = features_of(get_connection(f"anymail.backends.{backend}.EmailBackend"))

    assert features.metadata
    assert features.counts_opens is opens


@pytest.mark.parametrize(
    ("mood", "state", "wire", "reason"),
    [
        ("inactive", "failed", "rejected", "blocked"),
        ("invalid", "failed", "invalid", "invalid"),
        ("422", "failed", "rejected", "other"),
    ],
)
def test_what_the_vendor_refuses_ends_the_mail(
    vendor: Vendor, debtor: Debtor, options: Options, now: datetime,
    mood: str, state: str, wire: str, reason: str,
) -> None:  # fmt: skip
    vendor.moods[ADDRESS] = mood

    message = send(debtor, options, now)

    shown = describe_message(message)
    assert (message.state, shown["state"], shown["reject_reason"]) == (state, wire, reason)
    assert BlockedAddress.objects.filter(address=ADDRESS).exists() is (mood == "invalid")


@pytest.mark.parametrize("mood", ["taken 500", "taken 503", "taken reset", "taken garbage", "taken silence"])
def test_an_answer_that_never_came_leaves_the_mail_unclear_and_it_is_not_sent_again(
    vendor: Vendor, debtor: Debtor, options: Options, now: datetime, mood: str
) -> None:
    vendor.moods[ADDRESS] = mood

    message = send(debtor, options, now)
    for hours in (1, 2, 30):
        deliver_batch(channel="email", now=now + timedelta(hours=hours))

    message.refresh_from_db()
    assert message.state == "unknown"
    assert describe_message(message)["state"] == "queued"
    assert vendor.copies == {ADDRESS: 1}


def test_a_vendor_that_asks_for_rest_gets_it_and_the_try_does_not_count(
    vendor: Vendor, debtor: Debtor, options: Options, now: datetime
) -> None:
    vendor.moods[ADDRESS] = "429"

    message = send(debtor, options, now)

    assert (message.state, message.attempt) == ("queued", 0)
    assert deliver_batch(channel="email", now=now + timedelta(seconds=80)).leased == 0
    vendor.moods.clear()
    deliver_batch(channel="email", now=now + timedelta(seconds=300))
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_vendor_that_nobody_reaches_has_surely_not_taken_the_mail(
    vendor: Vendor, debtor: Debtor, options: Options, now: datetime, settings: Any
) -> None:
    settings.ANYMAIL = {**vendor.settings(), "POSTMARK_API_URL": "http://127.0.0.1:1/"}

    message = send(debtor, options, now)

    assert (message.state, message.attempt) == ("queued", 1)


@pytest.mark.parametrize("mood", ["401", "403"])
def test_credentials_that_are_refused_stop_the_channel(
    vendor: Vendor, debtor: Debtor, options: Options, now: datetime, mood: str
) -> None:
    vendor.moods[ADDRESS] = mood

    message = send(debtor, options, now)

    assert message.state == "held"
    assert VendorAccount.objects.get(channel="email").held_at is not None
    vendor.moods.clear()
    release_channel(channel="email", now=now)
    deliver_batch(channel="email", now=now)
    assert vendor.copies == {ADDRESS: 1}


def test_a_mail_too_large_for_the_vendor_goes_with_the_link_instead(
    vendor: Vendor, debtor: Debtor, options: Options, now: datetime
) -> None:
    vendor.moods[ADDRESS] = "413"

    message = send(debtor, options, now, message="See below.")

    [mail] = vendor.taken
    assert message.state == "sent"
    assert "too large" in message.note
    assert "Attachments" not in mail
    assert message.issued_statement is not None
    assert message.issued_statement.token in mail["TextBody"]


def test_a_blind_copy_that_is_refused_does_not_end_the_mail(
    vendor: Vendor, debtor: Debtor, options: Options, now: datetime
) -> None:
    message = send(debtor, options, now, bcc="audit@example.test")

    assert vendor.taken[0]["Bcc"] == "audit@example.test"
    assert message.state == "sent"
