"""Invoices that go off AutoPay with their customer, and those that it had given up."""

from datetime import datetime

from django.db.models import Q

from customers.ledger.changes import what_changed
from customers.ledger.claims import CLAIMED
from customers.ledger.events import record_event
from customers.ledger.instalments import plan_of
from customers.ledger.plans import PLAN_TERMS, follow_autopay
from customers.ledger.scheduling import SCHEDULE, is_collected, schedule_given_up
from customers.models import Customer, Invoice
from customers.wire import describe

# What the wire form of an invoice is read from, beside its own row.
SHOWN = ("items", "levies__tax_rate", "payment_plans__instalments", "write_offs")
# What changes on an invoice that goes off AutoPay.
MANUAL = ("autopay", "payment_terms", "next_payment_attempt")


def make_invoices_manual(*, customer: Customer, now: datetime) -> None:
    """Nothing that a customer still owes is charged by itself any more, nor what drafts will ask for.

    Terms are cleared, and plans that waited for a way to pay begin (Invoiced API, Customers). Each
    invoice tells of its change. Called under the account's lock.
    """
    rows = Invoice.objects.filter(customer=customer, autopay=True, voided_at=None, closed_at=None)
    rows = rows.filter(Q(draft=True) | Q(balance__gt=0)).annotate(claimed=CLAIMED)
    for invoice in rows.prefetch_related(*SHOWN).order_by("pk"):
        invoice.customer = customer
        before = describe(invoice)
        _make_manual(invoice, now)
        invoice.save(update_fields=[*MANUAL, "number_key", "updated_at"])
        shape = describe(invoice)
        previous = what_changed(before, shape)
        record_event(type="invoice.updated", row=invoice, now=now, previous=previous, shape=shape)


def leave_to_customer(invoice: Invoice, *, balance_before: int, now: datetime) -> None:
    """What is open again (`balance_before` was nothing) although its customer went off AutoPay meanwhile goes
    off it, too: else nobody would ask for it. The columns of `MANUAL` are set on the row, its plan is saved.
    """
    if balance_before <= 0 and is_collected(invoice) and not invoice.customer.autopay:
        _make_manual(invoice, now)


def _make_manual(invoice: Invoice, now: datetime) -> None:
    invoice.autopay, invoice.next_payment_attempt = False, None
    follow_autopay(invoice, terms="", now=now)
    invoice.payment_terms = PLAN_TERMS if plan_of(invoice) else ""


def try_again(*, customer: Customer, now: datetime) -> None:
    """The customer has another way to pay: what was given up without one is charged after all.

    Called under the account's lock.
    """
    failed = Invoice.objects.open().filter(customer=customer, autopay=True, attempt_count__gt=0)
    for invoice in failed.annotate(claimed=CLAIMED).prefetch_related(*SHOWN).order_by("pk"):
        before = describe(invoice)
        schedule_given_up(invoice, now=now)
        if previous := what_changed(before, describe(invoice)):
            invoice.save(update_fields=[*SCHEDULE, "number_key", "updated_at"])
            shape = describe(invoice)
            record_event(type="invoice.updated", row=invoice, now=now, previous=previous, shape=shape)
