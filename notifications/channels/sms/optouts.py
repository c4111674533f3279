"""Numbers whose owners want no texts, by their own word or because no text can reach them."""

import re
from collections.abc import Iterable
from datetime import datetime

import phonenumbers
from django.db import transaction
from django.db.models import QuerySet

from customers.ledger.accounts import update_contact
from customers.ledger.events import record_fact
from customers.models import Contact
from notifications.models import OptOut

# The whole text, in any letter case (Twilio, Default Keywords).
STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "UNSTOP", "YES"})

# Numbers are written in many ways, but their last digits in this order.
_TAIL = 7


def opted_out(numbers: Iterable[str]) -> set[str]:
    """Those of these numbers that take no texts from us."""
    rows = OptOut.objects.filter(number__in=list(numbers), opted_out_at__isnull=False)
    return set(rows.values_list("number", flat=True))


def record_word(*, number: str, stop: bool, said_at: datetime, source: str, now: datetime) -> bool:
    """Keep the last word of a number's owner; False when a later one, or the same, is known.

    STOP switches texts off for every contact with that number, START on again for the same ones. The
    word itself outlives contacts and customers.
    """
    with transaction.atomic():
        row, new = OptOut.objects.get_or_create(
            number=number, defaults={"said_at": said_at, "source": source, "opted_out_at": None}
        )
        row = OptOut.objects.select_for_update().get(pk=row.pk)
        if new and not stop:
            row.delete()  # numbers that never said anything take texts anyway
            return False
        if said_at < row.said_at or (row.opted_out_at is not None) == stop:
            OptOut.objects.filter(pk=row.pk, said_at__lt=said_at).update(said_at=said_at)
            return False
        row.said_at, row.source = said_at, source
        row.opted_out_at = said_at if stop else None
        if stop:
            row.contact_ids = switch_off(number=number, now=now)
        else:
            _switch_on(number, row.contact_ids, now)
            row.contact_ids = []
        row.save()
        record_fact(
            type=f"phone_number.{'opted_out' if stop else 'opted_in'}",
            object_type="phone_number",
            object_id=number,
            data={"source": source},
            now=now,
        )
    return True


def switch_off(*, number: str, now: datetime) -> list[int]:
    """Clear `sms_enabled` of every contact with this number, each on record; returns their ids."""
    found = [contact for contact in _candidates(number) if contact.sms_enabled and _has(contact, number)]
    for contact in found:
        update_contact(contact=contact, changes={"sms_enabled": False}, now=now)
    return [contact.pk for contact in found]


def _switch_on(number: str, ids: Iterable[int], now: datetime) -> None:
    for contact in _candidates(number).filter(pk__in=list(ids)):
        if not contact.sms_enabled and _has(contact, number):
            update_contact(contact=contact, changes={"sms_enabled": True}, now=now)


def _candidates(number: str) -> QuerySet[Contact]:
    tail = re.sub(r"[^0-9]", "", number)[-_TAIL:]
    pattern = "[^0-9]*".join(tail) + "[^0-9]*$"
    return Contact.objects.select_related("customer").filter(phone__regex=pattern).order_by("pk")


def _has(contact: Contact, number: str) -> bool:
    country = (contact.country or contact.customer.country or "US").upper()
    try:
        parsed = phonenumbers.parse(contact.phone, country)
    except phonenumbers.NumberParseException:
        return False
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    # What no numbering plan knows is texted by its digits.
    return shown == number or re.sub(r"[^0-9]", "", contact.phone) == number.removeprefix("+")
