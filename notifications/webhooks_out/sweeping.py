"""Finds what was left lying, and forgets what has long ended."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from customers.leases import FREE
from notifications.models import WebhookDelivery
from notifications.webhooks_out.endpoints import purge_deliveries
from notifications.webhooks_out.queueing import due_deliveries
from notifications.webhooks_out.recording import Outcome, settle

DIED = "The worker ended while it was sending: the event may have arrived."

State = WebhookDelivery.State
_MOST = 1000
_MOST_PIECES = 50


def sweep_stale(*, now: datetime) -> int:
    """Let deliveries go on whose worker died; cancel what came too late for a switched-off endpoint.

    What may have arrived is sent again: at least once is the promise. Safe to run at any time.
    """
    late = WebhookDelivery.objects.filter(state=State.QUEUED, endpoint__enabled=False, payload__isnull=True)
    late.update(state=State.CANCELED, updated_at=now, **FREE)
    lost = WebhookDelivery.objects.filter(state=State.SENDING, lease_until__lt=Now()).order_by("pk")
    swept = 0
    for delivery in lost[:_MOST]:
        ours = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.SENDING, lease_until__lt=Now())
        outcome = Outcome(started_at=delivery.updated_at, milliseconds=0, error=DIED)
        swept += settle(ours, delivery, outcome, now=now)
    return swept


def due_count(*, now: datetime) -> int:
    """How many deliveries could be handed over now."""
    return due_deliveries(now).count()


def forget_ended(*, now: datetime) -> int:
    """Drop deliveries that ended long ago, with their attempts; returns how many. The events stay."""
    before = now - timedelta(days=settings.WEBHOOK_KEEP_DAYS)
    ended = WebhookDelivery.objects.filter(
        state__in=[State.SUCCEEDED, State.FAILED, State.CANCELED], created_at__lt=before
    )
    forgotten = 0
    for _ in range(_MOST_PIECES):
        with transaction.atomic():
            count = purge_deliveries(ended)
        forgotten += count
        if not count:
            break
    return forgotten
