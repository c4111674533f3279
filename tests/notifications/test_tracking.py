"""The picture that counts opens."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from customers.models import Event
from notifications.models import Message
from notifications.sending import send_statement
from notifications.tracking import record_open
from notifications.wire import describe_message
from statements.statement import Options
from tests.notifications.conftest import Debtor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]


@pytest.fixture
def mail(debtor: Debtor, options: Options, now: datetime) -> Message:
    return send_statement(customer=debtor(), channel="email", options=options, now=now)[0]


def test_each_look_counts_once_and_the_newest_five_are_told(mail: Message, now: datetime) -> None:
    for minute in range(7):
        moment = now + timedelta(minutes=2 * minute)
        record_open(tracking_id=mail.tracking_id, ip="203.0.113.9", user_agent="Mail 1", now=moment)
        record_open(tracking_id=mail.tracking_id, ip="203.0.113.9", user_agent="Mail 1", now=moment)

    mail.refresh_from_db()
    shown = describe_message(mail)
    assert mail.opens == shown["opens"] == 7
    assert [entry["timestamp"] for entry in shown["opens_detail"]] == [
        int((now + timedelta(minutes=2 * minute)).timestamp()) for minute in (6, 5, 4, 3, 2)
    ]
    assert Event.objects.filter(type="email.opened").count() == 1


def test_the_picture_is_the_same_for_everybody(client: Client, mail: Message) -> None:
    known = client.get(f"/email/open/{mail.tracking_id}", REMOTE_ADDR="203.0.113.9")
    unknown = client.get("/email/open/" + "0" * 32)

    assert known.content == unknown.content
    assert len(known.content) == 43
    assert known["Cache-Control"] == "private, no-store"
    mail.refresh_from_db()
    assert mail.opens == 1
