"""The tax rate of the wire (Invoiced API, Tax Rates)."""

from typing import Any

from customers.models import TaxRate
from customers.wire.projection import PAIRS, SECONDS, TEXT, Key, Projection, constant

RATE = Projection(
    TaxRate,
    [
        Key("id", "code"),
        constant("object", "tax_rate"),
        Key("name"),
        Key("currency", form=TEXT),
        Key("value"),
        Key("is_percent"),
        Key("inclusive"),
        Key("metadata", form=PAIRS),
        Key("created_at", form=SECONDS),
        Key("updated_at", form=SECONDS),
    ],
)


def describe_tax_rate(row: TaxRate) -> dict[str, Any]:
    return RATE.of(row)


def describe_tax(row: TaxRate) -> dict[str, Any]:
    """A rate in the form of a tax, with a whole number as its id; nothing is levied yet."""
    return {"id": row.pk, "object": "tax", "amount": 0, "tax_rate": describe_tax_rate(row)}
