"""`connect_vendor` and `doctor`: secrets never on the command line, never in the answer."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from config.diagnosis import texts_and_letters
from customers.vault import unseal_map
from notifications.models import VendorAccount
from tests.vendors.lob_server import KEY, SECRET, LobServer
from tests.vendors.twilio_server import ACCOUNT, SENDER, TOKEN, TwilioServer

pytestmark = pytest.mark.django_db

LIST = reverse("admin:notifications_vendoraccount_changelist")
SMS = reverse("admin:notifications_vendoraccount_channel", args=["sms"])
LETTER = reverse("admin:notifications_vendoraccount_channel", args=["letter"])
GOOD = {"account_sid": ACCOUNT, "auth_token": TOKEN, "sender": SENDER}


def command(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command("connect_vendor", *words, stdout=out, **options)
    return out.getvalue()


def test_the_command_connects_with_secrets_from_the_environment(
    twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    VendorAccount.objects.all().delete()
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)

    said = command("twilio", "--account-sid", ACCOUNT, "--from", SENDER)

    assert said.startswith(f"Twilio: connected. Texts go from {SENDER}.")
    assert "/webhooks/twilio/inbound" in said
    assert TOKEN not in said


def test_the_command_connects_with_secrets_from_standard_input(
    lob: LobServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    VendorAccount.objects.all().delete()
    monkeypatch.setattr("sys.stdin", StringIO(f"LOB_API_KEY={KEY}\nLOB_WEBHOOK_SECRET={SECRET}\n"))

    said = command("lob", "--secrets-from-stdin", "--color")

    assert "Lob: connected. Letters are printed in colour" in said
    assert unseal_map(VendorAccount.objects.get().credentials)["webhook_secret"] == SECRET


def test_the_command_says_what_is_wrong_and_keeps_nothing(
    live: Any, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="account SID"):
        command("twilio", "--from", SENDER)
    monkeypatch.setattr("sys.stdin", StringIO("PASSWORD\n"))
    with pytest.raises(CommandError, match="NAME=value"):
        command("lob", "--secrets-from-stdin")
    assert not VendorAccount.objects.exists()


def test_the_command_shows_checks_stops_releases_and_disconnects(twilio: TwilioServer) -> None:
    assert "connected" in command("twilio", "--show")
    assert "takes the credentials of Harbour" in command("twilio", "--check")
    assert "held. Stopped by staff." in command("twilio", "--hold")
    assert "Released; 0 messages" in command("twilio", "--release")
    assert "Disconnected" in command("twilio", "--disconnect")
    assert "was not connected" in command("twilio", "--disconnect")
    with pytest.raises(CommandError, match="not connected"):
        command("twilio", "--check")


def test_doctor_signs_in_at_every_connected_vendor(twilio: TwilioServer) -> None:
    texts, letters = texts_and_letters()

    assert (texts.level, letters.level) == ("ok", "warning")
    assert "Twilio takes the credentials of Harbour" in texts.text
    assert "connect_vendor lob" in letters.text
    twilio.token = "changed"
    assert next(iter(texts_and_letters())).level == "failure"
