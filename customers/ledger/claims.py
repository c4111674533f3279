"""Invoices in the hands of a charge: money is on its way, so nobody else may take or change it.

A claim is written and released with its charge (`customers.autopay`); here is what the ledger must
know about it. Called under the account's lock.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from customers.errors import Refused
from customers.models import ChargeClaim, Instalment, Invoice, PaymentPlan
from customers.models.payment_plan import LIVE

# Whether a charge has an invoice in hand.
CLAIMED = Exists(ChargeClaim.objects.filter(invoice=OuterRef("pk"), released_at=None))
# How much of an invoice a charge has in hand; never more than one at a time.
CLAIMED_AMOUNT = Coalesce(
    Subquery(ChargeClaim.objects.filter(invoice=OuterRef("pk"), released_at=None).values("amount")[:1]), 0
)


def open_and_claimed(invoice: Invoice) -> tuple[int, int]:
    """What is open on an invoice now, and how much of it a charge has in hand; minor units."""
    rows = Invoice.objects.annotate(claimed_amount=CLAIMED_AMOUNT).values_list("balance", "claimed_amount")
    return rows.get(pk=invoice.pk)


def is_claimed(invoice: Invoice) -> bool:
    return ChargeClaim.objects.filter(invoice=invoice, released_at=None).exists()


def check_unclaimed(invoice: Invoice, verb: str) -> None:
    """Raises Refused while a charge of the invoice is under way."""
    if is_claimed(invoice):
        raise Refused(f"A charge of invoice {invoice.number} is pending: it cannot be {verb} now.")


def check_total_may_change(invoice: Invoice) -> None:
    """Raises Refused while a charge is pending or a payment plan counts on the total."""
    if is_claimed(invoice):
        raise Refused("The total cannot change while a charge is pending.", param="items")
    if PaymentPlan.objects.filter(invoice=invoice, status__in=LIVE).exists():
        raise Refused(
            "The total cannot change while there is a payment plan; cancel it first.", param="items"
        )


def claimed_invoices(*, at: int, customer_ids: Collection[int]) -> set[int]:
    """Ids of invoices that a charge had in hand at the end of second `at`. One query."""
    moment = datetime.fromtimestamp(at, UTC) + timedelta(seconds=1)
    rows = ChargeClaim.objects.filter(
        Q(released_at=None) | Q(released_at__gte=moment),
        invoice__customer_id__in=customer_ids,
        charge__created_at__lt=moment,
    )
    return set(rows.values_list("invoice_id", flat=True))


def instalments_to_come(*, at: int, invoice_ids: Collection[int]) -> dict[int, int]:
    """What the instalments dated after second `at` add up to, by invoice. One query."""
    moment = datetime.fromtimestamp(at, UTC)
    rows = Instalment.objects.filter(
        Q(plan__canceled_at=None) | Q(plan__canceled_at__gt=moment),
        plan__invoice_id__in=invoice_ids,
        plan__agreed_at__lte=moment,
        date__gt=moment,
    )
    return dict(rows.order_by().values_list("plan__invoice_id").annotate(Sum("amount")))
