"""The payment plan of the wire (Invoiced API, Payment Plans)."""

from typing import Any

from customers.models import PaymentPlan
from customers.wire.values import money, seconds


def describe_payment_plan(row: PaymentPlan) -> dict[str, Any]:
    currency, left = row.invoice.currency, row.invoice.balance
    shown = []
    # What is paid fills the oldest instalment first, so what is open lies in the youngest.
    for part in sorted(row.instalments.all(), key=lambda part: (part.date, part.pk), reverse=True):
        balance = 0 if row.status == PaymentPlan.Status.CANCELED else min(left, part.amount)
        left -= balance
        shown.append(
            {
                "id": part.pk,
                "date": seconds(part.date),
                "amount": money(part.amount, currency),
                "balance": money(balance, currency),
            }
        )
    return {
        "id": row.pk,
        "object": "payment_plan",
        "status": plan_status(row),
        "installments": shown[::-1],
        "approval": row.approval,
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }


def plan_status(row: PaymentPlan) -> str:
    """A plan is finished when nothing is open on its invoice, whatever it was that paid it."""
    if row.status != PaymentPlan.Status.CANCELED and row.invoice.balance <= 0:
        return PaymentPlan.Status.FINISHED.value
    return str(row.status)
