"""Vendors in the back office: connecting, trying, stopping, for admins only."""

from datetime import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Event
from customers.vault import unseal_map
from notifications.delivering import hold_channel, is_open
from notifications.models import Message, VendorAccount
from notifications.vendors import (
    describe_vendor,
)
from tests.desk import at_desk, page_text, staff, token_of
from tests.vendors.lob_server import KEY, SECRET, LobServer
from tests.vendors.twilio_server import ACCOUNT, SENDER, TOKEN, TwilioServer

pytestmark = pytest.mark.django_db

LIST = reverse("admin:notifications_vendoraccount_changelist")
SMS = reverse("admin:notifications_vendoraccount_channel", args=["sms"])
LETTER = reverse("admin:notifications_vendoraccount_channel", args=["letter"])
GOOD = {"account_sid": ACCOUNT, "auth_token": TOKEN, "sender": SENDER}


def act_url(channel: str, act: str) -> str:
    return reverse("admin:notifications_vendoraccount_act", args=[channel, act])


def test_staff_connect_twilio_on_its_page(twilio: TwilioServer) -> None:
    VendorAccount.objects.all().delete()
    desk = at_desk()
    form = {**GOOD, "once": token_of(desk.get(SMS))}

    answer = desk.post(SMS, form, follow=True)
    again = desk.post(SMS, form, follow=True)

    assert "Twilio is connected." in page_text(answer)
    assert "already sent" in page_text(again)
    assert Event.objects.filter(type="vendor.connected").count() == 2  # the fixture's and this one
    shown = page_text(desk.get(SMS))
    assert "Connected" in shown
    assert "/webhooks/twilio/inbound" in shown
    assert TOKEN not in shown
    assert ACCOUNT not in shown


def test_what_the_vendor_refuses_is_said_beside_the_field(twilio: TwilioServer) -> None:
    twilio.token = "changed"
    desk = at_desk()

    answer = desk.post(SMS, {**GOOD, "once": token_of(desk.get(SMS))})

    assert answer.status_code == 422
    assert "Twilio refused the credentials" in page_text(answer)
    assert TOKEN not in page_text(answer)


def test_staff_change_an_option_without_typing_secrets_again(lob: LobServer) -> None:
    desk = at_desk()
    form = {"address_placement": "top_first_page", "double_sided": "on", "once": token_of(desk.get(LETTER))}

    desk.post(LETTER, form, follow=True)

    row = VendorAccount.objects.get(channel="letter")
    assert row.settings["address_placement"] == "top_first_page"
    assert unseal_map(row.credentials) == {"api_key": KEY, "webhook_secret": SECRET}


def test_staff_stop_release_check_and_disconnect(twilio: TwilioServer, now: datetime) -> None:
    desk = at_desk()

    assert "is stopped" in page_text(desk.post(act_url("sms", "hold"), {"once": "a"}, follow=True))
    assert describe_vendor("sms").word == "held"
    assert "runs again" in page_text(desk.post(act_url("sms", "release"), {"once": "b"}, follow=True))
    assert is_open("sms", now=timezone.now())
    assert "takes the credentials" in page_text(
        desk.post(act_url("sms", "check"), {"once": "c"}, follow=True)
    )
    twilio.token = "changed"
    assert "refused" in page_text(desk.post(act_url("sms", "check"), {"once": "d"}, follow=True))
    desk.post(act_url("sms", "disconnect"), {"once": "e"})
    assert describe_vendor("sms").word == "not connected"


def test_staff_send_a_test_and_are_led_to_it(twilio: TwilioServer) -> None:
    desk, url = at_desk(), reverse("admin:notifications_vendoraccount_try", args=["sms"])

    answer = desk.post(url, {"to": "+16175550123", "once": "t"})
    wrong = desk.post(url, {"to": "nobody", "once": "u"})

    message = Message.objects.get()
    assert answer["Location"] == reverse("admin:notifications_message_change", args=[message.pk])
    assert wrong.status_code == 422
    assert desk.get(url)["Location"] == SMS


def test_the_list_shows_every_channel_in_words(twilio: TwilioServer) -> None:
    hold_channel(channel="sms", reason="Twilio refused us.", code="20003", now=timezone.now())

    shown = page_text(at_desk().get(LIST))

    assert "Refused" in shown
    assert "Twilio refused us." in shown
    assert "Not connected" in shown


@pytest.mark.parametrize("role", ["read_only", "account_manager", "finance"])
def test_vendors_are_for_admins(twilio: TwilioServer, role: str) -> None:
    desk = at_desk(staff("Rita", role=role))

    for url in (LIST, SMS, act_url("sms", "hold")):
        assert desk.get(url).status_code == 403
        assert desk.post(url, {"once": "x"}).status_code in (403, 405)
    assert is_open("sms", now=timezone.now())


def test_channels_and_acts_that_do_not_exist_are_not_found(twilio: TwilioServer) -> None:
    desk = at_desk()

    for url in (
        reverse("admin:notifications_vendoraccount_channel", args=["pigeon"]),
        act_url("sms", "explode"),
        act_url("email", "disconnect"),
    ):
        assert desk.post(url, {"once": "x"}).status_code == 404
