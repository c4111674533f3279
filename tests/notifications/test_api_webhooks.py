"""Webhooks over the wire: the secret once, what is refused, what became of each event."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import ApiKey, Event, Role, User
from customers.models.idempotency import IdempotencyKey
from customers.vault import unseal
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.webhooks_out import deliver_batch
from tests.customers.api.conftest import Wire, basic
from tests.notifications.receiver import Receiver, receiver

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.com/duebook"

Connect = Callable[..., Wire]


@pytest.fixture
def connect(company: object) -> Connect:
    def connect(role: str = Role.ADMIN, user: User | None = None, **headers: Any) -> Wire:
        key = ApiKey.issue(name="Shop", role=role, user=user)[1]
        return Wire(HTTP_AUTHORIZATION=basic(key), **headers)

    return connect


@pytest.fixture
def wire(connect: Connect) -> Wire:
    return connect()


@pytest.fixture
def shop(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_ALLOWED_NETS = ["127.0.0.0/8"]
    settings.WEBHOOK_ALLOW_HTTP = True
    with receiver() as shop:
        yield shop


def test_the_secret_is_shown_once_and_kept_encrypted(wire: Wire) -> None:
    made = wire.create("/webhooks", url=URL, events=["invoice.*", "payment.created"])

    assert made.status == 201
    assert made.json.keys() == {
        "id", "object", "url", "events", "enabled", "disabled_at", "disabled_reason", "old_secret_until",
        "created_at", "updated_at", "secret",
    }  # fmt: skip
    assert (made["object"], made["url"], made["enabled"]) == ("webhook", URL, True)
    assert made["events"] == ["invoice.*", "payment.created"]
    row = WebhookEndpoint.objects.get()
    assert row.secret != made["secret"]
    assert unseal(row.secret) == made["secret"]
    assert len(made["secret"]) >= 43
    for answer in (
        wire.read("/webhooks"),
        wire.read(f"/webhooks/{row.pk}"),
        wire.change(f"/webhooks/{row.pk}"),
    ):
        assert answer.status == 200
        assert made["secret"] not in answer.text
        assert '"secret"' not in answer.text
    assert made["secret"] not in str(list(Event.objects.values()))


def test_a_webhook_is_read_as_it_was_answered(wire: Wire) -> None:
    made = wire.create("/webhooks", url=URL, events=["invoice.*"])
    told = {name: value for name, value in made.json.items() if name != "secret"}

    assert wire.read("/webhooks").json == [told]
    assert wire.read(f"/webhooks/{made['id']}").json == told


def test_an_address_alone_hears_everything(wire: Wire) -> None:
    assert wire.create("/webhooks", url=URL)["events"] == ["*"]
    assert wire.create("/webhooks", url=URL, events=[])["events"] == ["*"]
    form = "url=https%3A%2F%2Fhooks.example.com&events[]=note.created&events[]=note.created&enabled=0"
    made = wire.send("POST", "/webhooks", form, content_type="application/x-www-form-urlencoded")
    assert (made["events"], made["enabled"]) == (["note.created"], False)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "url"),
        ({"url": None}, "url"),
        ({"url": ["https://a.example"]}, "url"),
        ({"url": "hooks.example.com"}, "url"),
        ({"url": "https://user:pass@hooks.example.com"}, "url"),
        ({"url": "https://hooks.example.com:25/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, "url"),
        ({"url": "https://localhost:8443/"}, "url"),
        ({"url": "https://hooks.example.com/" + "x" * 500}, "url"),
        ({"url": "https://hooks.example.com/a\nb"}, "url"),
        ({"url": URL, "events": "invoice.paid"}, "events"),
        ({"url": URL, "events": ["invoice.paid", "invoice.eaten"]}, "events.1"),
        ({"url": URL, "events": ["api_key.created"]}, "events.0"),
        ({"url": URL, "events": ["webhook.*"]}, "events.0"),
        ({"url": URL, "events": [["*"]]}, "events.0"),
        ({"url": URL, "events": [None]}, "events.0"),
        ({"url": URL, "enabled": "perhaps"}, "enabled"),
    ],
)
def test_a_webhook_that_cannot_be(wire: Wire, body: dict[str, Any], param: str) -> None:
    assert wire.create("/webhooks", body).refusal == (400, param)
    assert not WebhookEndpoint.objects.exists()
    assert not Event.objects.exists()


def test_plain_http_is_refused_when_it_is_off(wire: Wire, settings: Any) -> None:
    settings.WEBHOOK_ALLOW_HTTP = False

    assert wire.create("/webhooks", url="http://hooks.example.com/").refusal == (400, "url")


def test_changing_is_recorded_and_says_what_was_before(wire: Wire) -> None:
    pk = wire.create("/webhooks", url=URL + "?token=hush")["id"]

    changed = wire.change(f"/webhooks/{pk}", url="https://other.example.com", events=["*"], enabled=False)
    wire.change(f"/webhooks/{pk}", enabled=False)

    assert (changed["url"], changed["enabled"]) == ("https://other.example.com", False)
    assert changed["disabled_at"] is not None
    made, told = Event.objects.order_by("pk")
    assert (made.type, told.type, told.actor) == ("webhook.created", "webhook.updated", "API key Shop")
    assert told.previous == {"url": URL + "?…", "enabled": True}
    assert "hush" not in str([made.data, told.data])
    assert wire.change(f"/webhooks/{pk}", enabled=True)["disabled_at"] is None


@pytest.mark.parametrize("body", [{"url": ""}, {"url": None}, {"url": "ftp://x"}, {"events": ["x"]}])
def test_a_change_that_cannot_be_changes_nothing(wire: Wire, body: dict[str, Any]) -> None:
    pk = wire.create("/webhooks", url=URL)["id"]

    assert wire.change(f"/webhooks/{pk}", body).status == 400
    assert wire.read(f"/webhooks/{pk}")["url"] == URL


def test_rotating_draws_another_secret(wire: Wire) -> None:
    made = wire.create("/webhooks", url=URL)

    rotated = wire.create(f"/webhooks/{made['id']}/rotate")

    assert rotated.status == 200
    assert rotated["secret"] != made["secret"]
    row = WebhookEndpoint.objects.get()
    assert (unseal(row.secret), unseal(row.old_secret)) == (rotated["secret"], made["secret"])
    assert rotated["old_secret_until"] > int(timezone.now().timestamp()) + 86_000
    assert Event.objects.filter(type="webhook.secret_rotated").count() == 1


def test_a_repeated_request_makes_one_webhook_and_does_not_keep_the_secret(wire: Wire) -> None:
    first = wire.send("POST", "/webhooks", {"url": URL}, HTTP_IDEMPOTENCY_KEY="once-only-1")

    second = wire.send("POST", "/webhooks", {"url": URL}, HTTP_IDEMPOTENCY_KEY="once-only-1")

    assert second.headers["Idempotent-Replayed"] == "true"
    assert second["id"] == first["id"]
    assert second["secret"] == "shown once"
    assert first["secret"].encode() not in bytes(IdempotencyKey.objects.get().body)
    assert WebhookEndpoint.objects.count() == 1


def test_deleting_takes_the_deliveries_along(wire: Wire) -> None:
    pk = wire.create("/webhooks", url=URL)["id"]
    wire.create("/customers", name="Acme")
    assert WebhookDelivery.objects.count() == 1

    assert wire.remove(f"/webhooks/{pk}").status == 204

    assert wire.remove(f"/webhooks/{pk}").refusal == (404, None)
    assert not WebhookDelivery.objects.exists()
    assert Event.objects.filter(type="webhook.deleted").exists()
    assert Event.objects.filter(type="customer.created").exists()


def test_there_is_an_end_to_webhooks(wire: Wire) -> None:
    WebhookEndpoint.objects.bulk_create([WebhookEndpoint(url=URL, secret="x") for _ in range(50)])

    assert wire.create("/webhooks", url=URL).refusal == (400, None)


@pytest.mark.parametrize("role", [Role.READ_ONLY, Role.ACCOUNT_MANAGER, Role.FINANCE])
def test_all_of_it_is_for_keys_of_admins(connect: Connect, wire: Wire, role: str) -> None:
    """Also to read: an address is often a secret, and attempts show what was sent about all customers."""
    pk = wire.create("/webhooks", url=URL)["id"]
    wire.create(f"/webhooks/{pk}/test")
    tried = wire.read("/webhook_attempts").json[0]["id"]
    other = connect(role, User.objects.create_user(username="max", role=role))

    for path in ("/webhooks", f"/webhooks/{pk}", "/webhook_attempts", f"/webhook_attempts/{tried}"):
        refused = other.read(path)
        assert refused.refusal == (403, None), path
        assert "hooks.example.com" not in refused.text
        assert wire.read(path).status == 200
    assert other.create("/webhooks", url=URL).refusal == (403, None)
    assert other.change(f"/webhooks/{pk}", enabled=False).refusal == (403, None)
    assert other.remove(f"/webhooks/{pk}").refusal == (403, None)
    for path in (f"/webhooks/{pk}/test", f"/webhooks/{pk}/rotate", f"/webhook_attempts/{tried}/retries"):
        assert other.create(path).refusal == (403, None), path


@pytest.mark.parametrize("path", ["/webhooks/nobody", "/webhooks/nobody/5", "/webhooks/lob/more"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
def test_a_word_that_is_no_vendor_is_not_found(wire: Wire, method: str, path: str) -> None:
    answer = wire.send(method, path)

    assert answer.refusal == (404, None)
    assert answer.headers["Content-Type"] == "application/json"
    assert Wire().send(method, path).refusal == (401, None)


@pytest.mark.parametrize(
    "path", ["/webhooks/lob", "/webhooks/twilio/inbound", "/webhooks/mail/postmark/tracking/"]
)
def test_vendors_call_in_without_a_key_and_read_no_json(wire: Wire, path: str) -> None:
    answer = Wire().post(path)

    assert answer.status_code == 503
    assert answer["Content-Type"].startswith("text/plain")


# What became of each event.


def test_an_attempt_tells_of_every_try(wire: Wire, shop: Receiver) -> None:
    hook = wire.create("/webhooks", url=shop.url, events=["customer.*"])
    wire.create("/customers", name="Acme")
    shop.moods = ["500"]
    now = timezone.now()
    deliver_batch(now=now)

    waiting = wire.read("/webhook_attempts")[0]

    assert waiting.keys() == {
        "id", "object", "webhook", "url", "event_id", "event_type", "state", "attempts", "next_attempt",
        "payload", "created_at", "updated_at",
    }  # fmt: skip
    event = Event.objects.get(type="customer.created")
    assert (waiting["object"], waiting["webhook"], waiting["url"]) == (
        "webhook_attempt",
        hook["id"],
        shop.url,
    )
    assert (waiting["event_id"], waiting["event_type"], waiting["state"]) == (event.pk, event.type, "queued")
    assert waiting["next_attempt"] >= int(now.timestamp()) + 3600
    assert waiting["payload"] == wire.read(f"/events/{event.pk}").json
    tried = waiting["attempts"][0]
    assert (tried["status_code"], tried["error"]) == (500, None)
    assert tried["timestamp"] == int(now.timestamp())

    again = wire.create(f"/webhook_attempts/{waiting['id']}/retries")
    assert (again.status, again["next_attempt"] <= int(timezone.now().timestamp())) == (201, True)
    deliver_batch(now=timezone.now() + timedelta(seconds=1))

    done = wire.read(f"/webhook_attempts/{waiting['id']}")
    assert (done["state"], done["next_attempt"]) == ("succeeded", None)
    assert [part["status_code"] for part in done["attempts"]] == [500, 200]
    body = shop.heard[1].body
    assert (
        shop.heard[1].headers["x-invoiced-signature"]
        == hmac.new(hook["secret"].encode(), body, hashlib.sha256).hexdigest()
    )


def test_the_newest_comes_first_and_can_be_looked_for(wire: Wire) -> None:
    hook = wire.create("/webhooks", url=URL)["id"]
    for name in ("North", "South"):
        wire.create("/customers", name=name)

    newest, oldest = wire.read("/webhook_attempts").json

    assert [row["payload"]["data"]["object"]["name"] for row in (newest, oldest)] == ["South", "North"]
    event = oldest["event_id"]
    assert [row["id"] for row in wire.read("/webhook_attempts", **{"filter[event_id]": event}).json] == [
        oldest["id"]
    ]
    assert (
        len(wire.read("/webhook_attempts", **{"filter[webhook]": hook, "filter[state]": "queued"}).json) == 2
    )
    assert wire.read("/webhook_attempts", **{"filter[event_type]": "invoice.paid"}).json == []
    assert wire.read("/webhook_attempts", **{"filter[payload]": "x"}).refusal == (400, "filter")
    assert wire.read("/webhook_attempts", **{"filter[state]": "lost"}).refusal == (400, "filter")
    assert wire.read("/webhook_attempts", sort="updated_at ASC").status == 200


def test_one_client_gets_the_whole_list_at_once(connect: Connect, wire: Wire) -> None:
    wire.create("/webhooks", url=URL)
    for index in range(101):
        wire.create("/customers", name=f"Customer {index}")
    go = connect(HTTP_USER_AGENT="Invoiced Go/2.15.0")

    assert len(go.read("/webhook_attempts").json) == 101
    assert 'rel="next"' not in go.read("/webhook_attempts").headers["Link"]
    assert len(wire.read("/webhook_attempts").json) == 100


def test_a_test_event_is_queued_and_sent(wire: Wire, shop: Receiver) -> None:
    hook = wire.create("/webhooks", url=shop.url, enabled=False)["id"]

    queued = wire.create(f"/webhooks/{hook}/test")
    deliver_batch(now=timezone.now() + timedelta(seconds=1))

    assert queued.status == 201
    assert (queued["event_id"], queued["event_type"], queued["state"]) == (None, "webhook.test", "queued")
    assert queued["payload"]["data"]["object"]["id"] == hook
    assert json.loads(shop.heard[0].body) == queued["payload"]
    assert wire.read(f"/webhook_attempts/{queued['id']}")["state"] == "succeeded"


def test_sending_again_is_refused_for_a_webhook_that_is_off_and_while_it_is_sent(wire: Wire) -> None:
    hook = wire.create("/webhooks", url=URL)["id"]
    wire.create("/customers", name="Acme")
    pk = wire.read("/webhook_attempts")[0]["id"]
    WebhookDelivery.objects.update(state="sending", lease_token="x")
    assert wire.create(f"/webhook_attempts/{pk}/retries").refusal == (400, None)

    wire.change(f"/webhooks/{hook}", enabled=False)

    assert wire.create(f"/webhook_attempts/{pk}/retries").refusal == (400, None)
    assert wire.create("/webhook_attempts/99999/retries").refusal == (404, None)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/webhook_attempts"),
        ("DELETE", "/webhook_attempts/1"),
        ("GET", "/webhooks/1/test"),
        ("PUT", "/webhooks/1"),
    ],
)
def test_what_is_not_offered(wire: Wire, method: str, path: str) -> None:
    assert wire.send(method, path).status == 405
