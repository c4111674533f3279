"""Texts by Twilio: each kind of answer, and what becomes of the text."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from customers.models import Contact, Customer, Event
from notifications.channels.sms.twilio_errors import failure_of, kind_of
from notifications.delivering import ask_vendor, deliver_batch, list_stops, release_channel, sweep_stale
from notifications.models import Message, OptOut, VendorAccount
from notifications.sending import send_statement
from statements.statement import Options
from tests.vendors.conftest import fresh
from tests.vendors.server import always, first, free_port, never
from tests.vendors.twilio_server import SENDER, TwilioServer

pytestmark = pytest.mark.django_db

Reader = Callable[..., Customer]


@pytest.fixture
def text(twilio: TwilioServer, reader: Reader, options: Options, now: datetime) -> Callable[..., Message]:
    """Sends one text as the API does and returns its row."""

    def send(**values: Any) -> Message:
        [row] = send_statement(customer=reader(**values), channel="sms", options=options, now=now)
        return row

    return send


def test_a_text_is_handed_over_with_everything_twilio_needs(text: Any, twilio: TwilioServer) -> None:
    row = text()

    [taken] = twilio.texts
    assert (row.state, row.vendor, row.vendor_id) == ("sent", "twilio", taken["sid"])
    assert (taken["to"], taken["from"], taken["body"]) == (row.recipient, SENDER, row.text)
    assert taken["callback"] == f"http://127.0.0.1:8000/webhooks/twilio/status/{row.tracking_id}"
    assert row.request["ValidityPeriod"] == "14400"
    assert row.request["SmartEncoded"] == "true"
    assert row.segments == 1


def test_a_messaging_service_sends_in_the_place_of_a_number(text: Any, twilio: TwilioServer) -> None:
    service = "MG" + "0" * 32
    VendorAccount.objects.update(settings={"sender": service})

    text()

    assert (twilio.texts[0]["from"], twilio.texts[0]["messaging_service_sid"]) == (None, service)


@pytest.mark.parametrize("fault", ["time-out after", "reset after", "500 after", "garbage", "cut", "slow"])
def test_a_text_whose_answer_was_lost_is_found_at_twilio_and_not_sent_again(
    text: Any, twilio: TwilioServer, now: datetime, fault: str
) -> None:
    twilio.script = first(fault)
    row = text()
    assert (row.state, row.ask_at) == ("unknown", row.handed_over_at + timedelta(seconds=10))

    assert ask_vendor(channel="sms", now=now + timedelta(seconds=9)) == 0
    ask_vendor(channel="sms", now=now + timedelta(seconds=15))

    row = fresh(row)
    assert (row.state, row.vendor_id) == ("sent", twilio.texts[0]["sid"])
    assert len(twilio.texts) == 1
    assert Event.objects.filter(type="text_message.sent").count() == 1


@pytest.mark.parametrize("fault", ["reset before", "500 before", "503 before"])
def test_a_text_that_twilio_does_not_know_waits_for_staff_after_two_looks(
    text: Any, twilio: TwilioServer, now: datetime, fault: str
) -> None:
    twilio.script = first(fault)
    row = text()

    asked = [ask_vendor(channel="sms", now=now + timedelta(seconds=s)) for s in (15, 60, 90, 9000)]
    deliver_batch(channel="sms", now=now + timedelta(days=2))

    row = fresh(row)
    assert asked == [1, 0, 1, 0]
    assert (row.state, row.ask_at, row.asked) == ("unknown", None, 2)
    assert twilio.texts == []
    assert twilio.orders == 1


def test_a_text_of_another_message_is_not_taken_for_this_one(
    text: Any, twilio: TwilioServer, reader: Reader, options: Options, now: datetime, settings: Any
) -> None:
    settings.SMS_ONCE_PER_DAY = False
    customer = reader(phone="+16175550900")
    words: dict[str, Any] = {
        "customer": customer,
        "channel": "sms",
        "options": options,
        "message": "The same words",
    }
    [earlier] = send_statement(now=now, **words)
    twilio.script = always("reset before")
    [row] = send_statement(now=now, **words)
    assert row.text == earlier.text

    ask_vendor(channel="sms", now=now + timedelta(seconds=15))

    assert fresh(row).state == "unknown"


def test_dear_characters_that_twilio_made_plain_do_not_hide_a_text(
    twilio: TwilioServer, reader: Reader, options: Options, now: datetime
) -> None:
    twilio.script = first("reset after")
    [row] = send_statement(
        customer=reader(), channel="sms", options=options, now=now, message="Don’t pay “twice” – thanks…"
    )
    twilio.texts[0]["body"] = 'Sent from your Twilio trial account - Don\'t pay "twice" - thanks...'

    ask_vendor(channel="sms", now=now + timedelta(seconds=15))

    assert fresh(row).state == "sent"


def test_a_look_up_that_fails_is_made_again(text: Any, twilio: TwilioServer, now: datetime) -> None:
    twilio.script, twilio.faults_of_questions = first("reset after"), always("500 before")
    row = text()

    ask_vendor(channel="sms", now=now + timedelta(seconds=15))
    assert (fresh(row).state, fresh(row).asked) == ("unknown", 0)
    twilio.faults_of_questions = never
    ask_vendor(channel="sms", now=now + timedelta(seconds=60))

    assert fresh(row).state == "sent"


def test_a_worker_that_died_leaves_a_text_that_is_looked_up(
    text: Any, twilio: TwilioServer, now: datetime, settings: Any
) -> None:
    row = text()
    dead = {"state": "sending", "vendor": "", "vendor_id": "", "sent_at": None, "lease_token": "dead"}
    Message.objects.filter(pk=row.pk).update(**dead, lease_until=now - timedelta(days=999))

    assert sweep_stale(now=now) == 1
    ask_vendor(channel="sms", now=now)

    assert (fresh(row).state, fresh(row).vendor_id) == ("sent", twilio.texts[0]["sid"])
    assert len(twilio.texts) == 1


def test_a_vendor_out_of_reach_is_tried_again(
    text: Any, twilio: TwilioServer, now: datetime, live: Any
) -> None:
    live.TWILIO_BASE_URL = f"http://127.0.0.1:{free_port()}"
    row = text()
    assert (row.state, row.error_code) == ("queued", "connect")
    live.TWILIO_BASE_URL = twilio.url

    deliver_batch(channel="sms", now=now + timedelta(minutes=1))

    assert fresh(row).state == "sent"
    assert VendorAccount.objects.get(channel="sms").faults == 0


@pytest.mark.parametrize(("fault", "rest"), [("429", 0.9), ("429 with rest", 0.9)])
def test_too_many_requests_are_no_try_and_let_the_channel_rest(
    text: Any, twilio: TwilioServer, now: datetime, fault: str, rest: float
) -> None:
    twilio.script = first(fault)
    row = text()

    account = VendorAccount.objects.get(channel="sms")
    assert (row.state, row.attempt, row.error_code) == ("queued", 0, "20429")
    assert account.paused_until is not None
    assert account.paused_until >= now + timedelta(seconds=rest)
    assert deliver_batch(channel="sms", now=now).stopped
    deliver_batch(channel="sms", now=now + timedelta(seconds=10))
    assert fresh(row).state == "sent"


def test_too_many_requests_for_a_day_are_given_up(text: Any, twilio: TwilioServer, now: datetime) -> None:
    twilio.script = lambda order: "429"
    row = text()
    Message.objects.filter(pk=row.pk).update(first_tried_at=now, due_at=now)

    deliver_batch(channel="sms", now=now + timedelta(hours=23))
    waiting = fresh(row)
    deliver_batch(channel="sms", now=now + timedelta(hours=25))

    assert (waiting.state, waiting.attempt) == ("queued", 0)
    given_up = fresh(row)
    assert (given_up.state, given_up.reason, given_up.error_code) == ("failed", "timed_out", "20429")
    assert given_up.error_text.startswith("Asked to wait for too long: ")
    assert twilio.texts == []


def test_refused_credentials_hold_the_channel_and_fail_nobody(
    text: Any, twilio: TwilioServer, reader: Reader, options: Options, now: datetime
) -> None:
    twilio.token = "changed"
    first_row = text()
    [second_row] = send_statement(customer=reader(), channel="sms", options=options, now=now)

    account = VendorAccount.objects.get(channel="sms")
    assert (fresh(first_row).state, account.held_code) == ("held", "20003")
    assert [stop.message for stop in list_stops()] == [first_row]
    assert twilio.orders == 1
    twilio.token = "twilio-token-for-tests"
    release_channel(channel="sms", now=now)
    deliver_batch(channel="sms", now=now)
    assert {fresh(first_row).state, fresh(second_row).state} == {"sent"}


@pytest.mark.parametrize(
    ("code", "status", "state", "reason"),
    [
        (21211, 400, "failed", "invalid"),
        (21614, 400, "failed", "invalid"),
        (21617, 400, "failed", "blocked"),
        (99999, 400, "failed", "other"),
        (20404, 404, "held", ""),
        (21408, 400, "failed", "other"),
        (21612, 400, "failed", "other"),
        (21608, 400, "failed", "other"),
        (21606, 400, "held", ""),
        (21609, 400, "held", ""),
        (99999, 403, "held", ""),
        (21611, 400, "queued", ""),
        (30001, 400, "queued", ""),
    ],
)
def test_error_codes_are_judged_by_the_table_and_unknown_ones_by_their_status(
    text: Any, twilio: TwilioServer, code: int, status: int, state: str, reason: str
) -> None:
    twilio.codes["+16175550777"] = (status, code)

    row = text(phone="+16175550777")

    assert (row.state, row.reason, row.error_code) == (state, reason, str(code))
    assert row.error_text


def test_a_number_that_the_account_cannot_reach_holds_up_no_other(
    twilio: TwilioServer, reader: Reader, now: datetime, options: Options
) -> None:
    twilio.codes["+447400123456"] = (400, 21408)
    for phone in ("+447400123456", "+16175550777", "+16175550778"):
        customer = reader(phone=phone)
        send_statement(customer=customer, channel="sms", options=options, now=now, deliver=False)

    deliver_batch(channel="sms", now=now)

    states = list(Message.objects.order_by("pk").values_list("state", "error_code"))
    assert states == [("failed", "21408"), ("sent", ""), ("sent", "")]
    assert not VendorAccount.objects.exclude(held_at=None).exists()


def test_a_number_that_opted_out_at_twilio_is_kept_and_its_contact_switched_off(
    text: Any, twilio: TwilioServer
) -> None:
    twilio.codes["+16175550777"] = (400, 21610)

    row = text(phone="(617) 555-0777")

    assert (row.state, row.reason) == ("failed", "unsubscribed")
    assert OptOut.objects.get().number == "+16175550777"
    assert not Contact.objects.get().sms_enabled
    assert Event.objects.filter(type="contact.updated").count() == 1


def test_a_landline_is_not_texted_again(text: Any, twilio: TwilioServer) -> None:
    twilio.codes["+16175550777"] = (400, 21635)

    text(phone="+16175550777")

    assert not Contact.objects.get().sms_enabled
    assert not OptOut.objects.exists()


def test_faults_in_a_row_open_the_circuit_instead_of_leaving_a_run_unclear(
    twilio: TwilioServer, reader: Reader, options: Options, now: datetime
) -> None:
    rows = [
        send_statement(customer=reader(), channel="sms", options=options, now=now, deliver=False)[0]
        for _ in range(12)
    ]
    twilio.script = always("500 before")

    deliver_batch(channel="sms", now=now)
    deliver_batch(channel="sms", now=now)  # it rests

    states = [fresh(row).state for row in rows]
    assert (states.count("unknown"), states.count("queued")) == (5, 7)
    later = now + timedelta(minutes=1)
    assert deliver_batch(channel="sms", now=later).handled == 1  # one to see whether it works
    twilio.script = never
    later += timedelta(minutes=1)
    assert deliver_batch(channel="sms", now=later).handled == 1
    assert deliver_batch(channel="sms", now=later).handled == 5


def test_all_workers_share_one_rate(
    twilio: TwilioServer, reader: Reader, options: Options, now: datetime, live: Any
) -> None:
    live.TWILIO_PER_SECOND, live.WORK_NEW_ROW_SECONDS = 5, 1
    for _ in range(16):
        send_statement(customer=reader(), channel="sms", options=options, now=now, deliver=False)
    begun = time.monotonic()

    first_round = deliver_batch(channel="sms", now=now).handled
    second_round = deliver_batch(channel="sms", now=now).handled

    took = time.monotonic() - begun
    # Five at once, then five a second.
    assert first_round + second_round <= 5 + 5 * (took + 0.2)
    assert first_round >= 5


def test_reports_that_never_came_are_asked_for(text: Any, twilio: TwilioServer, now: datetime) -> None:
    row = text()
    assert fresh(row).ask_at == row.sent_at + timedelta(hours=1)
    twilio.texts[0]["status"] = "sent"

    ask_vendor(channel="sms", now=now + timedelta(hours=2))
    assert (fresh(row).state, fresh(row).ask_at) == ("sent", row.sent_at + timedelta(hours=12))
    twilio.texts[0]["status"] = "delivered"
    ask_vendor(channel="sms", now=now + timedelta(hours=13))

    assert (fresh(row).state, fresh(row).ask_at) == ("delivered", None)


def test_the_table_of_codes_knows_every_kind() -> None:
    assert {kind_of(code) for code in (21610, 21211, 20003, 21408, 30007, 20429, 30003)} == {
        "opt_out", "number", "account", "reach", "content", "temporary", "tomorrow",
    }  # fmt: skip
    assert kind_of(None) is None
    assert type(failure_of(status=408, code=None, said="", retry_after=None)).__name__ == "Unclear"
