"""The pending line item of the wire (Invoiced API, Pending line items)."""

from typing import Any

from customers.models import LineItem
from customers.wire.document import describe_line


def describe_line_item(row: LineItem) -> dict[str, Any]:
    """A line as documents show it, plus whose it is."""
    levies = sorted(row.levies.all(), key=lambda levy: levy.pk) if row.pk else []
    return describe_line(row, levies, row.currency) | {"customer": row.customer_id}
