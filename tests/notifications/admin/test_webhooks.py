"""Webhooks in the back office: the secret once, failures where staff look."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Event, Role
from customers.vault import unseal
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.webhooks_out import create_endpoint, deliver_batch
from notifications.webhooks_out.endpoints import switch_off
from tests.desk import at_desk, page_text, staff, token_of
from tests.notifications.receiver import Receiver, receiver
from tests.notifications.webhooks_out.conftest import happen

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.com/in"
LIST = reverse("admin:notifications_webhookendpoint_changelist")
ADD = reverse("admin:notifications_webhookendpoint_add")
HOME = reverse("admin:index")


def at(name: str, *args: int) -> str:
    return reverse(f"admin:notifications_webhookendpoint_{name}", args=args)


@pytest.fixture
def desk(company: object) -> Client:
    return at_desk(staff("Ada"))


@pytest.fixture
def endpoint(desk: Client) -> WebhookEndpoint:
    return create_endpoint(url=URL, events=["invoice.*", "payment.created"], now=timezone.now())[0]


@pytest.fixture
def shop(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_ALLOWED_NETS = ["127.0.0.0/8"]
    settings.WEBHOOK_ALLOW_HTTP = True
    with receiver() as shop:
        yield shop


def test_a_new_webhook_shows_its_secret_once(desk: Client) -> None:
    form = {
        "once": token_of(desk.get(ADD)), "url": URL, "families": ["invoice.*"], "enabled": "on",
        "single": "payment.created, note.created",
    }  # fmt: skip

    answer = desk.post(ADD, form)
    again = desk.post(ADD, form, follow=True)

    secret = answer.context["secret"]
    row = WebhookEndpoint.objects.get()
    assert unseal(row.secret) == secret
    assert secret in page_text(answer)
    assert row.events == ["invoice.*", "payment.created", "note.created"]
    assert "already sent" in page_text(again)
    for url in (LIST, at("change", row.pk)):
        assert secret not in page_text(desk.get(url))
    assert Event.objects.get(type="webhook.created").actor == "Ada"


def test_nothing_chosen_is_everything(desk: Client) -> None:
    desk.post(ADD, {"url": URL, "enabled": "on"})

    row = WebhookEndpoint.objects.get()
    assert row.events == ["*"]
    shown = desk.get(at("change", row.pk)).context["form"]
    assert (shown["families"].value(), shown["single"].value()) == ([], "")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "ftp://x"}, "url"),
        ({"url": URL, "single": "invoice.eaten"}, "single"),
        ({"url": URL, "families": "api_key.*"}, "families"),
        ({"url": ""}, "url"),
    ],
)
def test_what_cannot_be_is_told_beside_the_field(desk: Client, form: dict[str, str], field: str) -> None:
    answer = desk.post(ADD, form)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not WebhookEndpoint.objects.exists()


def test_a_webhook_is_changed_and_its_events_are_shown_as_they_were_chosen(
    desk: Client, endpoint: WebhookEndpoint
) -> None:
    form = desk.get(at("change", endpoint.pk)).context["form"]
    assert (form["families"].value(), form["single"].value()) == (["invoice.*"], "payment.created")

    desk.post(at("change", endpoint.pk), {"url": URL + "/2", "families": ["note.*"]})

    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.events, endpoint.enabled) == (URL + "/2", ["note.*"], False)


def test_drawing_another_secret_shows_it_once(desk: Client, endpoint: WebhookEndpoint) -> None:
    old = unseal(endpoint.secret)

    answer = desk.post(at("rotate", endpoint.pk), {"once": "r"})
    again = desk.post(at("rotate", endpoint.pk), {"once": "r"})

    endpoint.refresh_from_db()
    assert unseal(endpoint.secret) == answer.context["secret"] != old
    assert unseal(endpoint.old_secret) == old
    assert again.status_code == 302
    assert Event.objects.filter(type="webhook.secret_rotated").count() == 1


def test_a_test_event_and_what_became_of_each(desk: Client, shop: Receiver) -> None:
    endpoint, _ = create_endpoint(url=shop.url, now=timezone.now())
    happen("<Acme>")
    shop.mood = "500"

    desk.post(at("test", endpoint.pk), {"once": "t"})
    deliver_batch(now=timezone.now())

    assert len(shop.heard) == 2
    shown = page_text(desk.get(at("change", endpoint.pk)))
    assert "webhook.test" in shown
    assert "customer.created" in shown
    assert "500, " in shown
    assert "thank you" not in shown


def test_an_event_is_sent_again(desk: Client, shop: Receiver) -> None:
    endpoint, _ = create_endpoint(url=shop.url, now=timezone.now())
    happen()
    deliver_batch(now=timezone.now())
    delivery = WebhookDelivery.objects.get()

    desk.post(at("again", endpoint.pk, delivery.pk), {"once": "a"})
    deliver_batch(now=timezone.now())

    assert len(shop.heard) == 2


def test_a_webhook_is_deleted(desk: Client, endpoint: WebhookEndpoint) -> None:
    assert desk.get(at("remove", endpoint.pk)).status_code == 302
    assert WebhookEndpoint.objects.exists()

    desk.post(at("remove", endpoint.pk))

    assert not WebhookEndpoint.objects.exists()


def test_a_webhook_that_failed_for_good_is_named_on_the_dashboard(
    desk: Client, endpoint: WebhookEndpoint
) -> None:
    assert "was switched off" not in page_text(desk.get(HOME))

    switch_off(endpoint_id=endpoint.pk, reason="It <never> answered.", now=timezone.now())

    for where in (HOME, at("change", endpoint.pk)):
        assert "It &lt;never&gt; answered." in page_text(desk.get(where))
    assert "was switched off" not in page_text(at_desk(staff("Fay", role="finance")).get(HOME))
    desk.post(at("change", endpoint.pk), {"url": URL, "enabled": "on"})
    assert "was switched off" not in page_text(desk.get(HOME))


@pytest.mark.parametrize("role", [value for value, _ in Role.choices if value != Role.ADMIN])
def test_only_admins_see_and_change_webhooks(endpoint: WebhookEndpoint, role: str) -> None:
    desk = at_desk(staff("Ro", role=role))

    for url in (LIST, ADD, at("change", endpoint.pk)):
        assert desk.get(url).status_code == 403
    for name in ("rotate", "test", "remove"):
        assert desk.post(at(name, endpoint.pk)).status_code == 403
    assert desk.post(at("again", endpoint.pk, 1)).status_code == 403
    assert "Webhooks" not in page_text(desk.get(HOME))


def test_what_is_not_there(desk: Client, endpoint: WebhookEndpoint) -> None:
    for url in (at("change", 99999), at("again", endpoint.pk, 99999)):
        assert desk.post(url).status_code == 404


def test_webhooks_have_the_same_words_everywhere(desk: Client, endpoint: WebhookEndpoint) -> None:
    shown = page_text(desk.get(LIST))

    assert "1 webhook" in shown
    assert "Address" in shown
    assert "endpoint" not in re.sub(r"<[^>]+>", "", shown).lower()


def test_the_sandbox_says_that_webhooks_leave_it(
    desk: Client, endpoint: WebhookEndpoint, settings: Any
) -> None:
    for page in (LIST, ADD, at("change", endpoint.pk)):
        shown = page_text(desk.get(page))
        assert "Webhooks are sent as in operation" in shown
        assert "Nothing leaves this machine" not in shown
    settings.DELIVERY_MODE = "live"
    assert "Webhooks are sent as in operation" not in page_text(desk.get(LIST))


@pytest.mark.parametrize(("allowed", "told"), [(True, "https or http, port"), (False, "https, port")])
def test_the_form_says_which_addresses_are_taken(
    desk: Client, settings: Any, allowed: bool, told: str
) -> None:
    settings.WEBHOOK_ALLOW_HTTP = allowed

    assert told in page_text(desk.get(ADD))
