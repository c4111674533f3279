"""Letters are taken back: those of a wrong run, those that nobody wants any more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.models import Customer, Event
from notifications.delivering import (
    ask_vendor,
    cancel_messages,
    deliver_batch,
    stop_letters,
    want_stopped,
)
from notifications.models import Message
from notifications.runs import RunRequest, cancel_run, plan_run, progress_of, start_run
from notifications.sending import send_statement
from notifications.wire import describe_message
from statements.statement import Options
from statements.tasks import render_statements
from tests.vendors.conftest import fresh
from tests.vendors.lob_server import LobServer
from tests.vendors.reporting import letter_event, lob_says, work
from tests.vendors.server import always, first

pytestmark = pytest.mark.django_db

Reader = Callable[..., Customer]
Post = Callable[..., Message]


@pytest.fixture
def run_of_letters(lob: LobServer, reader: Reader) -> Callable[[int], Any]:
    """Hands over the letters of a run of so many."""

    def start(count: int) -> Any:
        for _ in range(count):
            reader()
        present = datetime.now(UTC)
        run, _ = start_run(request=RunRequest(type="open_item", channel="letter"), now=present)
        plan_run(run_id=run.pk, now=present)
        render_statements()
        deliver_batch(channel="letter", now=datetime.now(UTC))
        return run

    return start


def test_the_letters_of_a_run_wait_an_hour_so_that_a_wrong_run_can_be_stopped(
    run_of_letters: Any, lob: LobServer
) -> None:
    run = run_of_letters(3)
    rows = Message.objects.filter(run=run)
    assert {row.state for row in rows} == {"sent"}
    dates = [datetime.fromisoformat(letter["send_date"]) for letter in lob.letters]
    assert all(timedelta(minutes=59) < date - datetime.now(UTC) < timedelta(minutes=61) for date in dates)

    assert cancel_run(run=run, now=datetime.now(UTC))
    assert stop_letters(now=datetime.now(UTC)) == 3

    assert {row.state for row in rows.all()} == {"canceled"}
    assert lob.copies == {}
    assert progress_of(run).skip_reasons == {"canceled": 3}
    assert Event.objects.filter(type="letter.failed").count() == 3
    assert {describe_message(row)["state"] for row in rows.all()} == {"canceled"}


def test_without_a_window_the_letters_of_a_run_go_at_once(
    run_of_letters: Any, lob: LobServer, settings: Any
) -> None:
    settings.LETTER_CANCEL_SECONDS = 0

    run_of_letters(1)

    assert lob.letters[0]["send_date"] is None


@pytest.mark.parametrize("fault", ["reset before", "reset after", "500 before", "429", "time-out after"])
def test_taking_a_letter_back_is_tried_until_it_is_known(post: Post, lob: LobServer, fault: str) -> None:
    row, present = post(), datetime.now(UTC)
    lob.orders, lob.script = 0, first(fault)
    assert want_stopped(messages=Message.objects.all(), now=present) == 1

    stop_letters(now=present)
    assert fresh(row).state == "sent"
    stop_letters(now=present + timedelta(seconds=30))

    assert fresh(row).state == "canceled"
    assert lob.copies == {}


def test_a_letter_in_print_cannot_be_taken_back(post: Post, lob: LobServer) -> None:
    row, present = post(), datetime.now(UTC)
    lob.printing = True
    want_stopped(messages=Message.objects.all(), now=present)

    stop_letters(now=present)
    stop_letters(now=present + timedelta(minutes=1))

    row = fresh(row)
    assert (row.state, row.cancel_wanted_at) == ("sent", None)
    assert lob.orders == 2
    assert "cannot be stopped any more" in row.message_events.get(type="resolved").data["act"]
    assert want_stopped(messages=Message.objects.all(), now=present) == 0


def test_an_unclear_letter_that_nobody_wants_any_more_is_looked_up_not_repeated(
    run_of_letters: Any, lob: LobServer
) -> None:
    lob.script = first("reset after")
    run = run_of_letters(1)
    row = Message.objects.get()
    assert row.state == "unknown"
    cancel_run(run=run, now=datetime.now(UTC))

    ask_vendor(channel="letter", now=datetime.now(UTC) + timedelta(minutes=1))
    stop_letters(now=datetime.now(UTC) + timedelta(minutes=2))

    assert fresh(row).state == "canceled"
    assert lob.copies == {}


def test_waiting_letters_are_canceled_without_a_word_to_lob(
    lob: LobServer, reader: Reader, options: Options, now: datetime
) -> None:
    rows = send_statement(customer=reader(), channel="letter", options=options, now=now, deliver=False)

    assert cancel_messages(messages=rows, now=now) == 1
    assert lob.orders == 0


def test_an_unclear_letter_that_staff_cancel_is_taken_out_of_production(post: Post, lob: LobServer) -> None:
    lob.script = first("reset after")
    row, present = post(), datetime.now(UTC)
    assert (row.state, lob.copies) == ("unknown", {row.public_id: 1})

    assert cancel_messages(messages=[row], now=present) == 1
    assert fresh(row).state == "unknown"
    ask_vendor(channel="letter", now=present)
    stop_letters(now=present)

    assert fresh(row).state == "canceled"
    assert lob.copies == {}
    assert lob.orders == 2


def test_an_unclear_letter_that_staff_cancel_counts_as_canceled_when_it_is_nowhere(
    post: Post, lob: LobServer
) -> None:
    lob.script = first("reset before")
    row, present = post(), datetime.now(UTC)
    cancel_messages(messages=[row], now=present)

    ask_vendor(channel="letter", now=present)
    assert fresh(row).state == "unknown"
    ask_vendor(channel="letter", now=present + timedelta(minutes=5))

    assert fresh(row).state == "canceled"
    assert (lob.orders, lob.letters) == (1, [])
    assert Event.objects.filter(type="letter.failed").count() == 1


@pytest.fixture
def given_up(post: Post, lob: LobServer) -> Message:
    """A letter that was canceled twice while Lob answered nothing, but has it."""
    lob.script, lob.faults_of_questions = first("reset after"), always("reset before")
    row = post()
    for _ in range(2):
        assert cancel_messages(messages=[fresh(row)], now=datetime.now(UTC)) == 1
    lob.faults_of_questions = lambda _: ""
    assert describe_message(fresh(row))["state"] == "canceled"
    return fresh(row)


def test_a_letter_that_was_mailed_after_all_follows_lob(given_up: Message, lob: LobServer) -> None:
    given_up.vendor_id = lob.letters[0]["id"]
    lob_says(letter_event(given_up, "mailed"))
    work()

    row = fresh(given_up)
    assert (describe_message(row)["state"], row.vendor_id) == ("in_transit", given_up.vendor_id)
    kinds = Event.objects.filter(object_id=row.public_id).order_by("pk").values_list("type", flat=True)
    assert [kind for kind in kinds if kind.startswith("letter.")] == ["letter.failed", "letter.sent"]
    assert "message.went_after_all" in kinds
    assert "went out although" in row.message_events.filter(type="resolved").latest("pk").data["act"]


def test_a_letter_that_lob_has_after_all_is_taken_back(given_up: Message, lob: LobServer) -> None:
    given_up.vendor_id = lob.letters[0]["id"]
    lob_says(letter_event(given_up, "created"))
    work()
    assert fresh(given_up).state == "sent"

    stop_letters(now=datetime.now(UTC))

    assert (fresh(given_up).state, lob.copies) == ("canceled", {})


def test_what_the_print_house_gave_back_stays_canceled(post: Post, lob: LobServer) -> None:
    row = post()
    want_stopped(messages=Message.objects.all(), now=datetime.now(UTC))
    stop_letters(now=datetime.now(UTC))

    for kind in ("created", "rendered_pdf", "deleted"):
        lob_says(letter_event(row, kind))
    work()

    assert fresh(row).state == "canceled"
