"""AutoPay: charging the invoices whose day has come.

Issuing, plans and declines fill `next_payment_attempt`; here the dates that have passed are found. A
date is one attempt: whoever claims the invoice first makes it.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from customers.autopay.charging import charge_invoice
from customers.dates import whole_second
from customers.errors import Refused
from customers.ledger.changes import what_changed
from customers.ledger.events import record_event
from customers.ledger.locking import lock_accounts
from customers.models import ChargeClaim, Invoice, PaymentPlan
from customers.models.invoice import InvoiceQuerySet
from customers.wire import describe

logger = logging.getLogger(__name__)

# An invoice that cannot be charged at present must not stand in the way of the others.
POSTPONED_BY = timedelta(days=1)


def due_invoices(now: datetime) -> InvoiceQuerySet:
    """Invoices to be charged now, in the order of their dates.

    Those of customers without a way to pay wait until there is one; disputed ones, and plans that are
    not begun, wait as well.
    """
    claims = ChargeClaim.objects.filter(invoice=OuterRef("pk"), released_at=None)
    waiting = PaymentPlan.objects.filter(invoice=OuterRef("pk"), status=PaymentPlan.Status.PENDING_SIGNUP)
    disputed = Q(disputed_from__lte=now) & (Q(disputed_until=None) | Q(disputed_until__gt=now))
    return (
        Invoice.objects.due_for_charge(now)
        .filter(~Exists(claims), ~Exists(waiting), customer__payment_source__chargeable=True)
        .exclude(disputed)
        .order_by("next_payment_attempt", "pk")
    )


def charge_due_invoices(*, now: datetime, most: int, seconds: float) -> bool:
    """Charge invoices that are due, at most so many and taking no new one after so long; whether more are.

    Never call it inside a transaction.
    """
    rows = list(due_invoices(now)[: most + 1])
    began = timezone.now()
    for invoice in rows[:most]:
        if (timezone.now() - began).total_seconds() > seconds:
            return True
        _charge(invoice, now)
    return len(rows) > most


def _charge(invoice: Invoice, now: datetime) -> None:
    try:
        charge_invoice(invoice=invoice, now=now)
    except Refused as refused:
        logger.warning("Invoice %s is not charged: %s", invoice.pk, refused.message)
        _postpone(invoice, now)


@transaction.atomic
def _postpone(invoice: Invoice, now: datetime) -> None:
    """Unless somebody else has it in hand or changed its date meanwhile."""
    lock_accounts([invoice.customer_id])
    untouched = due_invoices(now).filter(pk=invoice.pk, next_payment_attempt=invoice.next_payment_attempt)
    row = untouched.select_related("customer").first()
    if row is None:
        return
    before = describe(row)
    row.next_payment_attempt = whole_second(now + POSTPONED_BY)
    row.save(update_fields=["next_payment_attempt", "updated_at"])
    previous = what_changed(before, describe(row))
    record_event(type="invoice.updated", row=row, now=now, previous=previous)
