"""The picture that counts opens, and what vendors report."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.test import Client

from customers.models import Event
from notifications.channels.base import Accepted, TrackingEvent
from notifications.channels.email.mail import build_mail, mail_sender
from notifications.delivering import (
    cancel_messages,
    deliver_batch,
    mark_as_sent,
    send_again,
    sweep_stale,
)
from notifications.delivering.recording import Hold, record_accepted
from notifications.models import Message
from notifications.sending import send_statement
from notifications.tracking import apply_event, record_open
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


def notice(type: str, now: datetime, **words: Any) -> TrackingEvent:
    return TrackingEvent(type=type, occurred_at=now, vendor="postmark", **words)


def wire_events() -> list[str]:
    return [name for name in Event.objects.order_by("pk").values_list("type", flat=True) if "." in name][-9:]


def send(debtor: Debtor, channel: str, options: Options, now: datetime) -> Message:
    home = {"address1": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02110"}
    ann = {"name": "Ann", "phone": "+16175550123", "sms_enabled": True}
    return send_statement(customer=debtor(contacts=[ann], **home), channel=channel, options=options, now=now)[
        0
    ]


@pytest.mark.parametrize(
    ("channel", "type", "words", "state", "news"),
    [
        ("email", "delivered", {}, "sent", ["email.delivered"]),
        ("email", "bounced", {"reason": "bounced"}, "bounced", ["email.bounced"]),
        ("email", "bounced", {"reason": "timed_out"}, "soft-bounced", []),
        ("email", "bounced", {"reason": "invalid"}, "bounced", ["email.bounced"]),
        ("email", "deferred", {}, "deferred", []),
        ("email", "failed", {"reason": "invalid"}, "invalid", ["email.not_sent"]),
        ("email", "failed", {"reason": "other"}, "rejected", ["email.not_sent"]),
        ("sms", "delivered", {}, "sent", ["text_message.delivered"]),
        ("sms", "failed", {}, "failed", ["text_message.failed"]),
        ("letter", "in_transit", {}, "in_transit", []),
        ("letter", "delivered", {}, "delivered", ["letter.delivered"]),
        ("letter", "bounced", {}, "returned", ["letter.returned"]),
        ("letter", "failed", {}, "failed", ["letter.failed"]),
    ],
)
def test_a_vendors_notice_moves_the_message_and_is_news_once(
    debtor: Debtor, options: Options, now: datetime,
    channel: str, type: str, words: Any, state: str, news: list[str],
) -> None:  # fmt: skip
    message = send(debtor, channel, options, now)
    before = set(Event.objects.values_list("pk", flat=True))

    moved = apply_event(message=message, event=notice(type, now, event_id="e1", **words), now=now)
    again = apply_event(message=message, event=notice(type, now, event_id="e1", **words), now=now)
    late = apply_event(message=message, event=notice(type, now, event_id="e2", **words), now=now)

    message.refresh_from_db()
    shown = describe_message(message)
    recorded = Event.objects.exclude(pk__in=before).filter(object_type="message").order_by("pk")
    assert (moved, again, late) == (True, False, False)
    assert shown["state"] == state
    assert [event.type for event in recorded] == news
    assert all(event.data["object"] == shown for event in recorded)
    assert message.message_events.count() == 2
    assert (shown["delivered_at"] is not None) is (type == "delivered")


def test_what_comes_late_never_leads_back(mail: Message, now: datetime) -> None:
    apply_event(message=mail, event=notice("bounced", now, reason="bounced"), now=now)

    assert not apply_event(message=mail, event=notice("delivered", now), now=now)
    mail.refresh_from_db()
    assert (mail.state, mail.delivered_at) == ("bounced", None)
    assert mail.message_events.count() == 2


def test_notices_in_reverse_order_end_alike(debtor: Debtor, options: Options, now: datetime) -> None:
    steps = ["in_transit", "delivered"]
    ends = []
    for order in (steps, steps[::-1]):
        letter = send(debtor, "letter", options, now)
        for step in order:
            apply_event(message=letter, event=notice(step, now), now=now)
        letter.refresh_from_db()
        ends.append(describe_message(letter)["state"])

    assert ends == ["delivered", "delivered"]


def test_a_notice_about_an_unclear_message_settles_it(mail: Message, now: datetime) -> None:
    Event.objects.filter(type="email.sent").delete()
    Message.objects.filter(pk=mail.pk).update(
        state="unknown", sent_at=None, vendor="", sending_since=now, handed_over_at=now
    )

    assert apply_event(message=mail, event=notice("delivered", now), now=now)

    mail.refresh_from_db()
    assert (mail.state, mail.vendor, mail.sent_at) == ("delivered", "postmark", now)
    assert wire_events()[-2:] == ["email.sent", "email.delivered"]


def test_a_message_that_was_never_handed_over_hears_nothing(mail: Message, now: datetime) -> None:
    Message.objects.filter(pk=mail.pk).update(state="queued", sent_at=None, sending_since=None, vendor="")

    assert not apply_event(message=mail, event=notice("delivered", now), now=now)
    mail.refresh_from_db()
    assert mail.state == "queued"


@pytest.mark.parametrize(
    "steps",
    [
        ["deferred", "delivered", "bounced"],
        ["accepted", "opened", "deferred", "delivered"],
        ["delivered", "failed", "bounced"],
    ],
)
def test_news_ends_alike_in_any_order_and_however_often_it_comes(
    debtor: Debtor, options: Options, now: datetime, steps: list[str]
) -> None:
    ends = set()
    for order in permutations(steps):
        mail = send(debtor, "email", options, now)
        for step in [*order, *order]:
            apply_event(message=mail, event=notice(step, now, event_id=f"{mail.pk} {step}"), now=now)
        mail.refresh_from_db()
        ends.add((mail.state, describe_message(mail)["state"]))

    assert len(ends) == 1


def test_a_mail_that_is_put_off_is_deferred_until_it_is_delivered(mail: Message, now: datetime) -> None:
    apply_event(message=mail, event=notice("deferred", now), now=now)
    mail.refresh_from_db()
    assert describe_message(mail)["state"] == "deferred"

    apply_event(message=mail, event=notice("delivered", now), now=now)
    mail.refresh_from_db()
    assert describe_message(mail)["state"] == "sent"


@pytest.mark.parametrize("type", ["accepted", "opened"])
def test_a_trace_of_an_unclear_mail_proves_that_it_went_out(mail: Message, now: datetime, type: str) -> None:
    Message.objects.filter(pk=mail.pk).update(
        state="unknown", sent_at=None, vendor="", sending_since=now, handed_over_at=now
    )

    assert apply_event(message=mail, event=notice(type, now), now=now)

    mail.refresh_from_db()
    assert (mail.state, mail.sent_at) == ("sent", now)


def test_our_own_picture_settles_an_unclear_mail_too(mail: Message, now: datetime) -> None:
    Message.objects.filter(pk=mail.pk).update(state="unknown", sent_at=None, vendor="", sending_since=now)

    assert record_open(tracking_id=mail.tracking_id, ip="203.0.113.9", user_agent="Mail", now=now)

    mail.refresh_from_db()
    assert (mail.state, mail.opens) == ("sent", 1)


def test_a_mail_that_turns_up_while_it_waits_to_be_sent_again_stays_where_it_is(
    mail: Message, now: datetime
) -> None:
    Message.objects.filter(pk=mail.pk).update(state="unknown", sent_at=None, vendor="", sending_since=now)
    send_again(messages=[mail], now=now)

    assert apply_event(message=mail, event=notice("delivered", now), now=now)
    deliver_batch(channel="email", now=now)

    mail.refresh_from_db()
    assert (mail.state, mail.attempt) == ("delivered", 0)


def test_news_that_is_faster_than_our_own_note_is_not_lost(mail: Message, now: datetime) -> None:
    Message.objects.filter(pk=mail.pk).update(
        state="sending", sent_at=None, vendor="", lease_token="mine", lease_until=now, sending_since=now
    )
    apply_event(message=mail, event=notice("delivered", now, event_id="d1"), now=now)
    mail.refresh_from_db()
    assert mail.state == "sending"

    record_accepted(
        Hold(mail, "mine"), Accepted(vendor="postmark", vendor_id="p1", message_id="<p1>"), now=now
    )

    mail.refresh_from_db()
    assert mail.state == "delivered"
    assert wire_events()[-2:] == ["email.sent", "email.delivered"]


def test_news_about_a_mail_whose_worker_died_settles_it(mail: Message, now: datetime) -> None:
    long_ago = now - timedelta(days=400)
    Message.objects.filter(pk=mail.pk).update(
        state="sending", sent_at=None, vendor="", lease_token="x", lease_until=long_ago, sending_since=now
    )
    apply_event(message=mail, event=notice("bounced", now, reason="bounced"), now=now)

    sweep_stale(now=now)

    mail.refresh_from_db()
    assert (mail.state, mail.reason) == ("bounced", "bounced")


def test_a_vendors_opens_tell_address_and_program(mail: Message, now: datetime) -> None:
    seen = {"ip": "203.0.113.9", "user_agent": "Mail 1"}
    for seconds in (0, 30, 70):
        event = TrackingEvent(
            type="opened", occurred_at=now + timedelta(seconds=seconds), vendor="postmark", data=seen
        )
        apply_event(message=mail, event=event, now=now)

    mail.refresh_from_db()
    assert mail.opens == 2
    assert [(entry["ip"], entry["user_agent"]) for entry in describe_message(mail)["opens_detail"]] == [
        ("203.0.113.9", "Mail 1")
    ] * 2


def test_opens_that_a_vendor_counts_are_news_once(mail: Message, now: datetime) -> None:
    for number in range(3):
        apply_event(message=mail, event=notice("opened", now, event_id=f"o{number}"), now=now)

    mail.refresh_from_db()
    assert mail.opens == 3
    assert Event.objects.filter(type="email.opened").count() == 1


def test_a_mail_sent_again_is_sent_once_for_those_who_listen(mail: Message, now: datetime) -> None:
    Message.objects.filter(pk=mail.pk).update(state="unknown", sending_since=now, handed_over_at=now)

    send_again(messages=[mail], now=now)
    deliver_batch(channel="email", now=now)

    mail.refresh_from_db()
    assert mail.state == "sent"
    assert Event.objects.filter(type="email.sent").count() == 1


def test_what_staff_settle_is_news_too(debtor: Debtor, options: Options, now: datetime) -> None:
    [unclear] = send_statement(customer=debtor(), channel="email", options=options, now=now, deliver=False)
    Message.objects.filter(pk=unclear.pk).update(state="unknown", sending_since=now, handed_over_at=now)
    [waiting] = send_statement(customer=debtor(), channel="email", options=options, now=now, deliver=False)

    mark_as_sent(messages=[unclear], now=now)
    cancel_messages(messages=[waiting], now=now)

    told = Event.objects.filter(type__startswith="email.").order_by("pk")
    assert [(event.type, event.object_id) for event in told] == [
        ("email.sent", unclear.public_id), ("email.not_sent", waiting.public_id),
    ]  # fmt: skip


def test_without_tracking_the_picture_is_left_out(mail: Message, settings: Any) -> None:
    sender = mail_sender()
    assert mail.tracking_id in build_mail(mail, None, sender).alternatives[0][0]  # type: ignore[operator]

    settings.TRACK_OPENS = False

    assert mail.tracking_id not in build_mail(mail, None, sender).alternatives[0][0]  # type: ignore[operator]
