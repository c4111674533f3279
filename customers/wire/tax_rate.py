"""The tax rate of the wire (Invoiced API, Tax Rates)."""

from typing import Any

from customers.models import TaxRate
from customers.wire.values import metadata, seconds, text


def describe_tax_rate(row: TaxRate) -> dict[str, Any]:
    return {
        "id": row.code,
        "object": "tax_rate",
        "name": row.name,
        "currency": text(row.currency),
        "value": row.value,
        "is_percent": row.is_percent,
        "inclusive": row.inclusive,
        "metadata": metadata(row.metadata),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
