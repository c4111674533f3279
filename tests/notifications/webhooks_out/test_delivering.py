"""Deliveries over real sockets: proof, tries, giving up, and what may never be called."""

import hashlib
import hmac
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice
from customers.models import Event
from customers.wire.event import describe_event
from notifications.models import WebhookAttempt, WebhookDelivery
from notifications.webhooks_out import (
    deliver_batch,
    due_count,
    forget_ended,
    queue_test,
    rotate_secret,
    send_again,
    sweep_stale,
)
from notifications.webhooks_out.recording import Hold, Outcome, begin, record
from tests.notifications.conftest import NOW
from tests.notifications.receiver import Receiver, closed_port
from tests.notifications.webhooks_out.conftest import Listen, happen, states

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def proof(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_an_event_arrives_signed_and_as_the_api_shows_it(listen: Listen, shop: Receiver) -> None:
    endpoint: Any = listen("invoice.*")
    customer, _ = happen()
    issue_invoice(customer=customer, lines=[LineInput(name="Goods", unit_cost=Decimal("51.15"))], now=NOW)

    batch = deliver_batch(now=NOW)

    assert (batch.leased, batch.handled, states()) == (1, 1, ["succeeded"])
    heard = shop.heard[0]
    event = Event.objects.get(type="invoice.created")
    shown = json.loads(heard.body, parse_float=Decimal)
    assert shown == describe_event(event)
    assert shown["data"]["object"]["total"] == Decimal("51.15")
    assert shown["data"]["object"]["customer"]["name"] == "Acme"
    assert heard.headers["x-invoiced-signature"] == proof(endpoint.shown, heard.body)
    assert "x-invoiced-signature-old" not in heard.headers
    assert heard.headers["x-invoiced-event-id"] == str(event.pk)
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["user-agent"] == "Duebook-Webhooks/1"
    attempt = WebhookAttempt.objects.get()
    assert (attempt.number, attempt.status, attempt.error, attempt.succeeded) == (1, 200, "", True)


def test_after_a_rotation_both_secrets_sign_for_a_day(listen: Listen, shop: Receiver) -> None:
    endpoint: Any = listen()
    new = rotate_secret(endpoint=endpoint, now=NOW)
    happen()

    deliver_batch(now=NOW + HOUR)
    send_again(delivery=WebhookDelivery.objects.get(), now=NOW + 25 * HOUR)
    deliver_batch(now=NOW + 25 * HOUR)

    first, second = shop.heard
    assert first.headers["x-invoiced-signature"] == proof(new, first.body)
    assert first.headers["x-invoiced-signature-old"] == proof(endpoint.shown, first.body)
    assert second.headers["x-invoiced-signature"] == proof(new, second.body)
    assert "x-invoiced-signature-old" not in second.headers


@pytest.mark.parametrize(
    ("mood", "status", "error"),
    [
        ("500", 500, ""),
        ("404", 404, ""),
        ("redirect", 302, ""),
        ("slow", None, "No answer within 0.5 seconds."),
        ("drip", None, "No answer within 0.5 seconds."),
        ("reset", None, "The connection broke before an answer came."),
        ("garbage", None, "The answer was not HTTP."),
    ],
)
def test_whatever_fails_is_tried_again_an_hour_later(
    listen: Listen, shop: Receiver, mood: str, status: int | None, error: str
) -> None:
    listen()
    happen()
    shop.moods = [mood]

    deliver_batch(now=NOW)

    delivery = WebhookDelivery.objects.get()
    attempt = delivery.attempts.get()
    assert (attempt.status, attempt.error) == (status, error)
    assert (delivery.state, delivery.attempt, delivery.lease_token) == ("queued", 1, "")
    assert HOUR <= delivery.due_at - NOW < HOUR + timedelta(seconds=5)
    assert deliver_batch(now=NOW + HOUR - timedelta(minutes=1)).leased == 0
    deliver_batch(now=NOW + 2 * HOUR)
    assert states() == ["succeeded"]
    assert list(delivery.attempts.order_by("number").values_list("number", "status")) == [
        (1, status),
        (2, 200),
    ]
    assert shop.heard[0].body == shop.heard[-1].body


def test_nothing_of_a_reply_is_kept(listen: Listen, shop: Receiver) -> None:
    listen()
    happen()
    shop.mood = "500"

    deliver_batch(now=NOW)

    assert "thank you" not in str(list(WebhookAttempt.objects.values())) + str(
        list(WebhookDelivery.objects.values())
    )


def test_after_the_last_try_the_endpoint_is_switched_off_and_staff_are_told(
    listen: Listen, shop: Receiver
) -> None:
    endpoint = listen()
    happen("North")
    shop.mood = "503"
    for hour in range(2):
        deliver_batch(now=NOW + 2 * hour * HOUR)
    happen("South")

    deliver_batch(now=NOW + 5 * HOUR)

    endpoint.refresh_from_db()
    assert states() == ["failed", "canceled"]
    assert (endpoint.enabled, endpoint.disabled_at is not None) == (False, True)
    assert (
        endpoint.disabled_reason
        == "customer.created could not be delivered in 3 tries. The receiver answered 503."
    )
    told = Event.objects.get(type="webhook.switched_off")
    assert told.data["object"]["disabled_reason"] == endpoint.disabled_reason
    happen("East")
    assert deliver_batch(now=NOW + 9 * HOUR).leased == 0
    assert len(states()) == 2


def test_a_receiver_that_is_gone_for_good_is_not_asked_twice(listen: Listen, shop: Receiver) -> None:
    endpoint = listen()
    happen()
    shop.mood = "410"

    deliver_batch(now=NOW)

    endpoint.refresh_from_db()
    assert (states(), endpoint.enabled) == (["failed"], False)
    assert endpoint.disabled_reason == "The receiver answered 410: it is gone for good."


def test_a_receiver_that_cannot_be_reached_holds_nobody_up(listen: Listen, shop: Receiver) -> None:
    listen(url=f"http://127.0.0.1:{closed_port()}/")
    listen()
    for name in ("North", "South", "East"):
        happen(name)

    batch = deliver_batch(now=NOW)

    assert batch.handled == 4
    assert len(shop.heard) == 3
    dead = WebhookDelivery.objects.filter(state="queued").order_by("pk")
    assert [row.attempt for row in dead] == [1, 0, 0]
    assert deliver_batch(now=NOW + timedelta(minutes=1)).leased == 0
    assert deliver_batch(now=NOW + timedelta(minutes=10)).handled == 1


# What may never be called, whatever the name says.


@pytest.mark.parametrize(
    "places", [["10.0.0.7"], ["169.254.169.254"], ["::ffff:127.0.0.1"], ["93.184.216.34", "10.0.0.7"]]
)
def test_a_name_that_leads_inside_is_not_called(
    listen: Listen, shop: Receiver, settings: Any, places: list[str]
) -> None:
    settings.OUTBOUND_ALLOWED_NETS = []
    listen(url=f"http://hooks.example.com:{shop.port}/")
    happen()

    deliver_batch(now=NOW, resolver=lambda host, port: places)

    assert shop.heard == []
    assert WebhookAttempt.objects.get().error == "The address leads into an internal network."
    assert states() == ["queued"]


def test_a_name_that_is_bent_after_the_first_look_is_looked_at_again(listen: Listen, shop: Receiver) -> None:
    """DNS rebinding: what is called is what was checked, and each delivery checks anew."""
    listen(url=f"http://hooks.example.com:{shop.port}/")
    happen()
    asked: list[str] = []

    def bent(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.7"]

    deliver_batch(now=NOW, resolver=bent)
    send_again(delivery=WebhookDelivery.objects.get(), now=NOW)
    deliver_batch(now=NOW, resolver=bent)

    assert asked == ["hooks.example.com"] * 2
    assert len(shop.heard) == 1
    assert list(WebhookAttempt.objects.order_by("pk").values_list("status", "error")) == [
        (200, ""),
        (None, "The address leads into an internal network."),
    ]


def test_plain_http_that_was_allowed_once_is_refused_when_it_no_longer_is(
    listen: Listen, shop: Receiver, settings: Any
) -> None:
    listen()
    happen()
    settings.WEBHOOK_ALLOW_HTTP = False

    deliver_batch(now=NOW)

    assert shop.heard == []
    assert WebhookAttempt.objects.get().error == "The address must begin with https://."


# Test events and sending again.


def test_a_test_event_is_tried_once_also_when_the_endpoint_is_off(listen: Listen, shop: Receiver) -> None:
    endpoint = listen(enabled=False)
    delivery = queue_test(endpoint=endpoint, now=NOW)
    shop.mood = "500"

    deliver_batch(now=NOW)

    assert states() == ["failed"]
    shown = json.loads(shop.heard[0].body)
    assert (shown["id"], shown["object"], shown["type"]) == (0, "event", "webhook.test")
    assert shown["data"]["object"]["id"] == endpoint.pk
    assert shop.heard[0].headers["x-invoiced-event-id"] == f"test-{delivery.pk}"
    assert not Event.objects.filter(type="webhook.switched_off").exists()


def test_sending_again_begins_a_new_row_of_tries(listen: Listen, shop: Receiver) -> None:
    listen()
    happen()
    deliver_batch(now=NOW)

    send_again(delivery=WebhookDelivery.objects.get(), now=NOW + HOUR)
    deliver_batch(now=NOW + HOUR)

    assert states() == ["succeeded"]
    assert len(shop.heard) == 2
    assert list(WebhookAttempt.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


# Workers that die, and workers that wake up late.


def test_a_worker_that_dies_loses_nothing(listen: Listen, shop: Receiver) -> None:
    listen()
    happen()
    held = Hold(WebhookDelivery.objects.get(), "x" * 32)
    WebhookDelivery.objects.update(lease_token="x" * 32)
    assert begin(held, now=NOW)
    assert sweep_stale(now=NOW) == 0
    WebhookDelivery.objects.update(lease_until=timezone.now() - HOUR)

    assert sweep_stale(now=NOW) == 1
    deliver_batch(now=NOW + 2 * HOUR)

    assert states() == ["succeeded"]
    assert [attempt.error[:16] for attempt in WebhookAttempt.objects.order_by("pk")] == [
        "The worker ended",
        "",
    ]


def test_a_worker_that_wakes_up_late_writes_nothing(listen: Listen) -> None:
    listen()
    happen()
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(state="sending", lease_token="y" * 32)

    late = record(Hold(delivery, "x" * 32), Outcome(started_at=NOW, milliseconds=1, status=200), now=NOW)

    assert late is False
    assert states() == ["sending"]
    assert not WebhookAttempt.objects.exists()


def test_what_was_queued_while_the_endpoint_was_switched_off_is_canceled(listen: Listen) -> None:
    endpoint = listen()
    happen()
    type(endpoint).objects.update(enabled=False)

    assert due_count(now=NOW) == 0
    assert deliver_batch(now=NOW).leased == 0
    sweep_stale(now=NOW)

    assert states() == ["canceled"]


def test_what_ended_long_ago_is_forgotten_but_not_its_event(
    listen: Listen, shop: Receiver, settings: Any
) -> None:
    settings.WEBHOOK_KEEP_DAYS = 30
    listen()
    happen("North")
    deliver_batch(now=NOW)
    happen("South")

    assert forget_ended(now=NOW + timedelta(days=29)) == 0
    assert forget_ended(now=NOW + timedelta(days=31)) == 1

    assert states() == ["queued"]
    assert not WebhookAttempt.objects.exists()
    assert Event.objects.filter(type="customer.created").count() == 2
