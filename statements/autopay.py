"""What AutoPay will collect of a statement: the sentence on paper instead of a slip."""

from datetime import UTC, datetime

from customers.models import Invoice
from statements.letterhead import AutoPay
from statements.statement import Statement


def autopay_of(statement: Statement) -> AutoPay | None:
    """The open amount of the statement's invoices that stored sources will be charged for, or None.

    The day is said only when it is the same for all. One that was given up, or has no source that
    can be charged, is for the customer to pay.
    """
    if not statement.amount_due:
        return None
    invoices = Invoice.objects.open().filter(
        customer__in=[member.id for member in statement.members],
        currency=statement.currency,
        date__lte=datetime.fromtimestamp(statement.options.end, UTC),
        autopay=True,
        next_payment_attempt__isnull=False,
        customer__payment_source__chargeable=True,
    )
    rows = list(invoices.select_related("customer__payment_source").order_by("pk"))
    if not rows:
        return None
    sources = dict.fromkeys(str(row.customer.payment_source) for row in rows)
    days = {row.next_payment_attempt for row in rows}
    at = rows[0].next_payment_attempt if len(days) == 1 else None
    return AutoPay(
        amount=sum(row.balance for row in rows),
        source=", ".join(sources),
        at=None if at is None else int(at.timestamp()),
    )
