"""Events become due rows, one for each endpoint that asked for them."""

import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from customers.errors import Refused
from customers.leases import FREE
from customers.wire.event import WIRE_TYPES
from customers.wire.values import seconds
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.webhooks_out.endpoints import ALL
from notifications.wire.webhook import describe_webhook

TEST = "webhook.test"

State = WebhookDelivery.State
_ENDPOINTS = WebhookEndpoint._meta.db_table


def queue_event(*, event_id: int, type: str, now: datetime) -> int:
    """Write a delivery for each live endpoint that wants this event; returns how many.

    Runs in the transaction that recorded the event, for every event: one look at a small table, none at
    all for what is no event of the wire. Rows are written inside a savepoint.
    """
    if type not in WIRE_TYPES:
        return 0
    wanted = {ALL, type, f"{type.partition('.')[0]}.{ALL}"}
    with connection.cursor() as cursor:
        # By hand: the ORM takes longer to put the question than the database to answer.
        cursor.execute(f"SELECT id, events FROM {_ENDPOINTS} WHERE enabled ORDER BY id")
        asked = [pk for pk, events in cursor.fetchall() if not wanted.isdisjoint(json.loads(events))]
    if not asked:
        return 0
    with transaction.atomic():
        ids = _held_live(asked)
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(endpoint_id=pk, event_id=event_id, event_type=type, due_at=now, created_at=now)
            for pk in ids
        )
    return len(ids)


def _held_live(ids: list[int]) -> list[int]:
    """Those of the endpoints that are still there and live, held until the end of the transaction.

    PostgreSQL checks a reference only at the commit: without the lock an endpoint that is deleted
    meanwhile would undo the payment that the event tells of. It is the weakest lock there is: endpoints
    can be changed under it, and transactions share it. On SQLite there is one writer at a time.
    """
    if not ids or connection.vendor != "postgresql":
        return ids
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {_ENDPOINTS} WHERE id = ANY(%s) AND enabled ORDER BY id FOR KEY SHARE", [ids]
        )
        return [pk for (pk,) in cursor.fetchall()]


def due_deliveries(now: datetime) -> QuerySet[WebhookDelivery]:
    """What could be handed over at this moment."""
    return WebhookDelivery.objects.filter(of_live_endpoints(), state=State.QUEUED, due_at__lte=now)


def of_live_endpoints() -> Q:
    """Endpoints that are switched off get test events only."""
    return Q(endpoint__enabled=True) | Q(payload__isnull=False)


@transaction.atomic
def queue_test(*, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """A test event for one endpoint, also for one that is switched off. It is tried once."""
    payload: dict[str, Any] = {
        "id": 0,
        "object": "event",
        "type": TEST,
        "timestamp": seconds(now),
        "data": {"object": describe_webhook(endpoint)},
        "user": None,
    }
    return WebhookDelivery.objects.create(
        endpoint=endpoint, event_type=TEST, payload=payload, due_at=now, created_at=now
    )


@transaction.atomic
def send_again(*, delivery: WebhookDelivery, now: datetime) -> WebhookDelivery:
    """Let a delivery begin anew, whatever became of it.

    Raises Refused while it is being sent, and for an endpoint that is switched off.
    """
    delivery = WebhookDelivery.objects.select_related("endpoint").get(pk=delivery.pk)
    if not delivery.endpoint.enabled and delivery.payload is None:
        raise Refused("The webhook is switched off; switch it on first.")
    idle = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(state=State.SENDING)
    if not idle.update(state=State.QUEUED, due_at=now, attempt=0, updated_at=now, **FREE):
        raise Refused("This event is just being sent.")
    delivery.refresh_from_db()
    return delivery
