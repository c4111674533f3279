"""All kinds of messages with the words they use: shipped ones, those of staff, and what is proposed."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.urls import reverse

from customers.admin.figures import day_of
from customers.models import Company
from notifications.models import MessageTemplate
from notifications.wording import SHIPPED

KINDS = {
    "statement_email": "Statement",
    "new_invoice_email": "New invoice",
    "unpaid_invoice_email": "Invoice reminder",
    "late_payment_reminder_email": "Late payment reminder",
    "credit_note_email": "Credit note",
    "payment_receipt_email": "Receipt",
    "statement_sms": "Statement",
    "invoice_sms": "Invoice",
}
CHANNELS = {"email": "Emails", "sms": "Text messages"}


def edit_url(channel: str, name: str, language: str) -> str:
    return reverse("admin:notifications_messagetemplate_edit", args=[channel, name, language])


def describe_kinds(company: Company) -> list[dict[str, Any]]:
    """The tables of the list, one for each channel."""
    rows: dict[tuple[str, str], list[MessageTemplate]] = defaultdict(list)
    # A proposal is newer than what is used.
    newer = Q(current=None) | Q(versions__number__gt=F("current__number"))
    proposals = Count("versions", filter=Q(versions__activated_at=None) & newer)
    found = MessageTemplate.objects.select_related("current").annotate(proposals=proposals)
    for row in found.order_by("name", "language", "pk"):
        rows[row.channel, row.name].append(row)
    return [
        {
            "title": title,
            "rows": [
                _kind(channel, name, rows[channel, name], company)
                for name in _names(channel, (key[1] for key in rows if key[0] == channel))
            ],
        }
        for channel, title in CHANNELS.items()
    ]


def _names(channel: str, own: Iterable[str]) -> list[str]:
    """What ships in its order, then what staff have named themselves."""
    shipped = [name for (kind, _), names in SHIPPED.items() if kind == channel for name in names]
    return [*shipped, *sorted(set(own) - set(shipped))]


def _kind(channel: str, name: str, rows: list[MessageTemplate], company: Company) -> dict[str, Any]:
    language = company.language
    mine = next((row for row in rows if row.language == language), None)
    others = [row for row in rows if row.language != language and row.current is not None]
    waiting = [row for row in rows if row.proposals]  # type: ignore[attr-defined]
    return {
        "title": KINDS.get(name, name),
        "name": name,
        "url": edit_url(channel, name, language),
        "used": _used(mine, name, company.zone),
        "others": [(row.language, edit_url(channel, name, row.language)) for row in others],
        "proposals": [(row.language, edit_url(channel, name, row.language)) for row in waiting],
    }


def _used(row: MessageTemplate | None, name: str, zone: ZoneInfo) -> str:
    if row is None or row.current is None:
        return "As shipped" if name in KINDS else "Not in use"
    return f"Version {row.current.number} by {row.current.author}, {day_of(row.current.created_at, zone)}"
