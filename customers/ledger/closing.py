"""Giving an invoice up: write-off, closing by hand, reopening."""

from datetime import datetime

from django.db import transaction

from customers.dates import whole_second
from customers.errors import Refused
from customers.ledger.changes import what_changed
from customers.ledger.claims import check_unclaimed
from customers.ledger.enrolment import leave_to_customer
from customers.ledger.events import record_event
from customers.ledger.locking import lock_accounts
from customers.ledger.plans import note_balance
from customers.ledger.scheduling import schedule
from customers.ledger.settling import settle_documents
from customers.models import Invoice, WriteOff
from customers.wire import describe


@transaction.atomic
def write_off_invoice(
    *,
    invoice: Invoice,
    now: datetime,
    date: datetime | None = None,
    reason: str = WriteOff.Reason.BAD_DEBT,
    notes: str = "",
) -> Invoice:
    """Give up what is open on an invoice, as a dated event; the invoice is closed.

    Before `date` every statement still shows it. Raises Refused for a draft, voided or closed one.
    """
    lock_accounts([invoice.customer_id])
    invoice = Invoice.objects.get(pk=invoice.pk)
    if invoice.draft or invoice.voided:
        raise Refused("Only an issued invoice can be written off.")
    if invoice.closed_at is not None:
        raise Refused("This invoice is already closed.", param="closed")
    check_unclaimed(invoice, "closed")
    moment = whole_second(date or now)
    if moment < invoice.date:
        raise Refused("The date lies before the invoice.", param="date")
    before, was = describe(invoice), invoice.balance
    if invoice.balance:
        WriteOff.objects.create(
            customer_id=invoice.customer_id, invoice=invoice, currency=invoice.currency,
            amount=invoice.balance, date=moment, reason=reason, notes=notes, created_at=now,
        )  # fmt: skip
    invoice.closed_at, invoice.balance, invoice.next_payment_attempt = moment, 0, None
    return _saved(invoice, before, was, now)


@transaction.atomic
def reopen_invoice(*, invoice: Invoice, now: datetime) -> Invoice:
    """Take a write-off back from now on; the invoice is open again."""
    lock_accounts([invoice.customer_id])
    invoice = Invoice.objects.get(pk=invoice.pk)
    if invoice.voided or invoice.closed_at is None:
        raise Refused("This invoice is not closed.", param="closed")
    before, was = describe(invoice), invoice.balance
    for row in invoice.write_offs.filter(ended_at=None):
        row.ended_at = max(row.date, whole_second(now))
        row.save()
        invoice.balance += row.amount
    invoice.closed_at = None
    schedule(invoice, now=now, balance_before=0)
    leave_to_customer(invoice, balance_before=0, now=now)
    return _saved(invoice, before, was, now)


def _saved(invoice: Invoice, before: dict[str, object], was: int, now: datetime) -> Invoice:
    invoice.save()
    settle_documents(invoices=[invoice.pk])
    invoice.refresh_from_db()
    previous = what_changed(before, describe(invoice))
    record_event(type="invoice.updated", row=invoice, now=now, previous=previous)
    note_balance(invoice, before=was, now=now)
    return invoice
