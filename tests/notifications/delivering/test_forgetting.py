"""What is kept of messages for a while only: readers' addresses, and words where that is set."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from customers.errors import Refused
from notifications.delivering import forget_readers, forget_words, send_again
from notifications.models import Message, MessageEvent
from notifications.sending import send_statement
from notifications.tasks import forget_messages
from notifications.wire import describe_message
from statements.statement import Options
from tests.notifications.conftest import Debtor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

MAIL: dict[str, Any] = {"channel": "email", "subject": "July", "message": "You owe us."}


@pytest.fixture
def mail(debtor: Debtor, options: Options, now: datetime) -> Message:
    [message] = send_statement(customer=debtor("Acme"), options=options, now=now, **MAIL)
    return message


def test_who_opened_a_mail_from_where_is_forgotten_after_ninety_days(mail: Message, now: datetime) -> None:
    for days in (0, 50):
        MessageEvent.objects.create(
            message=mail,
            type="opened",
            occurred_at=now + timedelta(days=days),
            ip="192.0.2.7",
            user_agent="Mail",
        )
    Message.objects.update(opens=2)

    assert forget_readers(now=now + timedelta(days=91)) == 1

    mail.refresh_from_db()
    shown = describe_message(mail)
    assert shown["opens"] == 2
    assert [(found["ip"], found["user_agent"]) for found in shown["opens_detail"]] == [
        ("192.0.2.7", "Mail"), (None, ""),
    ]  # fmt: skip
    assert forget_readers(now=now + timedelta(days=91)) == 0


def test_words_stay_for_ever_unless_a_setting_says_otherwise(mail: Message, now: datetime) -> None:
    assert forget_words(now=now + timedelta(days=9999)) == 0

    mail.refresh_from_db()
    assert (mail.subject, mail.text) == ("July", "You owe us.")


def test_words_are_forgotten_with_the_request_that_repeats_them_and_the_rest_stays(
    mail: Message, now: datetime, settings: Any
) -> None:
    settings.MESSAGE_KEEP_DAYS = 30

    assert forget_words(now=now + timedelta(days=30)) == 0
    assert forget_words(now=now + timedelta(days=31)) == 1

    mail.refresh_from_db()
    shown = describe_message(mail)
    assert (shown["subject"], shown["message"], mail.html) == ("", "", "")
    assert (shown["email"], shown["state"], shown["template"]) == (mail.recipient, "sent", "statement_email")
    assert "You owe us." not in str(mail.request)
    assert mail.request is not None
    assert mail.request["attachments"]
    assert forget_words(now=now + timedelta(days=31)) == 0


@pytest.mark.parametrize("state", ["queued", "held", "unknown"])
def test_what_may_still_go_out_keeps_its_words(
    mail: Message, now: datetime, settings: Any, state: str
) -> None:
    settings.MESSAGE_KEEP_DAYS = 30
    Message.objects.update(state=state)

    assert forget_words(now=now + timedelta(days=300)) == 0


def test_a_message_without_its_words_cannot_go_again(mail: Message, now: datetime, settings: Any) -> None:
    settings.MESSAGE_KEEP_DAYS = 30
    Message.objects.update(state="failed")
    forget_words(now=now + timedelta(days=31))

    with pytest.raises(Refused, match="no longer kept"):
        send_again(messages=Message.objects.all(), now=now + timedelta(days=31))

    mail.refresh_from_db()
    assert mail.state == "failed"


def test_the_nightly_task_does_both(mail: Message, settings: Any) -> None:
    settings.MESSAGE_KEEP_DAYS = 1
    MessageEvent.objects.create(message=mail, type="opened", occurred_at=mail.created_at, ip="192.0.2.7")

    forget_messages()  # the real clock is months later

    mail.refresh_from_db()
    assert mail.text == ""
    assert not MessageEvent.objects.exclude(ip=None).exists()
