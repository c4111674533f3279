"""From the parameters of a document to what the ledger's functions take."""

from datetime import datetime
from typing import Any

from customers.api.line_fields import line_inputs
from customers.api.tax_fields import levies
from customers.dates import whole_second
from customers.ledger.lines import stored_lines
from customers.models import Company, CreditNote, Customer, Invoice

Document = Invoice | CreditNote


def new_document(values: dict[str, Any], *, currency: str, now: datetime) -> dict[str, Any]:
    """Keyword arguments for issuing; `currency` is the one in which the amounts are read."""
    columns = {**values, "currency": currency}
    given: dict[str, Any] = {
        "lines": line_inputs(columns.pop("items", []), currency),
        "discounts": levies(columns.pop("discounts", []), currency, "discounts"),
        "taxes": levies(columns.pop("taxes", []), currency, "taxes"),
        "calculate_taxes": columns.pop("calculate_taxes", True),
    }
    if columns.pop("sent", False):
        columns["sent_at"] = whole_second(now)
    return {**given, "values": columns}


def changed_document(row: Document, values: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """Keyword arguments for changing; lines with a known id keep what was not sent."""
    columns = dict(values)
    currency = columns.get("currency", row.currency)
    given: dict[str, Any] = {"calculate_taxes": columns.pop("calculate_taxes", False)}
    if "items" in columns:
        stored = stored_lines(row, was=row.currency)
        given["lines"] = line_inputs(columns.pop("items"), currency, stored)
    for name in ("discounts", "taxes"):
        if name in columns:
            given[name] = levies(columns.pop(name), currency, name)
    # Marking as sent is a fact: sending "false" back does not undo it.
    if columns.pop("sent", False) and row.sent_at is None:
        columns["sent_at"] = whole_second(now)
    return {**given, "changes": columns}


def currency_of(values: dict[str, Any], customer: Customer, invoice: Invoice | None = None) -> str:
    """The currency of a new document: its own, that of its invoice, the customer's, the company's."""
    chosen = values.get("currency") or (invoice.currency if invoice else "") or customer.currency
    return chosen or Company.get().currency
