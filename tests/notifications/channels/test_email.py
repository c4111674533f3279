"""Mails over a real connection: what the server says becomes what the row says."""

import re
from datetime import datetime, timedelta
from email.message import Message as Mail
from typing import Any

import pytest

from customers.errors import Refused
from customers.models import Company
from notifications.channels.email.blocking import block_address
from notifications.channels.email.mail import mail_sender
from notifications.delivering import deliver_batch, release_channel
from notifications.models import BlockedAddress, Message, VendorAccount
from notifications.sending import send_statement
from statements.issuing import render_batch
from statements.statement import Options
from tests.notifications.conftest import Debtor
from tests.notifications.mail_server import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]


@pytest.fixture
def large_pdf(monkeypatch: pytest.MonkeyPatch) -> int:
    """A document that no socket swallows at once, below the cap for attachments; its size."""
    size = 6 * 1024 * 1024
    monkeypatch.setattr("statements.issuing.issued_pdf", lambda issued: b"%PDF-1.4 " + b"x" * size)
    return size


def send(debtor: Debtor, options: Options, now: datetime, **words: Any) -> Message:
    [message] = send_statement(customer=debtor("Acme"), channel="email", options=options, now=now, **words)
    return message


def test_a_mail_has_both_parts_the_document_and_its_own_id(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, no_pdf: bytes
) -> None:
    message = send(debtor, options, now)

    [taken] = sink.taken
    assert message.state == "sent"
    assert message.vendor == "smtp"
    assert taken.recipients == ("accounts1@example.test",)
    assert taken.message_id == message.message_id == f"<{message.public_id}@127.0.0.1>"
    kinds = [part.get_content_type() for part in taken.mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "application/pdf"]
    attached = list(taken.mail.walk())[-1]
    assert attached.get_filename() == "Acme Statement.pdf"
    assert bytes(attached.get_payload(decode=True)).startswith(no_pdf.rstrip(b"\n"))
    assert taken.mail["Auto-Submitted"] == "auto-generated"
    assert taken.mail["Reply-To"] == "office@harbour.example"
    assert message.tracking_id in str(list(taken.mail.walk())[3].get_payload(decode=True))


@pytest.mark.parametrize("name", ["Acme\nShipping", "Acme\r\n Shipping", "Acme \rShipping\n"])
def test_a_name_of_several_lines_stands_on_one_in_the_header(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, company: Company, name: str
) -> None:
    company.sender_name = "Harbour\nSupplies"
    company.save()
    contacts = [{"name": name, "email": "ann@example.test", "primary": True}]

    messages = send_statement(
        customer=debtor(name, contacts=contacts), channel="email", options=options, now=now
    )

    assert [message.state for message in messages] == ["sent", "sent"]
    assert {mail.mail["To"].partition(" <")[0] for mail in sink.taken} == {"Acme Shipping"}
    assert {mail.mail["From"].partition(" <")[0] for mail in sink.taken} == {"Harbour Supplies"}


def test_the_foot_of_a_mail_has_the_town_as_its_country_writes_it(company: Company) -> None:
    assert mail_sender().footer == ("Harbour Supplies", "1 Quay", "Boston, MA 02110")
    company.country, company.city, company.state, company.postal_code = "DE", "Berlin", "", "10115"
    company.save()

    assert mail_sender().footer[-1] == "10115 Berlin"


