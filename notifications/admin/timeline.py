"""Everything about one customer in one line of time: messages, money, charges, notes, changes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from customers.admin.account_page import ENTRY_NAMES
from customers.admin.as_of import AsOf
from customers.admin.figures import day_of, minute_of, money
from customers.admin.registry import Tab, add_tab
from customers.ledger.entries import Entry, all_entries
from customers.models import Charge, Customer, Event, Note
from notifications.admin.message_page import COLOURS, document_url
from notifications.models import Message

PER_PAGE = 50
MOST_PAGES = 200

KINDS = {
    "messages": "Messages",
    "money": "Money",
    "charges": "Charges",
    "notes": "Notes",
    "changes": "Changes",
}
# What of the audit trail is no money, message or note that has a line of its own.
_CHANGES = (
    "customer.created", "customer.updated", "customer.merged", "contact.created", "contact.updated",
    "contact.deleted", "payment_source.created", "payment_source.updated", "payment_source.deleted",
    "payment_plan.created", "payment_plan.updated", "payment_plan.deleted", "task.created", "task.updated",
    "task.deleted", "line_item.created", "line_item.updated", "line_item.deleted", "invoice.updated",
    "invoice.deleted", "invoice.viewed", "credit_note.updated", "credit_note.deleted", "payment.updated",
    "payment.deleted", "credit_balance_adjustment.updated", "credit_balance_adjustment.deleted",
    "note.updated", "note.deleted", "message.send_again", "message.mark_as_sent", "message.cancel",
    "message.went_after_all",
    "email_address.blocked", "email_address.unblocked", "issued_statement.link_renewed",
)  # fmt: skip
_CHARGE_COLOURS = {"succeeded": "success", "failed": "danger", "pending": "info", "unknown": "warning"}
_ENTRY_PAGES = {
    "invoice": "admin:customers_invoice_change",
    "credit_note": "admin:customers_creditnote_change",
    "payment": "admin:customers_payment_change",
}


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """Where one line stands: its second, its kind, and its number within the kind."""

    at: float
    kind: str
    number: int


def timeline_tab(request: HttpRequest, customer: Customer, as_of: AsOf) -> Mapping[str, Any]:
    """One page of lines, newest first; a fixed number of queries whatever there is."""
    kind = request.GET.get("kind", "")
    kinds = [kind] if kind in KINDS else list(KINDS)
    number = _page_number(request)
    entries = all_entries(customer_ids=[customer.pk]) if "money" in kinds else []
    spots = _newest(customer, kinds, entries, number * PER_PAGE + 1, as_of)
    shown = spots[(number - 1) * PER_PAGE : number * PER_PAGE]
    lines = {name: _LINES[name](customer, _numbers(shown, name), as_of.zone, entries) for name in kinds}
    return {
        "lines": [{"kind": KINDS[spot.kind], **lines[spot.kind][spot.number]} for spot in shown],
        "kinds": [("", "All"), *KINDS.items()],
        "kind": kind if kind in KINDS else "",
        "newer": number - 1 if number > 1 else None,
        "older": number + 1 if len(spots) > number * PER_PAGE and number < MOST_PAGES else None,
        "keep": f"&{as_of.query}" if as_of.picked else "",
    }


def _page_number(request: HttpRequest) -> int:
    shown = request.GET.get("p", "1")
    number = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 6 else 1
    return min(max(1, number), MOST_PAGES)


def _newest(
    customer: Customer, kinds: Iterable[str], entries: list[Entry], most: int, as_of: AsOf
) -> list[Spot]:
    """The newest spots of all kinds together; of each kind no more are read than could be shown."""
    until = datetime.fromtimestamp(as_of.at + 1, UTC) if as_of.picked else None
    spots: list[Spot] = []
    for kind in kinds:
        if kind == "money":
            booked = enumerate(entries)
            spots += [Spot(entry.at, kind, index) for index, entry in booked if entry.at <= as_of.at]
            continue
        rows, moment = _SOURCES[kind](customer)
        if until is not None:
            rows = rows.filter(**{f"{moment}__lt": until})
        pairs = rows.order_by(f"-{moment}", "-pk").values_list(moment, "pk")[:most]
        spots += [Spot(_seconds(at), kind, pk) for at, pk in pairs]
    return sorted(spots, reverse=True)[:most]


def _seconds(at: Any) -> float:
    return float(at.timestamp())


def _messages(customer: Customer) -> tuple[QuerySet[Any], str]:
    return Message.objects.filter(customer=customer), "created_at"


def _charges(customer: Customer) -> tuple[QuerySet[Any], str]:
    return Charge.objects.filter(customer=customer), "created_at"


def _notes(customer: Customer) -> tuple[QuerySet[Any], str]:
    return Note.objects.filter(customer=customer), "created_at"


def _changes(customer: Customer) -> tuple[QuerySet[Any], str]:
    return Event.objects.filter(customer=customer, type__in=_CHANGES), "recorded_at"


_SOURCES: dict[str, Callable[[Customer], tuple[QuerySet[Any], str]]] = {
    "messages": _messages,
    "charges": _charges,
    "notes": _notes,
    "changes": _changes,
}


def _numbers(spots: list[Spot], kind: str) -> list[int]:
    return [spot.number for spot in spots if spot.kind == kind]


Lines = dict[int, dict[str, Any]]


def _message_lines(customer: Customer, numbers: list[int], zone: ZoneInfo, _: list[Entry]) -> Lines:
    rows = Message.objects.select_related("issued_statement", "customer").defer("html", "request")
    return {row.pk: _message_line(row, zone) for row in rows.filter(pk__in=numbers)}


def _message_line(row: Message, zone: ZoneInfo) -> dict[str, Any]:
    opened = f"opened {row.opens} time{'' if row.opens == 1 else 's'}" if row.opens else ""
    reached = f"delivered {minute_of(row.delivered_at, zone)}" if row.delivered_at else ""
    vendor = f"{row.vendor} {row.vendor_id}".strip() if row.vendor else ""
    return {
        "when": minute_of(row.created_at, zone),
        "what": f"{row.get_channel_display()} to {row.recipient.splitlines()[0]}",
        "detail": row.subject or row.text[:80],
        "more": ", ".join(filter(None, (reached, opened, vendor, row.error_text[:120]))),
        "state": row.get_state_display(),
        "colour": COLOURS.get(Message.State(row.state), ""),
        "url": reverse("admin:notifications_message_change", args=[row.pk]),
        "document": document_url(row),
    }


def _money_lines(_: Customer, numbers: list[int], zone: ZoneInfo, entries: list[Entry]) -> Lines:
    return {number: _money_line(entries[number], zone) for number in numbers}


def _money_line(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    page = _ENTRY_PAGES.get(entry.type)
    return {
        "when": day_of(entry.at, zone),
        "what": " ".join(filter(None, (ENTRY_NAMES[entry.type], entry.number))),
        "detail": "Credit balance" if entry.wallet else "",
        "amount": money(entry.amount, entry.currency),
        "url": reverse(page, args=[entry.id]) if page else "",
    }


def _charge_lines(_: Customer, numbers: list[int], zone: ZoneInfo, __: list[Entry]) -> Lines:
    return {
        row.pk: {
            "when": minute_of(row.created_at, zone),
            "what": "AutoPay charge" if row.automatic else "Charge",
            "detail": row.failure_message,
            "amount": money(row.amount, row.currency),
            "state": row.get_status_display(),
            "colour": _CHARGE_COLOURS.get(row.status, ""),
            "url": reverse("admin:customers_payment_change", args=[row.payment_id]) if row.payment_id else "",
        }
        for row in Charge.objects.filter(pk__in=numbers)
    }


def _note_lines(_: Customer, numbers: list[int], zone: ZoneInfo, __: list[Entry]) -> Lines:
    return {
        row.pk: {
            "when": minute_of(row.created_at, zone),
            "what": f"Note by {row.user or 'a program'}",
            "detail": row.notes[:500],
        }
        for row in Note.objects.select_related("user").filter(pk__in=numbers)
    }


def _change_lines(_: Customer, numbers: list[int], zone: ZoneInfo, __: list[Entry]) -> Lines:
    return {row.pk: _change_line(row, zone) for row in Event.objects.filter(pk__in=numbers)}


def _change_line(row: Event, zone: ZoneInfo) -> dict[str, Any]:
    noun, _, act = row.type.partition(".")
    shape = row.data.get("object")
    shape = shape if isinstance(shape, dict) else row.data
    name = next((str(shape[key]) for key in ("number", "name", "address", "email") if shape.get(key)), "")
    fields = ", ".join(sorted(key.replace("_", " ") for key in row.previous or {}))
    return {
        "when": minute_of(row.recorded_at, zone),
        "what": f"{noun.replace('_', ' ').capitalize()} {act.replace('_', ' ')}",
        "detail": " – ".join(filter(None, ("" if noun == "customer" else name, fields))),
        "more": f"by {row.actor}",
    }


_LINES: dict[str, Callable[[Customer, list[int], ZoneInfo, list[Entry]], Lines]] = {
    "messages": _message_lines,
    "money": _money_lines,
    "charges": _charge_lines,
    "notes": _note_lines,
    "changes": _change_lines,
}

add_tab(Tab("timeline", "Timeline", "admin/desk/tab_timeline.html", timeline_tab, order=30))
