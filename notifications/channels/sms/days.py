"""One text a day to a number: the day is taken before the text goes, in one row for each number."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from notifications.models import Message, TextDay

ONCE_IN = timedelta(hours=24)
# What never arrived leaves the number free; what may have arrived does not.
NEVER_ARRIVED = (Message.State.FAILED, Message.State.BOUNCED, Message.State.CANCELED)


def take_day(*, number: str, now: datetime, message: Message | None = None) -> datetime | None:
    """Take the number's day for a message; None when that worked, else when the number is free again.

    A message that holds the day keeps it. Without a message the day is taken for one that is written
    in the same transaction: see `fill_day`.
    """
    holder = None if message is None else message.pk
    until = now + ONCE_IN
    for _ in range(3):
        row, new = TextDay.objects.select_related("message").get_or_create(
            number=number, defaults={"message_id": holder, "until": until}
        )
        if new or (holder is not None and row.message_id == holder):
            return None
        if row.until > now and not _is_lost(row):
            return row.until
        # Whoever changes the row as it was seen has it; the others look again.
        seen = Q(message_id=row.message_id) if row.message_id else Q(message=None)
        taken = TextDay.objects.filter(seen, pk=row.pk, until=row.until)
        if taken.update(message_id=holder, until=until, updated_at=now):
            return None
    return now + timedelta(minutes=1)


def fill_day(message: Message) -> None:
    """Write into a day that was just taken which message it was taken for."""
    TextDay.objects.filter(number=message.recipient_key, message=None).update(message=message)


def taken_until(numbers: Iterable[str], *, now: datetime) -> dict[str, datetime]:
    """Those of these numbers that had their text of the day, and when each is free again."""
    rows = TextDay.objects.select_related("message").filter(number__in=list(numbers), until__gt=now)
    return {row.number: row.until for row in rows.order_by("pk") if not _is_lost(row)}


def _is_lost(row: TextDay) -> bool:
    text = row.message
    if text is None or text.state not in NEVER_ARRIVED:
        return False
    # Canceled while nobody knew whether Twilio had it: it may have arrived.
    return not (text.state == Message.State.CANCELED and text.handed_over_at is not None)
