"""Several hands at once: threads with connections of their own."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from customers.ledger.accounts import create_customer
from customers.models import Customer, Event
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.webhooks_out import create_endpoint, delete_endpoint, deliver_batch, update_endpoint
from tests.notifications.conftest import NOW
from tests.notifications.receiver import Receiver
from tests.notifications.webhooks_out.conftest import Listen, happen

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return run


def test_four_workers_send_each_event_once(listen: Listen, shop: Receiver, settings: Any) -> None:
    settings.VENDOR_TIMEOUT_SECONDS = 10
    settings.WORK_BATCH_ROWS = 5
    listen()
    for index in range(20):
        happen(f"Customer {index}")

    with ThreadPoolExecutor(4) as pool:
        work = in_thread(lambda: deliver_batch(now=NOW).handled)
        handled = sum(pool.map(lambda _: work(), range(8)))

    assert handled == 20
    assert Counter(heard.headers["x-invoiced-event-id"] for heard in shop.heard).most_common(1)[0][1] == 1
    assert WebhookDelivery.objects.filter(state="succeeded").count() == 20


@pytest.mark.skipif("sqlite" in connection.settings_dict["ENGINE"], reason="SQLite has one writer at a time")
def test_deleting_an_endpoint_undoes_nothing_that_is_being_recorded(listen: Listen) -> None:
    """Its deletion waits for who has just queued an event for it."""
    endpoint = listen()
    recorded, go_on = threading.Event(), threading.Event()

    def record() -> None:
        with transaction.atomic():
            create_customer(values={"name": "Acme"}, now=NOW)
            recorded.set()
            assert go_on.wait(20)

    with ThreadPoolExecutor(2) as pool:
        recording = pool.submit(in_thread(record))
        assert recorded.wait(20)
        deleting = pool.submit(in_thread(lambda: delete_endpoint(endpoint=endpoint, now=NOW)))
        with pytest.raises(TimeoutError):
            deleting.result(timeout=0.5)
        go_on.set()
        recording.result(timeout=20)
        deleting.result(timeout=20)

    assert Customer.objects.count() == 1
    assert Event.objects.filter(type="customer.created").exists()
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookDelivery.objects.exists()


@pytest.mark.skipif("sqlite" in connection.settings_dict["ENGINE"], reason="SQLite has one writer at a time")
def test_an_endpoint_can_be_changed_while_an_event_is_being_recorded(listen: Listen) -> None:
    endpoint = listen()
    with transaction.atomic():
        happen()
        with ThreadPoolExecutor(1) as pool:
            change = {"events": ["invoice.*"]}
            pool.submit(
                in_thread(lambda: update_endpoint(endpoint=endpoint, changes=change, now=NOW))
            ).result(timeout=10)

    assert WebhookDelivery.objects.count() == 1


def test_endpoints_that_come_and_go_while_events_are_recorded(company: object) -> None:
    def come_and_go() -> None:
        for _ in range(5):
            endpoint, _secret = create_endpoint(url="https://hooks.example.com/", now=NOW)
            delete_endpoint(endpoint=endpoint, now=NOW)

    def record() -> None:
        for index in range(5):
            create_customer(values={"name": f"Customer {index}"}, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(in_thread(work)) for work in (come_and_go, record, come_and_go, record)]:
            done.result(timeout=60)

    assert Customer.objects.count() == 10
    assert Event.objects.filter(type="customer.created").count() == 10
    assert not WebhookDelivery.objects.exists()
