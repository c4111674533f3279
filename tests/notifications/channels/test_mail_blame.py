"""Whom a mail server's refusal blames: us, the mail, or the address, which alone may lose its mails."""

from datetime import datetime, timedelta

import pytest

from notifications.delivering import deliver_batch
from notifications.models import BlockedAddress, Message, VendorAccount
from notifications.sending import send_statement
from notifications.wire import describe_message
from statements.statement import Options
from tests.notifications.conftest import Debtor
from tests.notifications.mail_server import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

ADDRESS = "accounts1@example.test"
LIMIT = "550 5.4.5 Daily user sending limit exceeded"


def send(debtor: Debtor, options: Options, now: datetime) -> Message:
    [message] = send_statement(customer=debtor("Acme"), channel="email", options=options, now=now)
    return message


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("550 5.1.1 no such user", "invalid"),
        ("550 5.1.1 user not listed in the directory", "invalid"),
        ("550 5.1.10 recipient not found", "invalid"),
        ("550 5.1.2 bad destination system", "invalid"),
        ("550 mailbox unavailable", "invalid"),
        ("554 delivery error: this user doesn't have an account, no such user", "invalid"),
        ("550 5.1.8 <statements@localhost>: Sender address rejected: Domain not found", "other"),
        ("550 5.1.7 bad return address", "other"),
        ("550 Sender verify failed", "other"),
        ("550 5.7.1 SPF record of the sender does not exist", "blocked"),
        ("550 5.4.1 recipient address rejected", "other"),
        ("550 5.5.0 requested action not taken", "other"),
        ("550 5.2.1 mailbox disabled", "other"),
        ("550 5.7.1 only colleagues may write to this group: authentication required", "blocked"),
        ("554 5.4.14 hop count exceeded", "other"),
    ],
)
def test_only_a_reply_about_the_address_itself_blocks_it(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, reply: str, reason: str
) -> None:
    sink.behaviours[ADDRESS] = reply

    message = send(debtor, options, now)

    shown = describe_message(message)
    assert (message.state, shown["state"], shown["reject_reason"]) == ("bounced", "bounced", reason)
    assert BlockedAddress.objects.filter(address=ADDRESS).exists() is (reason == "invalid")
    assert not VendorAccount.objects.filter(held_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("550 Message content rejected", "other"),
        ("550 5.6.0 Headers not valid", "other"),
        ("550 5.1.1 what is it", "other"),
        ("554 Transaction failed", "other"),
        ("550 5.7.1 refused by policy", "blocked"),
    ],
)
def test_a_mail_that_is_refused_blames_no_address(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, reply: str, reason: str
) -> None:
    sink.behaviours[ADDRESS] = f"data: {reply}"

    message = send(debtor, options, now)

    assert (message.state, message.reason, describe_message(message)["state"]) == (
        "failed", reason, "rejected",
    )  # fmt: skip
    assert not BlockedAddress.objects.exists()


@pytest.mark.parametrize(
    "reply",
    [
        "550 Sender unknown",
        "550 5.1.8 Sender domain not found",
        "501 5.1.7 Bad sender address syntax",
        "553 sender refused",
    ],
)
def test_a_sender_that_is_refused_holds_the_channel(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, reply: str
) -> None:
    sink.at_sender = reply

    message = send(debtor, options, now)

    assert (message.state, message.attempt) == ("held", 0)
    assert VendorAccount.objects.get(channel="email").held_at is not None
    assert not BlockedAddress.objects.exists()


def test_a_recipient_before_whom_we_have_to_log_in_holds_the_channel(
    sink: Sink, debtor: Debtor, options: Options, now: datetime
) -> None:
    sink.behaviours[ADDRESS] = "550 Authentication required"

    assert send(debtor, options, now).state == "held"
    assert not BlockedAddress.objects.exists()


@pytest.mark.parametrize("where", ["sender", "recipient", "mail"])
def test_a_days_limit_lets_the_channel_rest_for_an_hour_and_fails_nobody(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, where: str
) -> None:
    sink.at_sender = LIMIT if where == "sender" else ""
    sink.behaviours = {"recipient": {ADDRESS: LIMIT}, "mail": {ADDRESS: f"data: {LIMIT}"}}.get(where, {})

    message = send(debtor, options, now)

    assert message.state == "queued"
    assert not BlockedAddress.objects.exists()
    sink.at_sender, sink.behaviours = "", {}
    assert deliver_batch(channel="email", now=now + timedelta(minutes=59)).leased == 0
    deliver_batch(channel="email", now=now + timedelta(minutes=61))
    message.refresh_from_db()
    assert message.state == "sent"


@pytest.mark.parametrize("reply", ["552 5.2.2 user quota exceeded", "552 daily quota: mailbox full"])
def test_a_readers_own_limit_is_no_limit_of_ours(
    sink: Sink, debtor: Debtor, options: Options, now: datetime, reply: str
) -> None:
    sink.behaviours[ADDRESS] = reply

    assert (send(debtor, options, now).state, VendorAccount.objects.count()) == ("bounced", 0)