def test_one_mail_goes_to_each_recipient_and_blind_copies_with_the_first(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    to = [{"name": "Ann", "email": "ann@example.test"}, {"email": "ben@example.test"}]

    messages = send_statement(
        customer=debtor(), channel="email", options=options, now=now, to=to, bcc="audit@example.test"
    )

    assert [message.state for message in messages] == ["sent", "sent"]
    assert [mail.recipients for mail in sink.taken] == [
        ("ann@example.test", "audit@example.test"),
        ("ben@example.test",),
    ]
    assert "audit" not in str(sink.taken[0].mail)
    assert sink.connections == 1


@pytest.mark.parametrize(
    ("reply", "state", "reason"),
    [
        ("550 5.1.1 no such user", "bounced", "invalid"),
        ("550 mailbox unavailable", "bounced", "invalid"),
        ("554 5.7.1 message looks like spam", "bounced", "spam"),
        ("552 mailbox full", "bounced", "other"),
        ("552 5.2.2 over quota", "bounced", "other"),
        ("550 5.7.1 rejected by policy", "bounced", "blocked"),
        ("551 user not local", "bounced", "invalid"),
    ],
)
def test_a_recipient_that_is_refused_for_good_ends_the_message(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, reply: str, state: str, reason: str
) -> None:
    sink.behaviours["accounts1@example.test"] = reply

    message = send(debtor, options, now)

    assert (message.state, message.reason) == (state, reason)
    assert message.error_code == reply[:3]
    assert sink.taken == []


@pytest.mark.parametrize(
    ("reply", "blocked"),
    [("550 5.1.1 no such user", True), ("550 5.7.1 spam", False), ("552 5.2.2 mailbox full", False)],
)
def test_an_address_without_a_mailbox_is_written_to_no_more(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, reply: str, blocked: bool
) -> None:
    sink.behaviours["accounts1@example.test"] = reply

    message = send(debtor, options, now)

    found = [(row.address, row.message_id) for row in BlockedAddress.objects.order_by("pk")]
    assert found == ([("accounts1@example.test", message.pk)] if blocked else [])


@pytest.mark.parametrize(
    "reply",
    [
        "451 4.7.1 greylisted",
        "421 try later",
        "data: 452 out of space",
        "data: 421 shutting down",
        "at data: 451 busy",
        "drop before",
        "drop at recipient",
    ],
)
def test_what_fails_before_the_server_took_it_is_tried_again_later(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, reply: str
) -> None:
    sink.behaviours["accounts1@example.test"] = reply

    message = send(debtor, options, now)

    assert message.state == "queued"
    assert message.attempt == 1
    assert message.due_at is not None
    assert now < message.due_at <= now + timedelta(seconds=45)
    sink.behaviours.clear()
    deliver_batch(channel="email", now=now + timedelta(hours=1))
    message.refresh_from_db()
    assert message.state == "sent"
    assert sink.copies == {"accounts1@example.test": 1}


def test_a_mail_that_was_cut_off_in_the_middle_is_tried_again_later(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, large_pdf: int
) -> None:
    sink.behaviours["accounts1@example.test"] = "drop in the middle"

    message = send(debtor, options, now)

    assert (message.state, message.attempt) == ("queued", 1)
    assert sink.taken == []


@pytest.mark.parametrize("behaviour", ["drop after", "garbage after", "drop at the dot"])
def test_a_mail_whose_answer_never_came_is_unclear_and_not_sent_again(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, behaviour: str
) -> None:
    sink.behaviours["accounts1@example.test"] = behaviour

    message = send(debtor, options, now)
    deliver_batch(channel="email", now=now + timedelta(days=1))

    message.refresh_from_db()
    assert message.state == "unknown"
    assert sink.copies == ({} if behaviour == "drop at the dot" else {"accounts1@example.test": 1})


def test_a_refused_copy_does_not_stop_the_mail(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    sink.behaviours["audit@example.test"] = "550 5.1.1 no such user"

    message = send(debtor, options, now, bcc="audit@example.test")

    assert message.state == "sent"
    assert sink.copies == {"accounts1@example.test": 1}


def test_a_server_that_forbids_us_to_send_stops_the_channel_and_nothing_fails(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    sink.at_sender = "530 5.7.0 authentication required"

    first = send(debtor, options, now)
    second = send(debtor, options, now)

    account = VendorAccount.objects.get(channel="email")
    assert account.held_at is not None
    assert "authentication required" in account.held_reason
    assert first.state == "held"
    assert first.attempt == 0
    assert second.state == "queued"
    sink.at_sender = ""
    assert deliver_batch(channel="email", now=now).stopped
    second.refresh_from_db()
    assert second.state == "held"
    assert release_channel(channel="email", now=now) == 2
    deliver_batch(channel="email", now=now)
    assert sink.copies == {"accounts1@example.test": 1, "accounts2@example.test": 1}


def test_a_server_out_of_reach_lets_the_channel_rest_after_one_knock(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, settings: Any
) -> None:
    settings.EMAIL_PORT = 1  # nobody listens there
    messages = [
        send_statement(customer=debtor(), channel="email", options=options, now=now, deliver=False)[0]
        for _ in range(3)
    ]
    render_batch(now=now)

    batch = deliver_batch(channel="email", now=now)

    assert batch.handled == 1
    tries = [Message.objects.get(pk=message.pk).attempt for message in messages]
    assert sorted(tries) == [0, 0, 1]
    assert deliver_batch(channel="email", now=now).leased == 0
    assert Message.objects.filter(state="queued", lease_token="").count() == 3


def test_email_that_is_not_connected_creates_nothing(
    settings: Any, debtor: Debtor, options: Options, now: datetime
) -> None:
    settings.DELIVERY_MODE = "live"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = ""

    with pytest.raises(Refused, match="not connected"):
        send(debtor, options, now)

    assert not Message.objects.exists()


def test_lines_with_dots_and_odd_characters_arrive_as_they_were(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    body = ".\n..leading dots\nÜmlaut 日本 \U0001f600\n."

    send(debtor, options, now, message=body, subject="Grüße 🎉")

    [taken] = sink.taken
    text = next(part for part in taken.mail.walk() if part.get_content_type() == "text/plain")
    content = bytes(text.get_payload(decode=True)).decode().replace("\r\n", "\n")
    assert content.rstrip("\n") == body
    assert taken.mail["Subject"] == "Grüße 🎉"


@pytest.mark.parametrize(
    "refusal",
    [
        {"at_sender": "550 5.7.1 sender not allowed"},
        {"at_sender": "535 5.7.8 credentials"},
        {"behaviours": {"accounts1@example.test": "554 5.7.1 relay access denied"}},
    ],
)
def test_a_server_that_refuses_us_holds_the_channel_and_blames_no_address(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, refusal: dict[str, Any]
) -> None:
    for name, value in refusal.items():
        setattr(sink, name, value)

    message = send(debtor, options, now)

    assert message.state == "held"
    assert not BlockedAddress.objects.exists()


def test_a_sender_that_is_refused_for_the_moment_only_is_tried_again(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    sink.at_sender = "451 4.3.0 later"

    assert send(debtor, options, now).state == "queued"


def test_a_server_without_the_encryption_we_ask_for_gets_nothing(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, settings: Any
) -> None:
    settings.EMAIL_USE_TLS = True

    message = send(debtor, options, now)

    assert message.state == "queued"
    assert sink.taken == []


@pytest.mark.parametrize("refusal", ["data: 552 5.3.4 too big", "data: 523 5.3.4 too big"])
def test_a_mail_that_is_too_big_goes_with_the_link_instead(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, large_pdf: int, refusal: str
) -> None:
    sink.behaviours["accounts1@example.test"] = refusal
    sink.largest_taken = large_pdf

    message = send(debtor, options, now, message="See below.")

    [taken] = sink.taken
    assert message.state == "sent"
    assert "too large" in message.note
    assert [part.get_content_type() for part in taken.mail.walk() if not part.is_multipart()] == [
        "text/plain", "text/html",
    ]  # fmt: skip
    assert message.issued_statement is not None
    assert message.issued_statement.token in plain_of(taken.mail)


def test_a_size_that_the_server_has_announced_is_kept_without_asking(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, large_pdf: int
) -> None:
    sink.announced = large_pdf

    message = send(debtor, options, now)

    assert (message.state, len(sink.taken)) == ("sent", 1)
    assert "too large" in message.note


def test_a_document_above_the_cap_is_never_attached(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, settings: Any
) -> None:
    settings.EMAIL_ATTACHMENT_MAX_MB = 0

    message = send(debtor, options, now)

    assert message.note == "The PDF (0.0 MB) was too large to attach: the mail carries its link instead."
    assert len([part for part in sink.taken[0].mail.walk() if part.get_filename()]) == 0


def test_a_mail_that_is_too_big_without_its_document_fails(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    sink.behaviours["accounts1@example.test"] = "data: 552 5.3.4 too big"
    sink.largest_taken = 0

    assert send(debtor, options, now).state == "failed"


def test_a_button_looks_like_one_without_the_sheet(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    send(debtor, options, now)

    page = next(part for part in sink.taken[0].mail.walk() if part.get_content_type() == "text/html")
    assert re.search(
        r'<a class="button" style="[^"]*background-color: ?#1d4ed8',
        bytes(page.get_payload(decode=True)).decode(),
    )


def test_an_address_in_another_script_is_written_as_servers_take_it(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    message = send(debtor, options, now, to="büro@bücher.example".replace("ü", "u", 1))

    assert message.state == "sent"
    assert sink.taken[0].recipients == ("buro@xn--bcher-kva.example",)


def test_an_address_that_was_blocked_meanwhile_gets_nothing(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    message = send(debtor, options, now, bcc="audit@example.test", deliver=False)
    other = send(debtor, options, now, bcc="gone@example.test", deliver=False)
    render_batch(now=now)
    for address in (message.recipient, "gone@example.test"):
        block_address(address=address.upper(), reason="bounced", now=now)

    deliver_batch(channel="email", now=now)

    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.state, message.reason, message.attempt) == ("failed", "blocked", 0)
    assert other.state == "sent"
    assert sink.copies == {other.recipient: 1}


def plain_of(mail: Mail) -> str:
    text = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    return bytes(text.get_payload(decode=True)).decode()
