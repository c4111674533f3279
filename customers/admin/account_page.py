"""The page of one customer: figures as of a day, and tabs that every floor adds to."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from customers.admin.as_of import AsOf
from customers.admin.figures import day_of, money, strips
from customers.admin.pages import history_of
from customers.admin.registry import Tab, add_tab
from customers.admin.roles import visible_customers
from customers.ledger.balances import receivables
from customers.ledger.entries import Entry, all_entries
from customers.ledger.open_items import OpenItem, held, open_items
from customers.models import Customer

PER_PAGE = 100

ENTRY_NAMES = {
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "write_off": "Write-off",
    "applied_credit": "Credit applied",
    "payment": "Payment",
    "transfer": "Paid for another account",
    "payment_reversal": "Payment returned",
    "refund": "Refund",
    "moved_to_credit": "Moved to credit balance",
    "credit_adjustment": "Credit adjustment",
}
_LINKS = {
    "invoice": "admin:customers_invoice_change",
    "credit_note": "admin:customers_creditnote_change",
    "payment": "admin:customers_payment_change",
}


def head_of(customer: Customer, as_of: AsOf) -> dict[str, Any]:
    """What stands above the tabs: figures by currency, and what is held for the customer."""
    rows = receivables(at=as_of.at, zone=as_of.zone, customer_ids=[customer.pk], aging=as_of.aging)
    beside = held(at=as_of.at, customer_ids=[customer.pk])
    return {
        "strips": strips(rows, as_of.aging),
        "held": [
            {"name": name, "amount": money(amount, currency)}
            for (_, currency), parts in sorted(beside.items())
            for name, amount in (
                ("Unapplied payments", parts.unapplied),
                ("Credit balance", parts.credit),
                ("Pending payments", parts.pending),
            )
            if amount
        ],
        "address": _address(customer),
        "facts": _facts(customer),
    }


def _address(customer: Customer) -> list[str]:
    region = " ".join(part for part in (customer.state, customer.postal_code) if part)
    town = (", " if customer.state else " ").join(part for part in (customer.city, region) if part)
    parts = (customer.attention_to, customer.address1, customer.address2, town)
    lines = [part for part in parts if part]
    return [*lines, customer.country] if lines else []


def _facts(customer: Customer) -> list[tuple[str, str]]:
    facts = [
        ("Terms", "AutoPay" if customer.autopay else customer.payment_terms),
        ("Currency", customer.currency.upper()),
        ("Email", customer.email),
        ("Phone", customer.phone),
        ("Owner", str(customer.owner or "")),
        ("Credit limit", f"{customer.credit_limit:,.2f}" if customer.credit_limit else ""),
        ("Statements", customer.get_statement_channel_display()),
    ]
    return [(name, value) for name, value in facts if value]


def open_items_tab(request: HttpRequest, customer: Customer, as_of: AsOf) -> Mapping[str, Any]:
    items = open_items(at=as_of.at, zone=as_of.zone, customer_ids=[customer.pk])
    return {"items": [show_item(item, as_of) for item in items]}


def show_item(item: OpenItem, as_of: AsOf) -> dict[str, Any]:
    """An open item as plain values for a table."""
    view = _LINKS[item.kind]
    return {
        "kind": ENTRY_NAMES[item.kind],
        "number": item.number,
        "url": reverse(view, args=[item.id]),
        "date": day_of(item.at, as_of.zone),
        "due": day_of(item.due_at, as_of.zone),
        "days_late": item.days_late,
        "total": money(item.total, item.currency),
        "open": money(item.balance, item.currency),
        "past_due": item.past_due,
        "purchase_order": item.purchase_order,
    }


def ledger_tab(request: HttpRequest, customer: Customer, as_of: AsOf) -> Mapping[str, Any]:
    """All movements up to the day, newest first, each with the balance after it."""
    entries = [entry for entry in all_entries(customer_ids=[customer.pk]) if entry.at <= as_of.at]
    shown = _running(entries, as_of)
    try:
        number = max(1, int(request.GET.get("p", "1")))
    except ValueError:
        number = 1
    first = (number - 1) * PER_PAGE
    return {
        "entries": shown[first : first + PER_PAGE],
        "total_count": len(shown),
        "newer": number - 1 if number > 1 else None,
        "older": number + 1 if first + PER_PAGE < len(shown) else None,
    }


def _running(entries: list[Entry], as_of: AsOf) -> list[dict[str, Any]]:
    balances: dict[tuple[str, bool], int] = {}
    shown = []
    for entry in entries:
        key = (entry.currency, entry.wallet)
        balances[key] = balances.get(key, 0) + entry.amount
        view = _LINKS.get(entry.type)
        shown.append(
            {
                "date": day_of(entry.at, as_of.zone),
                "name": ENTRY_NAMES[entry.type],
                "wallet": entry.wallet,
                "number": entry.number,
                "url": reverse(view, args=[entry.id]) if view else "",
                "amount": money(entry.amount, entry.currency),
                "balance": money(balances[key], entry.currency),
            }
        )
    return shown[::-1]


def people_tab(request: HttpRequest, customer: Customer, as_of: AsOf) -> Mapping[str, Any]:
    seen = visible_customers(request)
    children = seen.filter(parent_customer=customer).order_by("name", "pk")
    return {
        "contacts": list(customer.contacts.order_by("-primary", "name", "pk")),
        "children": list(children),
        "parent": seen.filter(pk=customer.parent_customer_id or 0).first(),
    }


def history_tab(request: HttpRequest, customer: Customer, as_of: AsOf) -> Mapping[str, Any]:
    return {"history": history_of("customer", customer.pk, as_of.zone)}


add_tab(Tab("open-items", "Open items", "admin/desk/tab_open_items.html", open_items_tab, order=10))
add_tab(Tab("ledger", "Ledger", "admin/desk/tab_ledger.html", ledger_tab, order=20))
add_tab(Tab("contacts", "Contacts", "admin/desk/tab_contacts.html", people_tab, order=60))
add_tab(Tab("history", "History", "admin/desk/history.html", history_tab, order=90))
