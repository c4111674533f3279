"""Keeps each report once, before anything acts on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from notifications.models import VendorEvent

_LONGEST_ID = 191


@dataclass(frozen=True, slots=True)
class Report:
    """A report whose signature was found good.

    `event_id` is the vendor's own name for it, or made of what makes it unlike all others: the same one
    coming again is not kept again. `kind` says who reads it, `reference` what its address named.
    """

    vendor: str
    event_id: str
    kind: str
    body: bytes
    content_type: str = ""
    reference: str = ""


def store_report(report: Report, *, now: datetime) -> VendorEvent | None:
    """Keep a report; None when it is there already."""
    row, new = VendorEvent.objects.get_or_create(
        vendor=report.vendor,
        event_id=report.event_id[:_LONGEST_ID],
        defaults={
            "kind": report.kind,
            "body": report.body,
            "content_type": report.content_type[:127],
            "reference": report.reference[:64],
            "received_at": now,
            "due_at": now,
        },
    )
    return row if new else None


def waiting_count(*, now: datetime) -> int:
    """How many reports wait to be acted upon."""
    return VendorEvent.objects.filter(processed_at=None, due_at__lte=now).count()


def forget_old(*, now: datetime) -> int:
    """Drop reports that were acted upon long ago; returns how many."""
    before = now - timedelta(days=settings.VENDOR_EVENT_KEEP_DAYS)
    old = VendorEvent.objects.filter(received_at__lt=before, processed_at__isnull=False)
    ids = list(old.order_by("received_at").values_list("pk", flat=True)[:10_000])
    for first in range(0, len(ids), 500):
        VendorEvent.objects.filter(pk__in=ids[first : first + 500]).delete()
    return len(ids)
