"""Mail servers that are slow, hang up on everybody, or cannot look at passwords for a while."""

import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications import sending
from notifications.delivering import deliver_batch
from notifications.models import Message, VendorAccount
from notifications.sending import send_statement
from statements.issuing import render_batch
from statements.statement import Options
from tests.notifications.conftest import Debtor
from tests.notifications.mail_server import Sink
from tests.notifications.plain_mail_server import PlainServer, plain_mail_server

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]


def use(server: PlainServer, settings: Any) -> None:
    settings.DELIVERY_MODE, settings.EMAIL_HOST, settings.EMAIL_PORT = "live", "127.0.0.1", server.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def send(debtor: Debtor, options: Options, now: datetime, **words: Any) -> Message:
    [message] = send_statement(customer=debtor(), channel="email", options=options, now=now, **words)
    return message


def test_who_waits_for_a_slow_server_is_answered_in_time_and_a_worker_hands_the_mail_over(
    debtor: Debtor, options: Options, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BUDGET_SECONDS", 0.5)
    now = timezone.now()
    with plain_mail_server(delay=0.2) as server:
        use(server, settings)
        begun = time.monotonic()
        message = send(debtor, options, now)
        took = time.monotonic() - begun

        assert (message.state, message.attempt, server.taken) == ("queued", 0, [])
        assert took < 3
        deliver_batch(channel="email", now=now + timedelta(minutes=1))

    message.refresh_from_db()
    assert (message.state, len(server.taken)) == ("sent", 1)


@pytest.mark.parametrize("pace", [{"delay": 0.3}, {"drip": 0.1}])
def test_one_deadline_bounds_all_steps_of_a_mail(
    debtor: Debtor, options: Options, now: datetime, settings: Any, pace: dict[str, float]
) -> None:
    settings.EMAIL_TIMEOUT = 1
    with plain_mail_server(**pace) as server:
        use(server, settings)
        message = send(debtor, options, now, deliver=False)
        render_batch(now=now)
        begun = time.monotonic()
        deliver_batch(channel="email", now=now)
        took = time.monotonic() - begun

    message.refresh_from_db()
    assert (message.state, message.attempt, server.taken) == ("queued", 1, [])
    assert took < 3


@pytest.mark.parametrize(
    ("reply", "state", "held"),
    [
        ("454 4.7.0 Temporary authentication failure", "queued", False),
        ("535 5.7.8 Username and password not accepted", "held", True),
    ],
)
def test_a_password_that_cannot_be_looked_at_now_is_no_wrong_one(
    debtor: Debtor, options: Options, now: datetime, settings: Any, reply: str, state: str, held: bool
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "desk", "secret"
    with plain_mail_server(login=reply) as server:
        use(server, settings)
        message = send(debtor, options, now)

        assert message.state == state
        assert VendorAccount.objects.filter(held_at__isnull=False).exists() is held
        server.login = "235 welcome"
        deliver_batch(channel="email", now=now + timedelta(minutes=2))

    message.refresh_from_db()
    assert message.state == ("held" if held else "sent")


@pytest.mark.parametrize("fault", ["hangs up", "puts every sender off"])
def test_a_server_that_takes_nothing_for_hours_is_left_alone_between_tries_and_fails_nobody(
    sink: Sink, debtor: Debtor, options: Options, fault: str
) -> None:
    now = timezone.now()
    messages = [send(debtor, options, now, deliver=False) for _ in range(12)]
    render_batch(now=now)
    if fault == "hangs up":
        sink.script, sink.every = ["drop before"], 1
    else:
        sink.at_sender = "451 4.3.2 try later"

    for minutes in range(1, 6 * 60, 5):
        while deliver_batch(channel="email", now=now + timedelta(minutes=minutes)).was_full:
            pass

    assert Counter(Message.objects.values_list("state", flat=True)) == {"queued": 12}
    assert VendorAccount.objects.get(channel="email").faults >= 5
    # Each bell knocks once: the first mail tells about all the others.
    assert sink.connections <= 72
    sink.script, sink.at_sender = [], ""
    for hours in (7, 8, 9):
        while deliver_batch(channel="email", now=now + timedelta(hours=hours)).was_full:
            pass
    assert sink.copies == {message.recipient: 1 for message in messages}


def test_a_mail_that_is_put_off_for_a_day_is_given_up(sink: Sink, debtor: Debtor, options: Options) -> None:
    now = timezone.now()
    sink.behaviours["accounts1@example.test"] = "451 4.7.1 greylisted"

    message = send(debtor, options, now)
    begun = message.first_tried_at
    assert begun is not None
    day = timedelta(hours=24)
    for later in (*(timedelta(hours=hours) for hours in range(1, 24)), day - timedelta(minutes=1)):
        deliver_batch(channel="email", now=begun + later)
        message.refresh_from_db()
        assert message.state == "queued"
    deliver_batch(channel="email", now=begun + day + timedelta(hours=1))

    message.refresh_from_db()
    assert (message.state, message.reason, message.attempt) == ("bounced", "timed_out", 26)
