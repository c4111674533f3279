"""Webhooks and what became of each event on its way to them (Invoiced API, Webhook attempts)."""

from collections.abc import Sequence
from typing import Any

from customers.wire.event import describe_events
from customers.wire.values import seconds, text
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

State = WebhookDelivery.State


def describe_webhook(row: WebhookEndpoint) -> dict[str, Any]:
    """An endpoint without its secret, which is shown once by those who draw it."""
    return {
        "id": row.pk,
        "object": "webhook",
        "url": row.url,
        "events": list(row.events),
        "enabled": row.enabled,
        "disabled_at": seconds(row.disabled_at),
        "disabled_reason": text(row.disabled_reason),
        "old_secret_until": seconds(row.old_secret_until),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }


def describe_deliveries(rows: Sequence[WebhookDelivery]) -> list[dict[str, Any]]:
    """One object for each event and endpoint, its tries inside, newest last.

    Reads `attempts` from prefetched rows, `endpoint` and `event` from selected ones.
    """
    events = [row.event for row in rows if row.event is not None]
    payloads = {event.pk: shape for event, shape in zip(events, describe_events(events), strict=True)}
    return [_delivery(row, payloads.get(row.event_id or 0, row.payload)) for row in rows]


def _delivery(row: WebhookDelivery, payload: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "webhook_attempt",
        "webhook": row.endpoint_id,
        "url": row.endpoint.url,
        "event_id": row.event_id,
        "event_type": row.event_type,
        "state": row.state,
        "attempts": [_attempt(part) for part in sorted(row.attempts.all(), key=lambda part: part.number)],
        "next_attempt": seconds(row.due_at) if row.state == State.QUEUED else None,
        "payload": payload,
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }


def _attempt(row: WebhookAttempt) -> dict[str, Any]:
    return {
        "timestamp": seconds(row.started_at),
        "status_code": row.status,
        "error": text(row.error),
        "milliseconds": row.milliseconds,
    }
