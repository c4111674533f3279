"""Acts upon kept reports, each in one transaction with the note that it was done."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from customers.leases import FREE, back_off, claim, release
from notifications.inbox import lob, mail, twilio
from notifications.models import VendorEvent

logger = logging.getLogger("duebook.inbox")

# Each acts upon one report and says in a few words what it led to.
READERS: dict[str, Callable[..., str]] = {
    "twilio.status": twilio.read_status,
    "twilio.inbound": twilio.read_inbound,
    "lob.event": lob.read_event,
    mail.KIND: mail.read_event,
}


class _Overtaken(Exception):
    """Another worker has the row: what was done goes back."""


def work_off(*, now: datetime) -> bool:
    """Act upon up to one batch of reports, in the order in which they came; returns whether more wait.

    A report that cannot be read is tried again and at last put aside; it holds up no other.
    """
    due = VendorEvent.objects.filter(processed_at=None, due_at__lte=now).order_by("due_at", "pk")
    held = claim(due, limit=settings.WORK_BATCH_ROWS)
    rows = VendorEvent.objects.in_bulk(list(held.ids))
    try:
        for pk in held.ids:
            act_upon(rows[pk], token=held.token, now=now)
    finally:
        release(VendorEvent, held)
    return len(held.ids) >= settings.WORK_BATCH_ROWS


def act_upon(row: VendorEvent, *, token: str, now: datetime) -> None:
    """Read one leased report and note what it led to."""
    try:
        with transaction.atomic():
            outcome = READERS[row.kind](row, now=now)
            ours = VendorEvent.objects.filter(pk=row.pk, lease_token=token, processed_at=None)
            if not ours.update(processed_at=now, outcome=outcome[:255], updated_at=now, **FREE):
                raise _Overtaken
    except _Overtaken:
        logger.warning("report %s was read by two workers", row.pk)
    except Exception as fault:
        logger.exception("report %s could not be read", row.pk)
        _put_off(row, token, fault, now)


def _put_off(row: VendorEvent, token: str, fault: Exception, now: datetime) -> None:
    attempt = row.attempt + 1
    given_up = attempt >= settings.WORK_MAX_ATTEMPTS
    VendorEvent.objects.filter(pk=row.pk, lease_token=token).update(
        attempt=attempt,
        due_at=now + back_off(attempt),
        processed_at=now if given_up else None,
        outcome=f"fault: {type(fault).__name__}: {fault}"[:255],
        updated_at=now,
        **FREE,
    )
