"""What Lob reports about letters: forged, stale, strange, repeated and reordered events."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import permutations
from typing import Any

import pytest

from customers.models import Customer, Event
from customers.vault import seal_map
from notifications.hooks import lob as lob_hook
from notifications.models import Message, VendorAccount, VendorEvent
from notifications.wire import describe_message
from tests.vendors.conftest import fresh
from tests.vendors.reporting import letter_event, lob_says, outcomes, work

pytestmark = pytest.mark.django_db

HERE = "http://127.0.0.1:8000"
Reader = Callable[..., Customer]


def test_lobs_signature_is_over_the_moment_a_dot_and_the_bytes() -> None:
    made = lob_hook.signature(secret="secret", timestamp="1785600000", body=b'{"id":"evt_1"}')

    # Computed with openssl: printf '1785600000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac secret
    assert made == "daac3f25d0d1a408049c438086d3820f243d1d67f314253c363b3944b10fa667"


def test_lobs_events_move_a_letter_along(letter: Message) -> None:
    states = []
    for kind in ("created", "rendered_pdf", "mailed", "in_local_area", "delivered"):
        assert lob_says(letter_event(letter, kind)).status_code == 200
        work()
        states.append(describe_message(fresh(letter))["state"])

    assert states == ["sent", "sent", "in_transit", "in_transit", "delivered"]
    assert fresh(letter).delivered_at == datetime.fromisoformat("2026-08-03T15:00:00+00:00")
    assert Event.objects.filter(type="letter.delivered").count() == 1


STEPS = {
    "created": {"at": "2026-08-03T15:00:00Z", "expected_delivery_date": "2026-08-14"},
    "mailed": {"at": "2026-08-05T15:00:00Z", "expected_delivery_date": "2026-08-18"},
    "in_transit": {"at": "2026-08-06T15:00:00Z", "expected_delivery_date": "2026-08-17"},
    "delivered": {"at": "2026-08-17T15:00:00Z"},
    "returned_to_sender": {"at": "2026-08-17T15:00:00Z"},
}


@pytest.mark.parametrize("order", list(permutations(["created", "mailed", "in_transit", "delivered"])))
def test_lobs_events_in_any_order_end_alike(letter: Message, order: tuple[str, ...]) -> None:
    _tell(letter, order)

    row = fresh(letter)
    assert (row.state, row.in_transit_at, row.delivered_at, row.expected_delivery_date) == (
        "delivered",
        datetime.fromisoformat("2026-08-05T15:00:00Z"),
        datetime.fromisoformat("2026-08-17T15:00:00Z"),
        date(2026, 8, 17),
    )


@pytest.mark.parametrize("order", list(permutations(["mailed", "in_transit", "returned_to_sender"])))
def test_a_letter_that_came_back_had_left_in_any_order_of_news(
    letter: Message, order: tuple[str, ...]
) -> None:
    _tell(letter, order)

    row = fresh(letter)
    assert (row.state, row.in_transit_at) == ("bounced", datetime.fromisoformat("2026-08-05T15:00:00Z"))


def _tell(letter: Message, kinds: Iterable[str]) -> None:
    for kind in kinds:
        words = dict(STEPS[kind])
        event = {**letter_event(letter, kind), "date_created": words.pop("at")}
        event["body"] |= words
        lob_says(event)
        work()


@pytest.mark.parametrize(
    ("kind", "state", "news"),
    [
        ("returned_to_sender", "returned", "letter.returned"),
        ("certified.returned_to_sender", "returned", "letter.returned"),
        ("failed", "failed", "letter.failed"),
        ("rejected", "failed", "letter.failed"),
        ("deleted", "canceled", "letter.failed"),
        ("re-routed", "in_transit", ""),
        ("international_exit", "in_transit", ""),
    ],
)
def test_each_event_of_lob_has_its_word(letter: Message, kind: str, state: str, news: str) -> None:
    lob_says(letter_event(letter, kind))
    work()

    assert describe_message(fresh(letter))["state"] == state
    assert Event.objects.filter(type=news).count() == (1 if news else 0)


def test_lob_may_move_the_day_of_delivery(letter: Message) -> None:
    lob_says(letter_event(letter, "created", expected_delivery_date="2026-08-20"))
    work()

    moment = datetime.fromisoformat("2026-08-20T00:00:00+00:00")
    assert describe_message(fresh(letter))["expected_delivery_date"] == int(moment.timestamp())


@pytest.mark.parametrize("milliseconds", [True, False])
@pytest.mark.parametrize(("ago", "code"), [(0, 200), (290, 200), (310, 400), (-290, 200), (-310, 400)])
def test_lobs_moment_must_be_near(letter: Message, milliseconds: bool, ago: float, code: int) -> None:
    answer = lob_says(letter_event(letter, "delivered"), ago=ago, milliseconds=milliseconds)

    assert answer.status_code == code
    assert VendorEvent.objects.count() == (code == 200)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"id": "evt_1"}, {"secret": "another"}),
        ({"id": "evt_1"}, {"signed": "0" * 64}),
        (b"not json", {}),
        (b"[" * 5000, {}),
        ({"id": 7}, {}),
        ([], {}),
        ({}, {}),
    ],
)
def test_a_forged_or_unreadable_event_of_lob_is_refused(letter: Message, event: Any, words: Any) -> None:
    assert lob_says(event, **words).status_code == 400
    assert not VendorEvent.objects.exists()


def test_without_the_secret_lob_is_not_believed(letter: Message) -> None:
    VendorAccount.objects.filter(channel="letter").update(credentials=seal_map({"api_key": "live_x"}))

    assert lob_says(letter_event(letter, "delivered")).status_code == 503


def test_strange_events_of_lob_do_no_harm(letter: Message) -> None:
    lob_says(letter_event(letter, "delivered", "evt_a", metadata={"delivery": "0" * 32}))
    lob_says(letter_event(letter, "levitated", "evt_b"))
    lob_says({"id": "evt_c", "event_type": {"id": "postcard.mailed"}, "body": {}})
    lob_says({"id": "evt_d", "event_type": "letter.mailed", "body": []})
    work()

    assert outcomes() == [
        "no such message", "letter.levitated: unknown", "postcard.mailed: not about a letter",
        ": not about a letter",
    ]  # fmt: skip
    assert fresh(letter).state == "sent"


def test_a_report_too_long_is_refused(letter: Message) -> None:
    assert lob_says(b'{"id": "evt_1", "x": "' + b"x" * 1024 * 1024 + b'"}').status_code == 400
