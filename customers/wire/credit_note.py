"""The credit note of the wire (Invoiced API, Credit Notes)."""

from typing import Any

from customers import links
from customers.models import CreditNote
from customers.wire.document import describe_document


def describe_credit_note(row: CreditNote) -> dict[str, Any]:
    url = None if row.draft else links.credit_note_url(row.token)
    paid = not row.draft and not row.voided and row.balance <= 0
    return describe_document(row) | {
        "object": "credit_note",
        "invoice": row.invoice_id,
        "closed": row.closed_at is not None,
        "paid": paid,
        "status": _status(row, paid),
        "url": url,
        "pdf_url": url and f"{url}/pdf",
    }


def _status(row: CreditNote, paid: bool) -> str:
    if row.voided:
        return "voided"
    if row.draft:
        return "draft"
    if paid:
        return "paid"
    return "open" if row.closed_at is None else "closed"
