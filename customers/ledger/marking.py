"""What became of a document outside of the ledger: it was sent, its reader has seen it."""

from datetime import datetime

from django.db import transaction

from customers.dates import whole_second
from customers.ledger.changes import what_changed
from customers.ledger.events import record_event
from customers.models import CreditNote, Invoice
from customers.wire import describe


@transaction.atomic
def mark_sent(*, document: Invoice | CreditNote, now: datetime) -> bool:
    """Note that a document went out for the first time; False when it had gone out before.

    Event `invoice.updated` or `credit_note.updated` with the former `sent` and `status`.
    """
    kind = type(document)
    before = describe(kind._default_manager.get(pk=document.pk))
    unsent = kind._default_manager.filter(pk=document.pk, sent_at=None)
    if not unsent.update(sent_at=whole_second(now), updated_at=now):
        return False
    row = kind._default_manager.get(pk=document.pk)
    previous = what_changed(before, describe(row))
    record_event(type=f"{before['object']}.updated", row=row, now=now, previous=previous)
    return True


@transaction.atomic
def mark_viewed(*, invoice: Invoice, now: datetime) -> bool:
    """Note that the customer has looked at an invoice; False when that was known.

    Event `invoice.viewed`, once. Source: Invoiced API, Invoices (status `viewed`).
    """
    unseen = Invoice.objects.filter(pk=invoice.pk, draft=False, voided_at=None, viewed_at=None)
    if not unseen.update(viewed_at=whole_second(now), updated_at=now):
        return False
    record_event(type="invoice.viewed", row=Invoice.objects.get(pk=invoice.pk), now=now)
    return True
