"""The rules of texts at their turn: who said no, the night, and one text a day, in live mode and in runs."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from customers.errors import Refused
from customers.models import Contact, Customer
from notifications.channels.sms.days import take_day
from notifications.channels.sms.optouts import record_word
from notifications.delivering import deliver_batch
from notifications.inbox import simulate
from notifications.models import Message, OptOut, TextDay
from notifications.runs import RunRequest, finish_runs, plan_run, progress_of, start_run
from notifications.sending import send_statement
from statements.statement import Options
from tests.customers.api.conftest import Wire
from tests.vendors.conftest import fresh
from tests.vendors.reporting import letter_event, lob_says, status, work
from tests.vendors.server import first
from tests.vendors.twilio_server import TwilioServer

pytestmark = pytest.mark.django_db

Reader = Callable[..., Customer]
HOURS = (time(8), time(20, 59))
CHICAGOAN = "+13125550123"


def local(text: str, zone: str = "America/Chicago") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def run_texts(now: datetime) -> Any:
    request = RunRequest(type="open_item", channel="sms", end_day=date(2026, 7, 31))
    run, _ = start_run(request=request, now=now)
    plan_run(run_id=run.pk, now=now)
    return run


def test_after_a_stop_a_run_makes_no_request_for_that_number(
    twilio: TwilioServer, reader: Reader, now: datetime
) -> None:
    reader(phone=CHICAGOAN)
    reader()
    run = run_texts(now)
    # Between planning and turn, and although staff switched the contact on again.
    record_word(number=CHICAGOAN, stop=True, said_at=now, source="reply STOP", now=now)
    Contact.objects.update(sms_enabled=True)

    deliver_batch(channel="sms", now=now)
    finish_runs(now=now)

    refused = Message.objects.get(recipient_key=CHICAGOAN)
    assert (refused.state, refused.reason, refused.error_code) == ("failed", "unsubscribed", "opted_out")
    assert [text["to"] for text in twilio.texts] != [CHICAGOAN]
    assert len(twilio.texts) == 1
    assert progress_of(run).failure_reasons == {"unsubscribed": 1}


def test_a_run_passes_over_contacts_whom_a_stop_switched_off(
    twilio: TwilioServer, reader: Reader, now: datetime
) -> None:
    reader(phone=CHICAGOAN)
    record_word(number=CHICAGOAN, stop=True, said_at=now, source="reply STOP", now=now)

    run = run_texts(now)

    assert progress_of(run).skip_reasons == {"no_address": 1}
    assert not Message.objects.exists()


@pytest.mark.parametrize("mode", ["live", "sandbox"])
def test_a_single_text_to_who_opted_out_is_refused_before_any_request(
    twilio: TwilioServer, reader: Reader, options: Options, now: datetime, settings: Any, mode: str
) -> None:
    settings.DELIVERY_MODE = mode
    customer = reader(phone=CHICAGOAN)
    OptOut.objects.create(number=CHICAGOAN, opted_out_at=now, said_at=now, source="test")

    with pytest.raises(Refused, match="opted out") as refusal:
        send_statement(customer=customer, channel="sms", options=options, now=now)

    assert refusal.value.param == "to"
    assert twilio.orders == 0


@pytest.mark.parametrize("day", ["2026-08-03", "2026-10-31", "2026-11-01", "2027-03-13", "2027-03-14"])
def test_a_run_sends_at_20_59_and_holds_at_21_00_also_when_the_clocks_change(
    twilio: TwilioServer, reader: Reader, live: Any, day: str
) -> None:
    live.SMS_QUIET_HOURS, live.SMS_MORNING_SPREAD_SECONDS = HOURS, 300
    reader(phone="+13125550001")
    reader(phone="+13125550002")
    evening = local(f"{day}T20:00:00")
    run_texts(evening)
    Message.objects.filter(recipient_key="+13125550002").update(due_at=evening + timedelta(minutes=60))

    deliver_batch(channel="sms", now=local(f"{day}T20:59:30"))
    deliver_batch(channel="sms", now=local(f"{day}T21:00:00"))

    early, late = Message.objects.order_by("recipient_key")
    morning = local(f"{date.fromisoformat(day) + timedelta(days=1)}T08:00:00")
    assert (early.state, late.state, late.attempt) == ("sent", "queued", 0)
    assert late.due_at is not None
    assert morning <= late.due_at <= morning + timedelta(minutes=5)
    deliver_batch(channel="sms", now=morning + timedelta(minutes=5))
    assert fresh(late).state == "sent"
    assert len(twilio.texts) == 2


def test_a_reader_in_another_zone_is_let_sleep(twilio: TwilioServer, reader: Reader, live: Any) -> None:
    live.SMS_QUIET_HOURS = HOURS
    reader(phone="+16175550001")  # Boston, an hour ahead of the company
    run_texts(local("2026-08-03T19:00:00"))

    deliver_batch(channel="sms", now=local("2026-08-03T20:00:00"))

    assert Message.objects.get().state == "queued"
    assert twilio.orders == 0


def test_a_text_to_where_it_is_never_day_at_the_same_time_goes_by_the_readers_clock(
    twilio: TwilioServer, reader: Reader, live: Any
) -> None:
    live.SMS_QUIET_HOURS, live.SMS_MORNING_SPREAD_SECONDS = (time(9), time(17)), 60
    reader(phone="+919820123456", country="IN")
    run_texts(local("2026-08-03T09:00:00"))  # half past seven in the evening there

    deliver_batch(channel="sms", now=local("2026-08-03T09:00:00"))
    due_at = fresh(Message.objects.get()).due_at
    assert due_at is not None
    assert (
        local("2026-08-04T09:00:00", "Asia/Kolkata") <= due_at < local("2026-08-04T09:02:00", "Asia/Kolkata")
    )
    deliver_batch(channel="sms", now=due_at)

    assert Message.objects.get().state == "sent"


def test_a_text_of_the_api_whose_retry_falls_into_the_night_waits_for_the_morning(
    twilio: TwilioServer, reader: Reader, options: Options, live: Any
) -> None:
    live.SMS_QUIET_HOURS = HOURS
    twilio.script = first("429")
    moment = local("2026-08-03T20:59:50")
    [row] = send_statement(customer=reader(phone=CHICAGOAN), channel="sms", options=options, now=moment)
    assert row.state == "queued"

    deliver_batch(channel="sms", now=local("2026-08-03T21:01:00"))

    due_at = fresh(row).due_at
    assert due_at is not None
    assert due_at >= local("2026-08-04T08:00:00")
    assert twilio.texts == []


def test_two_customers_of_one_number_get_their_texts_on_two_days(
    twilio: TwilioServer, reader: Reader, now: datetime
) -> None:
    reader(phone=CHICAGOAN)
    reader(phone="(312) 555-0123")
    run_texts(now)

    deliver_batch(channel="sms", now=now)
    deliver_batch(channel="sms", now=now + timedelta(hours=23))
    assert len(twilio.texts) == 1
    deliver_batch(channel="sms", now=now + timedelta(hours=25))

    assert len(twilio.texts) == 2
    assert {row.state for row in Message.objects.all()} == {"sent"}


@pytest.mark.parametrize(("fault", "frees"), [("number", True), ("reset before", False)])
def test_a_failed_text_frees_the_day_and_an_unclear_one_does_not(
    twilio: TwilioServer, reader: Reader, options: Options, now: datetime, fault: str, frees: bool
) -> None:
    if fault == "number":
        twilio.codes[CHICAGOAN] = (400, 21617)
    else:
        twilio.script = first(fault)
    customer = reader(phone=CHICAGOAN)
    send_statement(customer=customer, channel="sms", options=options, now=now)
    twilio.codes.clear()

    with nullcontext() if frees else pytest.raises(Refused, match="one a day"):
        send_statement(customer=customer, channel="sms", options=options, now=now + timedelta(minutes=5))
    assert len(twilio.texts) == frees


def test_the_day_is_a_setting_for_runs_too(
    twilio: TwilioServer, reader: Reader, now: datetime, live: Any
) -> None:
    live.SMS_ONCE_PER_DAY = False
    reader(phone=CHICAGOAN)
    reader(phone=CHICAGOAN)
    run_texts(now)

    deliver_batch(channel="sms", now=now)

    assert len(twilio.texts) == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_a_numbers_day_one_gets_it(company: Any, now: datetime) -> None:
    start, won = Barrier(4), []

    def take() -> None:
        start.wait(10)
        try:
            won.append(take_day(number=CHICAGOAN, now=now))
        finally:
            connection.close()

    for round_ in range(2):
        threads = [Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert [until is None for until in won].count(True) == round_ + 1
        # The second time the day was taken long ago: one of four takes it over.
        TextDay.objects.update(until=now - timedelta(hours=1))


def test_the_sandbox_hears_a_stop_too(reader: Reader, options: Options, now: datetime, settings: Any) -> None:
    customer = reader(phone=CHICAGOAN)
    [row] = send_statement(customer=customer, channel="sms", options=options, now=now)

    assert simulate(message=row, news="stop", now=now) == "STOP: kept"

    assert not customer.contacts.get().sms_enabled
    with pytest.raises(Refused):
        send_statement(customer=customer, channel="sms", options=options, now=now + timedelta(days=2))


@pytest.mark.parametrize(
    ("channel", "news", "state"),
    [
        ("sms", "delivered", "delivered"),
        ("sms", "failed", "failed"),
        ("letter", "mailed", "sent"),
        ("letter", "delivered", "delivered"),
        ("letter", "returned_to_sender", "bounced"),
        ("letter", "failed", "failed"),
    ],
)
def test_the_sandbox_reports_what_staff_choose_by_the_code_of_the_real_reports(
    reader: Reader, options: Options, now: datetime, letter_pdf: bytes, channel: str, news: str, state: str
) -> None:
    [row] = send_statement(customer=reader(), channel=channel, options=options, now=now)

    simulate(message=row, news=news, now=now)
    simulate(message=row, news=news, now=now)

    assert fresh(row).state == state


def test_nothing_is_made_up_outside_of_the_sandbox(
    twilio: TwilioServer, reader: Reader, options: Options, now: datetime, settings: Any
) -> None:
    [row] = send_statement(customer=reader(), channel="sms", options=options, now=now)

    with pytest.raises(Refused):
        simulate(message=row, news="delivered", now=now)
    settings.DELIVERY_MODE = "sandbox"
    with pytest.raises(Refused):
        simulate(message=row, news="delivered", now=now)


def test_over_the_api_a_text_is_sent_and_its_report_read_back(
    wire: Wire, acme: int, twilio: TwilioServer
) -> None:
    Contact.objects.create(customer_id=acme, name="Ann", phone="6175550123", sms_enabled=True, country="US")
    [sent] = wire.create(f"/customers/{acme}/text_messages", message="Pay {{url}}").json
    assert (sent["state"], sent["delivered_at"]) == ("sent", None)
    row = Message.objects.get(public_id=sent["id"])

    status(row, "delivered")
    work()

    shown = wire.read(f"/text_messages/{sent['id']}").json
    assert (shown["state"], shown["failure_reason"]) == ("sent", None)
    assert shown["delivered_at"] is not None
    [listed] = wire.read(f"/customers/{acme}/text_messages").json
    assert listed == shown


def test_over_the_api_a_letter_is_sent_and_its_reports_read_back(wire: Wire, acme: int, lob: Any) -> None:
    home = {"address1": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02110"}
    Customer.objects.filter(pk=acme).update(**home)
    sent = wire.create(f"/customers/{acme}/letters").json
    assert (sent["state"], sent["num_pages"]) == ("queued", 2)
    row = Message.objects.get(public_id=sent["id"])
    assert row.state == "sent"

    states: list[str] = []
    for kind in ("in_transit", "returned_to_sender", "in_transit"):
        lob_says(letter_event(row, kind, f"evt_{len(states)}"))
        work()
        states.append(wire.read(f"/letters/{sent['id']}").json["state"])

    assert states == ["in_transit", "returned", "returned"]


def test_a_wrong_credential_is_no_refusal_of_the_api_and_fails_nothing(
    wire: Wire, acme: int, twilio: TwilioServer
) -> None:
    Contact.objects.create(customer_id=acme, name="Ann", phone="6175550123", sms_enabled=True, country="US")
    twilio.token = "changed"

    [sent] = wire.create(f"/customers/{acme}/text_messages", message="Pay").json

    assert sent["state"] == "queued"
    assert Message.objects.get().state == "held"
