"""When a text may go: in daytime, and to one number once in 24 hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from customers.errors import Refused
from customers.models import Company
from notifications.channels.sandbox import is_sandbox
from notifications.channels.sms.hours import next_allowed, quiet_reason
from notifications.models import Message, VendorAccount
from notifications.recipients import Recipient

ONCE_IN = timedelta(hours=24)
# What never arrived leaves the number free; what may have arrived does not.
_NEVER_ARRIVED = (Message.State.FAILED, Message.State.BOUNCED, Message.State.CANCELED)


def check_hours(*, recipients: Sequence[Recipient], company: Company, now: datetime) -> dict[str, str]:
    """Raise Refused when it is night for the sender or for one of the recipients.

    The sandbox sends at any hour: there the reason is returned, by recipient, and kept with the text.
    """
    reasons = {
        recipient.key: quiet_reason(
            number=recipient.key, moment=now, zone=company.zone, hours=settings.SMS_QUIET_HOURS
        )
        for recipient in recipients
    }
    found = {key: reason for key, reason in reasons.items() if reason}
    if found and not is_sandbox():
        raise Refused(next(iter(found.values())))
    return found


def without_texted(*, recipients: Sequence[Recipient], now: datetime) -> list[Recipient]:
    """The recipients who got no text in the last 24 hours; whoever sends after us sees our rows.

    Called in the transaction that writes the texts. Raises Refused (`to`) when nobody is left.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Numbers are counted inside the transaction that writes to them.")
    if not settings.SMS_ONCE_PER_DAY:
        return list(recipients)
    # One sender at a time looks and writes: two could otherwise write to the same number at once.
    VendorAccount.objects.get_or_create(channel="sms")
    VendorAccount.objects.select_for_update().get(channel="sms")
    recent = Message.objects.on_channel("sms").exclude(state__in=_NEVER_ARRIVED)
    keys = [recipient.key for recipient in recipients]
    texted = set(
        recent.filter(recipient_key__in=keys, created_at__gt=now - ONCE_IN).values_list(
            "recipient_key", flat=True
        )
    )
    left = [recipient for recipient in recipients if recipient.key not in texted]
    if not left:
        raise Refused("A text went to this number in the last 24 hours; one a day is enough.", param="to")
    return left


def hold_till_day(*, recipient: Recipient, company: Company, now: datetime) -> datetime:
    """When a text that nobody waits for may go: now, or in the morning."""
    return next_allowed(number=recipient.key, moment=now, zone=company.zone, hours=settings.SMS_QUIET_HOURS)
