"""What invoices and credit notes share on the wire: lines, discounts, taxes."""

from collections import defaultdict
from typing import Any

from customers.models import CreditNote, Invoice, Levy, LineItem
from customers.wire.tax_rate import describe_tax_rate
from customers.wire.values import metadata, money, seconds, text


def describe_document(row: Invoice | CreditNote) -> dict[str, Any]:
    """The common keys. Lines and levies are read from prefetched rows when there are any."""
    by_line: dict[int | None, list[Levy]] = defaultdict(list)
    if row.pk:
        for levy in sorted(row.levies.all(), key=lambda levy: levy.pk):
            by_line[levy.line_item_id].append(levy)
    items = sorted(row.items.all(), key=lambda item: (item.position, item.pk)) if row.pk else []
    return {
        "id": row.pk,
        "customer": row.customer_id,
        "name": text(row.name),
        "number": row.number,
        "currency": row.currency,
        "draft": row.draft,
        "voided": row.voided,
        "sent": row.sent_at is not None,
        "date": seconds(row.date),
        "purchase_order": text(row.purchase_order),
        "items": [describe_line(item, by_line[item.pk], row.currency) for item in items],
        "notes": text(row.notes),
        "subtotal": money(row.subtotal, row.currency),
        "total": money(row.total, row.currency),
        "balance": money(row.balance, row.currency),
        "discounts": _discounts(by_line[None], row.currency),
        "taxes": _taxes(by_line[None], row.currency),
        "metadata": metadata(row.metadata),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }


def describe_line(item: LineItem, levies: list[Levy], currency: str) -> dict[str, Any]:
    """One line; `levies` are those of this line."""
    return {
        "id": item.pk,
        "object": "line_item",
        "catalog_item": text(item.catalog_item),
        "type": text(item.type),
        "name": item.name,
        "description": text(item.description),
        "quantity": item.quantity,
        "unit_cost": item.unit_cost,
        "amount": money(item.amount, currency),
        "discountable": item.discountable,
        "discounts": _discounts(levies, currency),
        "taxable": item.taxable,
        "taxes": _taxes(levies, currency),
        "plan": None,
        "metadata": metadata(item.metadata),
        "created_at": seconds(item.created_at),
        "updated_at": seconds(item.updated_at),
    }


def _discounts(levies: list[Levy], currency: str) -> list[dict[str, Any]]:
    return [
        {
            "id": levy.pk,
            "object": "discount",
            "amount": money(levy.amount, currency),
            "coupon": None,
            "expires": None,
        }
        for levy in levies
        if levy.kind == Levy.Kind.DISCOUNT
    ]


def _taxes(levies: list[Levy], currency: str) -> list[dict[str, Any]]:
    return [
        {
            "id": levy.pk,
            "object": "tax",
            "amount": money(levy.amount, currency),
            "tax_rate": describe_tax_rate(levy.tax_rate) if levy.tax_rate else None,
        }
        for levy in levies
        if levy.kind == Levy.Kind.TAX
    ]
