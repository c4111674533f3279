"""What vendors report: forged, stale, repeated and reordered reports, and what true ones change."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client

from customers.models import Contact, Customer, Event
from notifications import tasks
from notifications.channels.sms.days import taken_until
from notifications.channels.sms.optouts import record_word
from notifications.delivering import cancel_messages, deliver_batch, send_again
from notifications.hooks.twilio import signature
from notifications.inbox import forget_old, store_report, waiting_count, work_off
from notifications.inbox.storing import Report
from notifications.models import Message, OptOut, VendorAccount, VendorEvent
from notifications.sending import send_statement
from notifications.wire import describe_message
from statements.statement import Options
from tests.vendors.conftest import fresh
from tests.vendors.reporting import letter_event, lob_says, outcomes, reply, status, twilio_says, work
from tests.vendors.server import first
from tests.vendors.twilio_server import TOKEN, TwilioServer

pytestmark = pytest.mark.django_db

HERE = "http://127.0.0.1:8000"
Reader = Callable[..., Customer]


def test_twilios_published_example_is_signed_as_published() -> None:
    fields = QueryDict(
        urlencode(
            {
                "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234",
                "From": "+14158675309", "To": "+18005551212",
            }
        )
    )  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"

    assert signature(token="12345", url=url, fields=fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.fixture
def text(twilio: TwilioServer, reader: Reader, options: Options, now: datetime) -> Message:
    [row] = send_statement(customer=reader(phone="+16175550777"), channel="sms", options=options, now=now)
    return row


def test_a_report_is_kept_as_it_came_and_acted_upon_afterwards(text: Message) -> None:
    answer = status(text, "delivered")

    [event] = VendorEvent.objects.all()
    assert answer.status_code == 204
    assert (fresh(text).state, event.processed_at) == ("sent", None)
    assert b"MessageStatus=delivered" in bytes(event.body)
    work()
    assert fresh(text).state == "delivered"
    assert fresh(text).ask_at is None
    assert outcomes() == ["delivered: moved"]


def test_the_bell_rings_and_the_sweep_finds_what_it_missed(text: Message) -> None:
    status(text, "delivered")
    assert waiting_count(now=VendorEvent.objects.get().received_at) == 1

    tasks.work_off_inbox()

    assert fresh(text).state == "delivered"
    assert waiting_count(now=VendorEvent.objects.get().received_at) == 0


@pytest.mark.parametrize(
    "change",
    [{"token": "another"}, {"at": "http://proxy.internal"}],
)
def test_a_forged_status_is_refused_and_changes_nothing(text: Message, change: Any) -> None:
    answer = status(text, "failed", **change)

    assert answer.status_code == 400
    assert not VendorEvent.objects.exists()


def test_a_changed_field_an_unsigned_and_an_incomplete_report_are_refused(text: Message) -> None:
    path = f"/webhooks/twilio/status/{text.tracking_id}"
    good = signature(token=TOKEN, url=HERE + path, fields=QueryDict("MessageStatus=sent&MessageSid=SM1"))
    kind = "application/x-www-form-urlencoded"

    changed = Client().post(path, "MessageStatus=failed&MessageSid=SM1", kind, HTTP_X_TWILIO_SIGNATURE=good)
    unsigned = Client().post(path, "MessageStatus=failed&MessageSid=SM1", kind)
    odd = Client().post(path, "MessageStatus=failed&MessageSid=SM1", kind, HTTP_X_TWILIO_SIGNATURE="\xe9")
    empty = twilio_says(path, To="+1")
    read = Client().get(path)

    assert [a.status_code for a in (changed, unsigned, odd, empty, read)] == [400, 400, 400, 400, 405]
    assert not VendorEvent.objects.exists()


def test_the_signed_address_is_the_public_one_with_or_without_its_usual_port(
    text: Message, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://ar.example.com"

    plain = status(text, "sent", at="https://ar.example.com")
    with_port = status(text, "delivered", at="https://ar.example.com:443")
    inside = status(text, "failed", at=HERE)

    assert [answer.status_code for answer in (plain, with_port, inside)] == [204, 204, 400]


def test_without_a_connected_vendor_no_report_is_believed(
    text: Message, letter: Message, settings: Any
) -> None:
    VendorAccount.objects.update(credentials="")
    assert status(text, "delivered").status_code == 503
    assert lob_says(letter_event(letter, "delivered")).status_code == 503
    settings.DELIVERY_MODE = "sandbox"
    assert reply("+16175550777", "STOP").status_code == 503
    assert not VendorEvent.objects.exists()


def test_the_same_status_twice_is_kept_once_and_answered_alike(text: Message) -> None:
    answers = [status(text, "delivered") for _ in range(3)]
    work()
    answers.append(status(text, "delivered"))
    work()

    assert {answer.status_code for answer in answers} == {204}
    assert VendorEvent.objects.count() == 1
    assert Event.objects.filter(type="text_message.delivered").count() == 1


@pytest.mark.parametrize("order", [["sent", "delivered"], ["delivered", "sent"], ["delivered", "queued"]])
def test_statuses_in_any_order_end_alike(text: Message, order: list[str]) -> None:
    for word in order:
        status(text, word)
        work()

    assert fresh(text).state == "delivered"


def test_a_failure_tells_why_and_is_news_once(text: Message) -> None:
    status(text, "undelivered", code="30005")
    work()
    status(text, "sent")
    work()

    shown = describe_message(fresh(text))
    assert (shown["state"], fresh(text).reason) == ("failed", "invalid")
    assert shown["failure_reason"] == "The number is not known to its network."
    assert Event.objects.filter(type="text_message.failed").count() == 1
    assert not Contact.objects.get(phone="+16175550777").sms_enabled


def test_a_failure_of_the_account_stops_the_channel(text: Message) -> None:
    status(text, "failed", code="30034")
    work()

    account = VendorAccount.objects.get(channel="sms")
    assert (account.held_code, fresh(text).state) == ("30034", "failed")
    assert "10DLC" in account.held_reason


def test_a_status_settles_a_text_whose_answer_was_lost(
    twilio: TwilioServer, reader: Reader, options: Options, now: datetime
) -> None:
    twilio.script = first("reset after")
    [row] = send_statement(customer=reader(), channel="sms", options=options, now=now)
    assert row.state == "unknown"
    sid = twilio.texts[0]["sid"]

    status(row, "sent", MessageSid=sid)
    work()

    assert (fresh(row).state, fresh(row).vendor_id) == ("sent", sid)
    assert Event.objects.filter(type="text_message.sent").count() == 1


def test_a_text_that_was_canceled_while_unclear_follows_twilio_and_keeps_its_day(
    twilio: TwilioServer, reader: Reader, options: Options, now: datetime
) -> None:
    twilio.script = first("reset after")
    [row] = send_statement(customer=reader(), channel="sms", options=options, now=now)
    cancel_messages(messages=[row], now=now)
    assert describe_message(fresh(row))["state"] == "failed"
    assert set(taken_until([row.recipient_key], now=now)) == {row.recipient_key}

    status(row, "sent", MessageSid=twilio.texts[0]["sid"])
    status(row, "delivered", MessageSid=twilio.texts[0]["sid"])
    work()

    assert (fresh(row).state, fresh(row).vendor_id) == ("delivered", twilio.texts[0]["sid"])
    news = Event.objects.filter(object_id=row.public_id).values_list("type", flat=True)
    assert {"message.cancel", "message.went_after_all", "text_message.delivered"} <= set(news)


def test_a_text_that_was_canceled_before_its_turn_frees_the_day(
    twilio: TwilioServer, reader: Reader, options: Options, now: datetime
) -> None:
    [row] = send_statement(customer=reader(), channel="sms", options=options, now=now, deliver=False)

    cancel_messages(messages=[row], now=now)

    assert taken_until([row.recipient_key], now=now) == {}


def test_unknown_messages_and_statuses_do_no_harm(text: Message) -> None:
    form = {"MessageSid": "SMother", "MessageStatus": "delivered"}
    twilio_says("/webhooks/twilio/status/" + "0" * 32, **form)
    status(text, "levitating")
    work()

    assert outcomes() == ["no such message", "unknown status levitating"]
    assert fresh(text).state == "sent"


def test_news_of_a_text_that_was_sent_again_since_come_too_late(
    text: Message, twilio: TwilioServer, now: datetime
) -> None:
    status(text, "undelivered", code="30007")
    work()
    send_again(messages=[fresh(text)], now=now)
    deliver_batch(channel="sms", now=now)
    again = fresh(text)
    assert (again.state, again.vendor_id) == ("sent", twilio.texts[1]["sid"])

    status(text, "failed", code="30008")
    work()

    assert fresh(text).state == "sent"
    assert outcomes()[-1] == "about an earlier sending"


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "CANCEL", "end", "quit", "STOPALL"])
def test_stop_keeps_the_number_and_switches_its_contacts_off(text: Message, word: str) -> None:
    answer = reply("+16175550777", word)
    work()

    assert (answer.status_code, answer.content) == (200, b"<Response/>")
    assert answer["Content-Type"].startswith("text/xml")
    assert OptOut.objects.get().opted_out_at is not None
    assert not Contact.objects.get(phone="+16175550777").sms_enabled
    assert Event.objects.filter(type="contact.updated").count() == 1
    assert Event.objects.filter(type="phone_number.opted_out").count() == 1


@pytest.mark.parametrize("word", ["please stop calling", "HELP", "INFO", "Thanks", ""])
def test_other_replies_mean_nothing(text: Message, word: str) -> None:
    reply("+16175550777", word)
    work()

    assert not OptOut.objects.exists()
    assert outcomes() == ["no keyword"]


def test_twilios_own_reading_of_a_reply_counts(text: Message) -> None:
    reply("+16175550777", "genug", OptOutType="STOP")
    work()

    assert OptOut.objects.get().opted_out_at is not None


def test_start_lets_the_same_contacts_have_texts_again(text: Message, reader: Reader) -> None:
    other = reader(phone="(617) 555 0777").contacts.get()
    Contact.objects.filter(pk=other.pk).update(sms_enabled=False)
    reply("+16175550777", "STOP", "SM1")
    work()
    reply("+16175550777", "START", "SM2")
    work()

    assert OptOut.objects.get().opted_out_at is None
    assert Contact.objects.get(phone="+16175550777").sms_enabled
    # Whom staff had switched off themselves stays so.
    assert not Contact.objects.get(pk=other.pk).sms_enabled


def test_a_late_word_does_not_undo_a_later_one(company: Any, now: datetime) -> None:
    words: dict[str, Any] = {"number": "+16175550777", "source": "test", "now": now}
    assert record_word(stop=True, said_at=now, **words)
    assert record_word(stop=False, said_at=now + timedelta(minutes=2), **words)
    assert not record_word(stop=True, said_at=now + timedelta(minutes=1), **words)

    assert OptOut.objects.get().opted_out_at is None


def test_an_opt_out_outlives_the_customer(
    text: Message, reader: Reader, options: Options, now: datetime
) -> None:
    reply("+16175550777", "STOP")
    work()
    Contact.objects.all().delete()

    assert OptOut.objects.get().number == "+16175550777"


def test_a_report_that_cannot_be_read_holds_up_no_other_and_is_put_aside(
    text: Message, now: datetime, settings: Any
) -> None:
    settings.WORK_MAX_ATTEMPTS = 2
    store_report(Report("lob", "evt_bad", "lob.event", b"not json"), now=now)
    store_report(
        Report("twilio", "SMx", "twilio.status", b"MessageSid=SMx&MessageStatus=sent", reference="x"), now=now
    )

    work_off(now=now)
    assert VendorEvent.objects.get(event_id="SMx").outcome == "no such message"
    work_off(now=now + timedelta(minutes=5))
    work_off(now=now + timedelta(minutes=10))

    bad = VendorEvent.objects.get(event_id="evt_bad")
    assert bad.attempt == 2
    assert bad.processed_at is not None
    assert bad.outcome.startswith("fault: JSONDecodeError")


def test_old_reports_are_forgotten_when_they_were_acted_upon(now: datetime) -> None:
    for event_id in ("done", "waiting"):
        store_report(Report("lob", event_id, "lob.event", b"{}"), now=now)
    VendorEvent.objects.filter(event_id="done").update(processed_at=now)

    assert forget_old(now=now + timedelta(days=89)) == 0
    assert forget_old(now=now + timedelta(days=91)) == 1
    assert VendorEvent.objects.get().event_id == "waiting"
