"""Who may hand a message over: leases, fences, sweeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from customers.leases import claim
from notifications.channels import CHANNELS
from notifications.channels.base import Accepted, Document, Line
from notifications.delivering import deliver_batch, due_counts, mark_as_sent, send_again, sweep_stale
from notifications.delivering.recording import Hold, begin, record_accepted
from notifications.models import Message, MessageEvent
from notifications.sending import send_statement
from statements.issuing import render_batch
from statements.statement import Options
from tests.notifications.conftest import Debtor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

PAST = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


@pytest.fixture
def queued(debtor: Debtor, options: Options, now: datetime) -> list[Message]:
    """Three mails that are due."""
    for _ in range(3):
        send_statement(customer=debtor(), channel="email", options=options, now=now, deliver=False)
    render_batch(now=now)
    return list(Message.objects.order_by("pk"))


def due(now: datetime) -> Any:
    return Message.objects.due(now=now).order_by("due_at", "pk")


def test_two_workers_never_hold_the_same_row(queued: list[Message], now: datetime) -> None:
    first = claim(due(now), limit=2)
    second = claim(due(now), limit=2)

    assert first.ids == (queued[0].pk, queued[1].pk)
    assert second.ids == (queued[2].pk,)
    assert first.token != second.token


def test_a_lease_that_ran_out_before_the_turn_is_no_lease(queued: list[Message], now: datetime) -> None:
    lost = claim(due(now), limit=3)
    Message.objects.update(lease_until=PAST)

    assert sweep_stale(now=now) == 0
    assert claim(due(now), limit=3).ids == lost.ids


def test_a_worker_that_lost_its_lease_writes_nothing_but_a_remark(
    queued: list[Message], now: datetime
) -> None:
    held = claim(due(now), limit=1)
    late = Hold(queued[0], held.token)
    assert begin(late)
    Message.objects.filter(pk=queued[0].pk).update(lease_until=PAST)
    assert sweep_stale(now=now) == 1

    recorded = record_accepted(late, Accepted(vendor="smtp", vendor_id="<1@x>"), now=now)

    message = Message.objects.get(pk=queued[0].pk)
    assert not recorded
    assert message.state == "unknown"
    assert message.error_code == "worker_lost"
    remark = MessageEvent.objects.get(message=message)
    assert remark.type == "late_outcome"
    assert remark.data["vendor_id"] == "<1@x>"


def test_a_worker_whose_row_another_took_does_not_begin(queued: list[Message], now: datetime) -> None:
    held = claim(due(now), limit=1)
    Message.objects.filter(pk=queued[0].pk).update(lease_until=PAST)
    claim(due(now), limit=1)

    assert not begin(Hold(queued[0], held.token))


def test_a_message_that_died_in_the_vendors_hands_is_never_sent_by_itself(
    queued: list[Message], now: datetime
) -> None:
    held = claim(due(now), limit=1)
    begin(Hold(queued[0], held.token))
    Message.objects.filter(pk=queued[0].pk).update(lease_until=PAST)
    sweep_stale(now=now)

    deliver_batch(channel="email", now=now + timedelta(days=2))

    states = list(Message.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["unknown", "sent", "sent"]


def test_staff_send_an_unclear_message_again_once(queued: list[Message], now: datetime) -> None:
    Message.objects.filter(pk=queued[0].pk).update(state="unknown", sending_since=now)
    unclear = Message.objects.filter(state="unknown")

    assert send_again(messages=unclear, now=now) == 1
    assert send_again(messages=[queued[0]], now=now) == 0

    message = Message.objects.get(pk=queued[0].pk)
    assert (message.state, message.attempt) == ("queued", 0)
    deliver_batch(channel="email", now=now)
    message.refresh_from_db()
    assert message.message_id.startswith(f"<{message.public_id}@")


def test_staff_settle_an_unclear_message_as_sent(queued: list[Message], now: datetime) -> None:
    Message.objects.filter(pk=queued[0].pk).update(state="unknown", sending_since=now)

    assert mark_as_sent(messages=queued, now=now) == 1

    message = Message.objects.get(pk=queued[0].pk)
    assert (message.state, message.vendor, message.sent_at) == ("sent", "staff", now)
    assert message.message_events.get().data == {"act": "mark_as_sent"}


def test_no_new_row_is_begun_after_the_time_for_a_task(
    queued: list[Message], now: datetime, settings: Any
) -> None:
    settings.WORK_NEW_ROW_SECONDS = 0

    batch = deliver_batch(channel="email", now=now)

    assert (batch.leased, batch.handled) == (3, 0)
    assert Message.objects.filter(state="queued", lease_token="", lease_until=None).count() == 3


def test_a_batch_leases_no_more_than_its_share(queued: list[Message], now: datetime, settings: Any) -> None:
    settings.WORK_BATCH_ROWS = 2

    first = deliver_batch(channel="email", now=now)
    second = deliver_batch(channel="email", now=now)

    assert (first.handled, first.was_full) == (2, True)
    assert (second.handled, second.was_full) == (1, False)


def test_due_rows_are_counted_by_channel(queued: list[Message], now: datetime) -> None:
    assert due_counts(now=now) == {"email": 3}
    assert due_counts(now=now - timedelta(hours=1)) == {}


def test_sending_is_committed_before_the_vendor_hears_of_it(
    queued: list[Message], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []

    class Spy(Line):
        def prepare(self, message: Message, document: Document | None) -> None:
            return None

        def hand_over(self, message: Message, prepared: Any) -> Accepted:
            row = Message.objects.get(pk=message.pk)
            seen.append((row.state, row.attempt))
            return Accepted(vendor="spy", vendor_id=message.public_id)

    @contextmanager
    def connect() -> Iterator[Line]:
        yield Spy()

    monkeypatch.setattr(CHANNELS["email"], "connect", connect)

    deliver_batch(channel="email", now=now)

    assert seen == [("sending", 1)] * 3


def test_one_message_that_cannot_be_built_fails_alone(
    queued: list[Message], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Message.objects.filter(pk=queued[1].pk).update(subject="two\nlines")

    for days in range(4):
        deliver_batch(channel="email", now=now + timedelta(days=days))

    states = list(Message.objects.order_by("pk").values_list("state", "error_code", "attempt"))
    assert states == [("sent", "", 1), ("failed", "fault", 3), ("sent", "", 1)]


@pytest.mark.parametrize(
    "trouble", [ConnectionError("the bucket is away"), OperationalError("server closed the connection")]
)
def test_what_is_away_for_a_while_delays_messages_and_fails_none(
    queued: list[Message], now: datetime, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def away(*_: object, **__: object) -> bytes:
        raise trouble

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(default_storage, "open", away)
        for days in range(4):
            deliver_batch(channel="email", now=now + timedelta(days=days))
    waiting = set(Message.objects.values_list("state", "reason", "error_code", "attempt"))

    deliver_batch(channel="email", now=now + timedelta(days=4))

    assert waiting == {("queued", "", "fault", 4)}
    assert set(Message.objects.values_list("state", "error_code")) == {("sent", "")}


def test_a_storage_that_stays_away_fails_messages_and_blames_no_address(
    queued: list[Message], now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> bytes:
        raise LookupError("what the library of a bucket raises")

    settings.WORK_MAX_ATTEMPTS = 5
    monkeypatch.setattr(default_storage, "open", away)

    for days in range(6):
        deliver_batch(channel="email", now=now + timedelta(days=days))

    facts = set(Message.objects.values_list("state", "reason", "attempt"))
    assert facts == {("failed", "other", 5)}
    assert "The storage cannot be read" in Message.objects.earliest("pk").error_text


def test_a_message_is_given_up_after_its_last_try(
    queued: list[Message], now: datetime, settings: Any, sink: Any
) -> None:
    settings.WORK_MAX_ATTEMPTS, settings.EMAIL_RETRY_HOURS = 2, 0
    sink.behaviours["accounts1@example.test"] = "451 later"

    for days in (0, 1, 2, 3):
        deliver_batch(channel="email", now=now + timedelta(days=days))

    message = Message.objects.get(pk=queued[0].pk)
    assert (message.state, message.reason, message.attempt) == ("bounced", "timed_out", 2)
