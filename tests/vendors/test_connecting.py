"""Connecting vendors: by form, by command, with credentials that are right, wrong or half."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.errors import Refused
from customers.models import Customer, Event
from customers.vault import unseal_map
from notifications.channels.sms.twilio import SENDER as SENDERS
from notifications.models import Message, VendorAccount
from notifications.sending import send_statement
from notifications.vendors import (
    check_vendor,
    connect_lob,
    connect_twilio,
    describe_vendor,
    disconnect_vendor,
    send_trial,
    sending_time,
)
from statements.statement import Options
from tests.vendors.lob_server import KEY, SECRET, LobServer
from tests.vendors.server import free_port
from tests.vendors.twilio_server import ACCOUNT, SENDER, TOKEN, TwilioServer

pytestmark = pytest.mark.django_db

LIST = reverse("admin:notifications_vendoraccount_changelist")
SMS = reverse("admin:notifications_vendoraccount_channel", args=["sms"])
LETTER = reverse("admin:notifications_vendoraccount_channel", args=["letter"])
GOOD = {"account_sid": ACCOUNT, "auth_token": TOKEN, "sender": SENDER}


def test_credentials_are_kept_sealed_and_their_connecting_on_record(twilio: TwilioServer) -> None:
    row = VendorAccount.objects.get(channel="sms")

    assert TOKEN not in row.credentials
    assert unseal_map(row.credentials)["auth_token"] == TOKEN
    assert row.checked_at is not None
    signed = Event.objects.get(type="vendor.connected")
    assert signed.data == {"vendor": "twilio", "sender": SENDER, "account": f"…{ACCOUNT[-4:]}"}


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"account_sid": "AC1"}, "account_sid"),
        ({"account_sid": ""}, "account_sid"),
        ({"auth_token": ""}, "auth_token"),
        ({"auth_token": "two words in it"}, "auth_token"),
        ({"sender": ""}, "sender"),
        ({"sender": "much too long a name"}, "sender"),
        ({"sender": "+1"}, "sender"),
        ({"api_key": "SK" + "0" * 32}, "api_secret"),
        ({"api_key": "nonsense", "api_secret": "x" * 32}, "api_key"),
    ],
)
def test_half_or_misspelt_credentials_are_refused_by_name(
    live: Any, company: Any, changes: Any, param: str
) -> None:
    with pytest.raises(Refused) as refusal:
        connect_twilio(**{**GOOD, **changes}, now=timezone.now())

    assert refusal.value.param == param
    assert not VendorAccount.objects.exists()


@pytest.mark.parametrize(
    ("sender", "good"),
    [("+16175550100", True), ("12345", True), ("Harbour", True), ("Harbour Supp", False), ("", False),
     ("+0617555", False), ("555 0100", False)],
)  # fmt: skip
def test_senders_are_numbers_short_codes_and_names(sender: str, good: bool) -> None:
    assert bool(SENDERS.fullmatch(sender)) is good


def test_credentials_that_twilio_refuses_are_not_kept(twilio: TwilioServer) -> None:
    VendorAccount.objects.all().delete()

    with pytest.raises(Refused, match="Twilio refused the credentials") as refusal:
        connect_twilio(**{**GOOD, "auth_token": "another-token"}, now=timezone.now())

    assert refusal.value.param == "auth_token"
    assert not VendorAccount.objects.exists()


def test_a_suspended_account_and_an_unreachable_vendor_are_not_connected(
    twilio: TwilioServer, live: Any
) -> None:
    VendorAccount.objects.all().delete()
    twilio.status = "suspended"
    with pytest.raises(Refused, match="suspended"):
        connect_twilio(**GOOD, now=timezone.now())
    live.TWILIO_BASE_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Refused, match="could not be asked"):
        connect_twilio(**GOOD, now=timezone.now())
    assert not VendorAccount.objects.exists()


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"api_key": ""}, "api_key"),
        ({"api_key": "pub_12345678"}, "api_key"),
        ({"api_key": "test_12345678"}, "api_key"),
        ({"webhook_secret": "x"}, "webhook_secret"),
        ({"address_placement": "bottom_first_page"}, "address_placement"),
    ],
)
def test_keys_of_lob_are_looked_at_before_lob_is_asked(
    live: Any, company: Any, changes: Any, param: str
) -> None:
    with pytest.raises(Refused) as refusal:
        connect_lob(**{"api_key": KEY, **changes}, now=timezone.now())

    assert refusal.value.param == param
    assert not VendorAccount.objects.exists()


def test_a_test_key_is_taken_when_it_is_meant(lob: LobServer) -> None:
    lob.key = "test_key_for_tests"

    row = connect_lob(api_key="test_key_for_tests", allow_test_key=True, now=timezone.now())

    assert unseal_map(row.credentials)["api_key"] == "test_key_for_tests"
    assert unseal_map(row.credentials)["webhook_secret"] == SECRET  # kept


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"country": "DE"}, "United States"), ({"address1": ""}, "address1"), ({"state": "Atlantis"}, "state")],
)
def test_a_company_without_an_address_in_the_united_states_cannot_connect_lob(
    lob: LobServer, company: Any, changes: Any, words: str
) -> None:
    for name, value in changes.items():
        setattr(company, name, value)
    company.save()

    with pytest.raises(Refused, match=words):
        connect_lob(api_key=KEY, now=timezone.now())


def test_the_sandbox_keeps_credentials_and_asks_nobody(
    twilio: TwilioServer, settings: Any, reader: Callable[..., Customer], options: Options, now: datetime
) -> None:
    VendorAccount.objects.all().delete()
    settings.DELIVERY_MODE = "sandbox"
    asked = len(twilio.requests)

    row = connect_twilio(**{**GOOD, "auth_token": "wrong-but-unknown"}, now=now)
    [sent] = send_statement(customer=reader(), channel="sms", options=options, now=now)

    assert row.checked_at is None
    assert sent.vendor == "sandbox"
    assert len(twilio.requests) == asked
    assert describe_vendor("sms").word == "sandbox"
    with pytest.raises(Refused, match="sandbox"):
        check_vendor(channel="sms", now=now)


def test_disconnecting_forgets_the_credentials_and_refuses_what_comes(
    twilio: TwilioServer, reader: Callable[..., Customer], options: Options, now: datetime
) -> None:
    assert disconnect_vendor(channel="sms", now=now)
    assert not disconnect_vendor(channel="sms", now=now)

    with pytest.raises(Refused, match="not connected"):
        send_statement(customer=reader(), channel="sms", options=options, now=now)
    assert VendorAccount.objects.get(channel="sms").credentials == ""
    assert Event.objects.filter(type="vendor.disconnected").count() == 1


def test_credentials_that_no_key_opens_hold_the_channel(
    twilio: TwilioServer, reader: Callable[..., Customer], options: Options, now: datetime, settings: Any
) -> None:
    settings.ENCRYPTION_KEYS = ["another key altogether"]

    [row] = send_statement(customer=reader(), channel="sms", options=options, now=now)

    assert Message.objects.get(pk=row.pk).state == "held"
    assert describe_vendor("sms").word == "refused"


def test_a_test_goes_to_whoever_asks_for_it_also_at_night_and_twice(
    twilio: TwilioServer, live: Any, now: datetime
) -> None:
    live.SMS_QUIET_HOURS = None
    for _ in range(2):
        row = send_trial(channel="sms", to="(617) 555-0123", now=now)
        assert (row.state, row.recipient) == ("sent", "+16175550123")
    assert len(twilio.texts) == 2
    with pytest.raises(Refused) as refusal:
        send_trial(channel="sms", to="nobody", now=now)
    assert refusal.value.param == "to"


def test_a_test_letter_is_a_page_to_the_company_itself(lob: LobServer, now: datetime) -> None:
    row = send_trial(channel="letter", to="", now=now)

    assert row.state == "sent", row.error_text
    assert lob.letters[0]["fields"]["to[name]"] == "Harbour Supplies"
    assert row.document_pages == 1


def test_the_time_that_a_run_takes_is_known_before(live: Any) -> None:
    live.TWILIO_PER_SECOND = 1
    found = sending_time(channel="sms", units=20_000)

    assert found is not None
    assert round(found.total_seconds() / 3600, 1) == 5.6
    live.DELIVERY_MODE = "sandbox"
    assert sending_time(channel="sms", units=20_000) is None
