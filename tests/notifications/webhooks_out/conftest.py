"""A receiver that listens, an endpoint that leads to it, and somebody to tell it about."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from customers.ledger.accounts import create_customer
from customers.models import Customer, Event
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.webhooks_out import create_endpoint
from tests.notifications.conftest import NOW
from tests.notifications.receiver import Receiver, receiver

Listen = Callable[..., WebhookEndpoint]


@pytest.fixture(autouse=True)
def _short_waits(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETS = ["127.0.0.0/8"]
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_RETRY_SECONDS = 3600
    settings.WEBHOOK_MAX_ATTEMPTS = 3
    settings.VENDOR_TIMEOUT_SECONDS = 0.5


@pytest.fixture
def shop() -> Iterator[Receiver]:
    with receiver() as shop:
        yield shop


@pytest.fixture
def listen(company: object, shop: Receiver) -> Listen:
    """Makes an endpoint at the receiver; its secret is kept as `endpoint.shown`."""

    def make(*events: str, url: str = "", enabled: bool = True) -> Any:
        endpoint, secret = create_endpoint(
            url=url or shop.url, events=events or ("*",), enabled=enabled, now=NOW
        )
        endpoint.shown = secret  # type: ignore[attr-defined]
        return endpoint

    return make


def happen(name: str = "Acme") -> tuple[Customer, Event]:
    """A customer is created, and with it an event."""
    customer = create_customer(values={"name": name}, now=NOW)
    event = Event.objects.filter(object_type="customer").latest("pk")
    return customer, event


def states() -> list[str]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("state", flat=True))
