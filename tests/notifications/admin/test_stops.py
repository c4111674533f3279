"""A stopped channel is named where staff look, and runs again when they say so."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.urls import reverse

from customers.models import Customer, Event
from notifications.delivering import hold_channel, is_open
from notifications.models import Message
from tests.desk import at_desk, page_text, staff, token_of
from tests.notifications.admin.test_messages import queued

pytestmark = pytest.mark.django_db
LIST = reverse("admin:notifications_message_changelist")
HOME = reverse("admin:index")
RELEASE = reverse("admin:notifications_message_release", args=["email"])


@pytest.fixture
def waiting(debtor: Callable[..., Customer], now: datetime) -> Message:
    """A mail that a stopped channel holds back."""
    message = queued(debtor("North"), "email", now)
    hold_channel(channel="email", reason="The server refused <our> login.", now=now)
    return message


@pytest.mark.parametrize("where", [LIST, HOME])
def test_the_notice_names_the_channel_and_why_it_was_stopped(waiting: Message, where: str) -> None:
    shown = page_text(at_desk().get(where))

    assert "<strong>Email is stopped</strong> since " in shown
    assert "The server refused &lt;our&gt; login. 1 message waits." in shown
    assert f'action="{RELEASE}" data-ask="Release Email?' in shown


@pytest.mark.parametrize("where", [LIST, HOME])
def test_the_notice_leads_to_the_message_that_met_the_fault(
    debtor: Callable[..., Customer], now: datetime, where: str
) -> None:
    met, other = queued(debtor("North"), "email", now), queued(debtor("South"), "email", now)
    refused = {"error_code": "535", "error_text": "Login refused.", "state": "held"}
    Message.objects.filter(pk=met.pk).update(**refused)
    hold_channel(channel="email", reason="Login refused.", code="535", now=now)

    shown = page_text(at_desk().get(where))
    to_others = page_text(at_desk(staff("Rita", role="read_only")).get(where))

    link = 'It was <a href="{}">this message</a> that met it.'
    address = "admin:notifications_message_change"
    assert link.format(reverse(address, args=[met.pk])) in shown
    assert link.format(reverse(address, args=[other.pk])) not in shown
    assert "that met it" not in to_others


@pytest.mark.parametrize("where", [LIST, HOME])
def test_nothing_is_said_while_every_channel_runs(company: object, where: str) -> None:
    assert "is stopped" not in page_text(at_desk().get(where))


@pytest.mark.parametrize("role", ["finance", "admin"])
def test_releasing_lets_messages_go_on_and_is_signed(waiting: Message, now: datetime, role: str) -> None:
    desk = at_desk(staff("Fay", role=role))
    form = {"once": token_of(desk.get(LIST))}

    answer = desk.post(RELEASE, form, follow=True)

    waiting.refresh_from_db()
    assert waiting.state == "queued"
    assert is_open("email", now=now)
    assert "1 messages that waited are on their way" in page_text(answer)
    assert "is stopped" not in page_text(answer)
    signed = Event.objects.get(type="channel.released")
    assert (signed.object_id, signed.actor) == ("email", "Fay")


@pytest.mark.parametrize("role", ["read_only", "account_manager"])
def test_others_see_the_notice_but_cannot_release(waiting: Message, now: datetime, role: str) -> None:
    desk = at_desk(staff("Rita", role=role))

    shown, answer = page_text(desk.get(LIST)), desk.post(RELEASE)

    assert "Email is stopped" in shown
    assert RELEASE not in shown
    assert answer.status_code == 403
    assert not is_open("email", now=now)


def test_looking_at_the_address_releases_nothing(waiting: Message, now: datetime) -> None:
    at_desk().get(RELEASE)

    assert not is_open("email", now=now)


def test_releasing_a_channel_that_runs_changes_nothing(company: object) -> None:
    answer = at_desk().post(RELEASE, follow=True)

    assert "Email runs already." in page_text(answer)
    assert not Event.objects.filter(type="channel.released").exists()
