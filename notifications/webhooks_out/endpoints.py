"""Endpoints: make, change, rotate the secret, switch off, delete. Every act is in the audit trail."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet

from customers.errors import Refused
from customers.leases import FREE
from customers.ledger.events import record_fact
from customers.vault import seal
from customers.wire.event import FAMILIES, WIRE_TYPES
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.outgoing import NotAllowed, read_address

ALL = "*"
MOST_ENDPOINTS = 50
# How long after a rotation the old secret signs, too.
OVERLAP = timedelta(hours=24)

State = WebhookDelivery.State


@transaction.atomic
def create_endpoint(
    *, url: str, now: datetime, events: Sequence[str] = (ALL,), enabled: bool = True
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is returned once. Raises Refused (`url`, `events.0`)."""
    if WebhookEndpoint.objects.count() >= MOST_ENDPOINTS:
        raise Refused(f"There can be at most {MOST_ENDPOINTS} webhooks.")
    secret = WebhookEndpoint.new_secret()
    endpoint = WebhookEndpoint(
        url=_checked_url(url), events=_checked_events(events), secret=seal(secret), created_at=now
    )
    if not enabled:
        endpoint.enabled, endpoint.disabled_at = False, now
    endpoint.save()
    _record("created", endpoint, now)
    return endpoint, secret


@transaction.atomic
def update_endpoint(
    *, endpoint: WebhookEndpoint, changes: Mapping[str, Any], now: datetime
) -> WebhookEndpoint:
    """Change `url`, `events`, `enabled`. Switching off cancels what waits; on again begins anew."""
    endpoint = _locked(endpoint)
    before = _facts(endpoint)
    if "url" in changes:
        endpoint.url = _checked_url(changes["url"])
    if "events" in changes:
        endpoint.events = _checked_events(changes["events"])
    if changes.get("enabled", endpoint.enabled) != endpoint.enabled:
        endpoint.enabled = changes["enabled"]
        endpoint.disabled_at, endpoint.disabled_reason = None if endpoint.enabled else now, ""
        if not endpoint.enabled:
            _cancel_waiting(endpoint, now)
    after = _facts(endpoint)
    if after != before:
        endpoint.save()
        _record("updated", endpoint, now, {key: before[key] for key in before if before[key] != after[key]})
    return endpoint


@transaction.atomic
def rotate_secret(*, endpoint: WebhookEndpoint, now: datetime) -> str:
    """A new secret, returned once. For a day the old one signs as well."""
    endpoint = _locked(endpoint)
    secret = WebhookEndpoint.new_secret()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, now + OVERLAP
    endpoint.secret = seal(secret)
    endpoint.save()
    _record("secret_rotated", endpoint, now)
    return secret


@transaction.atomic
def delete_endpoint(*, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Remove an endpoint with its deliveries; a worker that is just sending writes nothing afterwards."""
    _purge(endpoint)
    # Only now: whoever records an event meanwhile would wait for the purge.
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    _purge(endpoint)
    _record("deleted", endpoint, now)
    endpoint.delete()


def _purge(endpoint: WebhookEndpoint) -> None:
    while purge_deliveries(WebhookDelivery.objects.filter(endpoint=endpoint)):
        pass


def purge_deliveries(rows: QuerySet[WebhookDelivery]) -> int:
    """Delete up to a thousand deliveries with their attempts, held so that no worker adds one; how many."""
    ids = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True)[:1000])
    WebhookAttempt.objects.filter(delivery__in=ids).delete()
    WebhookDelivery.objects.filter(pk__in=ids).delete()
    return len(ids)


def switch_off(*, endpoint_id: int, reason: str, now: datetime) -> bool:
    """Stop calling an endpoint that has failed for good; False when it was off already."""
    with transaction.atomic():
        live = WebhookEndpoint.objects.filter(pk=endpoint_id, enabled=True)
        if not live.update(enabled=False, disabled_at=now, disabled_reason=reason[:500], updated_at=now):
            return False
        endpoint = WebhookEndpoint.objects.get(pk=endpoint_id)
        _cancel_waiting(endpoint, now)
        _record("switched_off", endpoint, now)
    return True


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)


def _cancel_waiting(endpoint: WebhookEndpoint, now: datetime) -> None:
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=State.QUEUED)
    waiting.update(state=State.CANCELED, updated_at=now, **FREE)


def _checked_url(url: str) -> str:
    try:
        read_address(url)
    except NotAllowed as refused:
        raise Refused(str(refused), "url") from None
    return url


def _checked_events(events: Sequence[str]) -> list[str]:
    """Without doubles, in the order given; nothing means everything."""
    for position, event in enumerate(events):
        if event != ALL and event not in WIRE_TYPES and event not in _GROUPS:
            raise Refused(f"There is no event {event[:64]}.", f"events.{position}")
    return list(dict.fromkeys(events)) or [ALL]


_GROUPS = frozenset(f"{family}.{ALL}" for family in FAMILIES)


def _record(
    act: str, endpoint: WebhookEndpoint, now: datetime, previous: Mapping[str, Any] | None = None
) -> None:
    record_fact(
        type=f"webhook.{act}",
        object_type="webhook",
        object_id=str(endpoint.pk),
        data={"object": _facts(endpoint)},
        previous=previous,
        now=now,
    )


def _facts(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """What the audit trail keeps. Queries of addresses often carry a password of the receiver."""
    parts = urlsplit(endpoint.url)
    return {
        "url": parts._replace(query="…" if parts.query else "").geturl(),
        "events": list(endpoint.events),
        "enabled": endpoint.enabled,
        "disabled_reason": endpoint.disabled_reason,
    }
