"""Notes about accounts and invoices."""

from datetime import datetime

from django.db import transaction

from customers.errors import Refused
from customers.ledger.changes import change_row, still_there
from customers.ledger.events import record_event
from customers.models import Customer, Invoice, Note, User


@transaction.atomic
def create_note(
    *,
    notes: str,
    now: datetime,
    customer: Customer | None = None,
    invoice: Invoice | None = None,
    user: User | None = None,
) -> Note:
    """Write a note about an account or about one of its invoices; `user` is the writer at the desk.

    Raises Refused (`customer_id`) unless exactly one of both is given. Source: Invoiced API, Notes.
    """
    if customer is None and invoice is None:
        raise Refused("A note needs a customer or an invoice.", param="customer_id")
    if customer is not None and invoice is not None:
        raise Refused("A note has a customer or an invoice, not both.", param="customer_id")
    owner = invoice.customer_id if invoice else customer.pk  # type: ignore[union-attr]
    note = Note.objects.create(customer_id=owner, invoice=invoice, user=user, notes=notes, created_at=now)
    record_event(type="note.created", row=note, now=now)
    return note


@transaction.atomic
def update_note(*, note: Note, notes: str, now: datetime) -> Note:
    note = still_there(note)
    change_row(row=note, type="note.updated", changes={"notes": notes}, now=now)
    return note


@transaction.atomic
def delete_note(*, note: Note, now: datetime) -> None:
    record_event(type="note.deleted", row=note, now=now)
    note.delete()
