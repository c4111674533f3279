"""Events become due rows for those who asked for them, in the transaction of the change."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.ledger.accounts import create_contact
from customers.ledger.events import record_fact
from customers.models import Customer, Event
from notifications.models import WebhookDelivery
from notifications.webhooks_out import update_endpoint
from tests.notifications.conftest import NOW
from tests.notifications.webhooks_out.conftest import Listen, happen

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "heard"),
    [
        (["*"], ["customer.created", "contact.created"]),
        (["customer.*"], ["customer.created"]),
        (["contact.created", "invoice.paid"], ["contact.created"]),
        (["contact.*", "*"], ["customer.created", "contact.created"]),
        (["invoice.*", "customer.updated"], []),
    ],
)
def test_an_endpoint_hears_what_it_asked_for_once(listen: Listen, asked: list[str], heard: list[str]) -> None:
    listen(*asked)

    customer, _ = happen()
    create_contact(customer=customer, values={"name": "Jane"}, now=NOW)

    rows = WebhookDelivery.objects.order_by("pk")
    assert list(rows.values_list("event_type", flat=True)) == heard
    assert all(row.due_at == NOW and row.state == "queued" for row in rows)


def test_every_endpoint_has_a_row_of_its_own(listen: Listen) -> None:
    first, second = listen(), listen("customer.*")
    listen(enabled=False)

    _, event = happen()

    assert set(WebhookDelivery.objects.values_list("endpoint_id", "event_id")) == {
        (first.pk, event.pk),
        (second.pk, event.pk),
    }


def test_the_records_of_the_house_stay_in_the_house(listen: Listen) -> None:
    listen()

    record_fact(type="api_key.created", object_type="api_key", object_id="1", data={}, now=NOW)

    assert not WebhookDelivery.objects.exists()


def test_what_is_undone_is_not_told(listen: Listen) -> None:
    listen()

    with transaction.atomic():
        happen()
        transaction.set_rollback(True)

    assert not Customer.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_a_fault_up_here_undoes_nothing_below(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = listen()
    monkeypatch.setattr(
        "notifications.webhooks_out.queueing._held_live", lambda ids: [endpoint.pk, endpoint.pk]
    )

    _, event = happen()

    assert Event.objects.filter(pk=event.pk).exists()
    assert not WebhookDelivery.objects.exists()


def test_without_endpoints_an_event_costs_one_look(company: object) -> None:
    with CaptureQueriesContext(
        connection,
    ) as with_none:
        record_fact(type="customer.updated", object_type="customer", object_id="1", data={}, now=NOW)
    with CaptureQueriesContext(connection) as internal:
        record_fact(type="company.updated", object_type="company", object_id="1", data={}, now=NOW)

    selects = [query["sql"] for query in with_none if query["sql"].startswith("SELECT")]
    assert len(selects) == 1
    assert "webhookendpoint" in selects[0]
    assert len(internal) == 1


def test_switching_off_cancels_what_waits_and_on_again_begins_anew(listen: Listen) -> None:
    endpoint = listen()
    happen("North")

    update_endpoint(endpoint=endpoint, changes={"enabled": False}, now=NOW)
    happen("South")
    update_endpoint(endpoint=endpoint, changes={"enabled": True}, now=NOW)
    happen("East")

    shown: Any = WebhookDelivery.objects.order_by("pk").values_list("state", "event__data__object__name")
    assert list(shown) == [("canceled", "North"), ("queued", "East")]
