"""Texts that the network could not deliver for now go once more, later, at most twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.models import Customer, Event
from notifications.channels.sms.optouts import record_word
from notifications.delivering import ask_vendor, deliver_batch, send_again
from notifications.models import Message, RunItem, StatementRun
from notifications.runs import RunRequest, cancel_run, finish_runs, plan_run, progress_of, start_run
from notifications.wire import describe_message
from tests.vendors.conftest import fresh
from tests.vendors.reporting import status, work
from tests.vendors.server import first
from tests.vendors.twilio_server import TwilioServer

pytestmark = pytest.mark.django_db

Reader = Callable[..., Customer]
DAY = timedelta(days=1)


@pytest.fixture
def text(twilio: TwilioServer, reader: Reader) -> Message:
    """The text of a run of one, which is through."""
    reader(phone="+16175550777")
    present = datetime.now(UTC)
    run, _ = start_run(request=RunRequest(type="open_item", channel="sms"), now=present)
    plan_run(run_id=run.pk, now=present)
    deliver_batch(channel="sms", now=present)
    finish_runs(now=present)
    assert run_state() == "finished"
    return Message.objects.get()


def run_state() -> str:
    return StatementRun.objects.get().state


def lose(text: Message, code: str) -> Message:
    status(fresh(text), "undelivered", code=code)
    work()
    return fresh(text)


@pytest.mark.parametrize("code", ["30008", "30009", "30017", "30022", "30036"])
def test_a_text_lost_on_the_way_goes_once_more_and_the_run_goes_on(
    text: Message, twilio: TwilioServer, code: str
) -> None:
    lost = lose(text, code)

    assert (lost.state, lost.error_code, describe_message(lost)["state"]) == ("queued", code, "queued")
    assert (run_state(), RunItem.objects.get().outcome) == ("running", "pending")
    deliver_batch(channel="sms", now=datetime.now(UTC) + timedelta(hours=2))
    finish_runs(now=datetime.now(UTC))

    again = fresh(text)
    assert (again.state, again.vendor_id) == ("sent", twilio.texts[1]["sid"])
    assert (run_state(), progress_of(StatementRun.objects.get()).sent) == ("finished", 1)
    assert Event.objects.filter(type="text_message.sent").count() == 1
    assert not Event.objects.filter(type="text_message.failed").exists()


def test_a_phone_that_is_off_is_tried_on_the_next_day(text: Message, twilio: TwilioServer) -> None:
    lost = lose(text, "30003")

    assert lost.due_at is not None
    assert DAY <= lost.due_at - datetime.now(UTC) <= DAY + timedelta(hours=2)  # reports are read in an hour
    deliver_batch(channel="sms", now=datetime.now(UTC) + DAY / 2)
    assert len(twilio.texts) == 1


def test_after_two_more_tries_it_has_failed(text: Message, twilio: TwilioServer) -> None:
    for _ in range(3):
        lose(text, "30008")
        deliver_batch(channel="sms", now=datetime.now(UTC) + timedelta(hours=2))

    row = fresh(text)
    assert (row.state, row.reason, len(twilio.texts)) == ("failed", "timed_out", 3)
    assert Event.objects.filter(type="text_message.failed").count() == 1
    send_again(messages=[row], now=datetime.now(UTC))
    deliver_batch(channel="sms", now=datetime.now(UTC))
    assert lose(text, "30008").state == "queued"


def test_the_same_report_twice_and_late_news_of_the_first_text_lead_to_one_more(
    text: Message, twilio: TwilioServer
) -> None:
    lose(text, "30008")
    lose(text, "30008")
    status(text, "sent")
    work()
    for _ in range(3):
        deliver_batch(channel="sms", now=datetime.now(UTC) + timedelta(hours=2))

    assert len(twilio.texts) == 2
    assert len(fresh(text).message_events.filter(type="resolved")) == 1


def test_a_failure_that_was_asked_for_counts_as_well(text: Message, twilio: TwilioServer) -> None:
    twilio.texts[0] |= {"status": "undelivered", "error_code": 30017}

    ask_vendor(channel="sms", now=datetime.now(UTC) + timedelta(hours=2))

    assert (fresh(text).state, fresh(text).ask_at) == ("queued", None)


def test_the_earlier_text_is_not_taken_for_the_one_that_is_unclear(
    text: Message, twilio: TwilioServer
) -> None:
    lose(text, "30008")
    twilio.orders, twilio.script = 0, first("500 before")
    deliver_batch(channel="sms", now=datetime.now(UTC) + timedelta(hours=2))
    assert fresh(text).state == "unknown"

    ask_vendor(channel="sms", now=datetime.now(UTC) + timedelta(hours=3))

    assert fresh(text).state == "unknown"


def test_nothing_more_goes_for_a_run_that_was_canceled(text: Message) -> None:
    StatementRun.objects.update(state="running", finished_at=None)
    cancel_run(run=StatementRun.objects.get(), now=datetime.now(UTC))

    assert lose(text, "30008").state == "failed"


def test_other_failures_are_final(text: Message) -> None:
    assert lose(text, "30007").state == "failed"
    assert run_state() == "finished"


def test_who_said_no_meanwhile_gets_no_second_text(text: Message, twilio: TwilioServer, now: Any) -> None:
    lose(text, "30008")
    record_word(number=text.recipient_key, stop=True, said_at=now, source="reply STOP", now=now)

    deliver_batch(channel="sms", now=datetime.now(UTC) + timedelta(hours=2))

    assert (fresh(text).state, fresh(text).reason, len(twilio.texts)) == ("failed", "unsubscribed", 1)
