"""The catalog item of the wire (Invoiced API, Items)."""

from typing import Any

from customers.models import Item
from customers.wire.tax_rate import describe_tax
from customers.wire.values import metadata, seconds, text


def describe_item(row: Item) -> dict[str, Any]:
    """`taxes` are tax objects around the rates: two official clients expect whole-number ids there."""
    rates = sorted(row.taxes.all(), key=lambda rate: rate.pk) if row.pk else []
    return {
        "id": row.code,
        "object": "item",
        "name": row.name,
        "currency": text(row.currency),
        "unit_cost": row.unit_cost,
        "description": text(row.description),
        "type": text(row.type),
        "taxable": row.taxable,
        "taxes": [describe_tax(rate) for rate in rates],
        "discountable": row.discountable,
        "gl_account": text(row.gl_account),
        "avalara_tax_code": text(row.avalara_tax_code),
        "avalara_location_code": text(row.avalara_location_code),
        "metadata": metadata(row.metadata),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
