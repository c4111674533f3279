"""Finds what was left lying: workers that died, bells that nobody heard."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now

from customers.leases import FREE
from notifications.delivering.holding import held_channels, hold_waiting, is_open
from notifications.delivering.progress import catch_up
from notifications.delivering.settling import settle_items
from notifications.models import Message

DIED = "The worker ended while it was handing this message over: it may have gone out."


def sweep_stale(*, now: datetime) -> int:
    """Set messages unclear whose worker's lease ran out while it was sending; returns how many.

    Rows that were only leased need no sweep: an expired lease is no lease. Safe to run at any time
    and many times at once.
    """
    lost = Message.objects.filter(state=Message.State.SENDING, lease_until__lt=Now())
    ids = list(lost.values_list("pk", flat=True)[:1000])
    if not ids:
        return 0
    swept = Message.objects.filter(pk__in=ids, state=Message.State.SENDING, lease_until__lt=Now()).update(
        state=Message.State.UNKNOWN,
        error_code="worker_lost",
        error_text=DIED,
        handed_over_at=now,
        asked=0,
        ask_at=now,
        updated_at=now,
        **FREE,
    )
    unclear = Message.objects.filter(pk__in=ids, state=Message.State.UNKNOWN)
    settle_items(unclear)
    for message in unclear.filter(message_events__isnull=False).distinct().order_by("pk"):
        with transaction.atomic():
            catch_up(Message.objects.select_for_update(of=("self",)).get(pk=message.pk), now=now)
    return swept


def due_counts(*, now: datetime) -> dict[str, int]:
    """How many messages of each open channel could be handed over now."""
    for channel in held_channels():
        hold_waiting(channel, now=now)
    counts = (
        Message.objects.due(now=now).values_list("channel").annotate(count=Count("pk")).order_by("channel")
    )
    return {channel: count for channel, count in counts if is_open(channel, now=now)}
