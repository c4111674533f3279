"""An issued statement beside the same one made now, and what was entered behind it."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from customers.admin.figures import day_of, minute_of, money
from customers.ledger.backdated import Backdated
from statements.admin.facts import LINE_NAMES
from statements.comparing import Comparison, Pair
from statements.statement import OpenLine, Statement

_TOTALS = {
    "opening": "Opening balance",
    "invoiced": "Invoiced",
    "paid": "Paid",
    "adjusted": "Adjusted",
    "closing": "Closing balance",
    "opening_credit": "Credit at the start",
    "issued_credit": "Credit issued",
    "spent_credit": "Credit spent",
    "closing_credit": "Credit at the end",
    "total": "Total",
    "open_total": "Open items",
    "past_due": "Past due",
    "amount_due": "Amount due",
    "unapplied": "Unapplied payments",
    "credit": "Credit balance",
    "pending": "Pending payments",
}
_STATES = {"same": ("", ""), "changed": ("Changed", "warning"), "added": ("New", "info"),
           "gone": ("Gone", "danger")}  # fmt: skip
_PAGES = {
    "invoice": "admin:customers_invoice_change",
    "credit_note": "admin:customers_creditnote_change",
    "payment": "admin:customers_payment_change",
}
_ACTS = {"created": "entered", "updated": "changed", "deleted": "deleted"}


def show_comparison(comparison: Comparison, sent: Statement, zone: ZoneInfo) -> dict[str, Any]:
    """Totals side by side, then the lines; those that differ are marked."""
    names = {member.id: member.name for member in sent.members}

    def shown(pair: Pair) -> dict[str, Any]:
        return _line(pair, sent, zone, names)

    return {
        "differs": comparison.differs,
        "totals": [
            {
                "name": _TOTALS[total.name],
                "sent": money(total.sent, sent.currency),
                "now": money(total.now, sent.currency),
                "differs": total.differs,
            }
            for total in comparison.totals
            if total.sent or total.now or total.name in ("closing", "total", "amount_due")
        ],
        "lines": [shown(pair) for pair in comparison.lines],
        "credit_lines": [shown(pair) for pair in comparison.credit_lines],
    }


def _line(pair: Pair, sent: Statement, zone: ZoneInfo, names: dict[int, str]) -> dict[str, Any]:
    line = pair.shown
    word, colour = _STATES[pair.state]
    return {
        "state": word,
        "colour": colour,
        "gone": pair.state == "gone",
        "date": day_of(line.at, zone),
        "name": LINE_NAMES.get(line.type, line.type),
        "number": line.number,
        "member": names.get(line.member_id or 0, ""),
        "sent": _amount(pair.sent, sent.currency),
        "now": _amount(pair.now, sent.currency),
    }


def _amount(line: Any, currency: str) -> str:
    """What the line says: the open balance of a document, or what a movement changed."""
    if line is None:
        return ""
    return money(line.balance if isinstance(line, OpenLine) else line.amount, currency)


def show_backdated(entries: Iterable[Backdated], zone: ZoneInfo) -> list[dict[str, str]]:
    """What was entered, changed or deleted behind a statement, with a link where there is a page."""
    return [
        {
            "when": minute_of(entry.recorded_at, zone),
            "who": entry.actor,
            "what": _what(entry),
            "number": entry.number or entry.object_id,
            "url": _url(entry),
            "dated": day_of(entry.at, zone),
            "fields": ", ".join(name.replace("_", " ") for name in entry.fields),
        }
        for entry in entries
    ]


def _what(entry: Backdated) -> str:
    kind, _, act = entry.type.rpartition(".")
    return f"{kind.replace('_', ' ').capitalize()} {_ACTS.get(act, act)}"


def _url(entry: Backdated) -> str:
    view = _PAGES.get(entry.object_type)
    gone = entry.type.endswith(".deleted") and entry.object_type != "payment"
    return "" if view is None or gone else reverse(view, args=[entry.object_id])
