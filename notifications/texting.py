"""When a text may go: in daytime, and to one number once in 24 hours."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection

from customers.errors import Refused
from customers.models import Company
from notifications.channels.sandbox import is_sandbox
from notifications.channels.sms.channel import morning_after
from notifications.channels.sms.days import take_day
from notifications.channels.sms.hours import quiet_reason
from notifications.channels.sms.optouts import opted_out
from notifications.recipients import Recipient


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


def without_opted_out(*, recipients: Sequence[Recipient]) -> list[Recipient]:
    """The recipients who did not ask us to stop. Raises Refused (`to`) when nobody is left."""
    gone = opted_out(recipient.key for recipient in recipients)
    left = [recipient for recipient in recipients if recipient.key not in gone]
    if not left:
        raise Refused("This number has opted out of text messages.", param="to")
    return left


def without_texted(*, recipients: Sequence[Recipient], now: datetime) -> list[Recipient]:
    """The recipients who got no text in the last 24 hours; their day is taken for the text to come.

    Called in the transaction that writes the texts, which then go by `fill_day`. Raises Refused (`to`)
    when nobody is left.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Numbers are counted inside the transaction that writes to them.")
    if not settings.SMS_ONCE_PER_DAY:
        return list(recipients)
    # In one order for everybody: two requests with the same numbers must not wait for each other.
    taken = {key for key in sorted({r.key for r in recipients}) if take_day(number=key, now=now) is None}
    left = [recipient for recipient in recipients if recipient.key in taken]
    if not left:
        raise Refused("A text went to this number in the last 24 hours; one a day is enough.", param="to")
    return left


def hold_till_day(*, recipient: Recipient, company: Company, now: datetime) -> datetime:
    """When a text that nobody waits for may go: now, or in the morning."""
    return morning_after(number=recipient.key, moment=now, zone=company.zone)
