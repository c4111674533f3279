"""What of a payment plan is still to be paid. Nothing is written here."""

from customers.models import Instalment, Invoice, PaymentPlan
from customers.models.payment_plan import LIVE


def plan_of(invoice: Invoice) -> PaymentPlan | None:
    """The plan by which an invoice is paid; asks nothing when its plans were fetched with it."""
    plans = () if invoice._state.adding else invoice.payment_plans.all()
    return next((plan for plan in plans if plan.status in LIVE), None)


def open_instalments(plan: PaymentPlan, balance: int) -> list[tuple[Instalment, int]]:
    """Instalments with something open, oldest first: what is paid fills the oldest."""
    left, found = balance, []
    for part in sorted(plan.instalments.all(), key=lambda part: (part.date, part.pk), reverse=True):
        amount = min(left, part.amount)
        if amount > 0:
            found.append((part, amount))
        left -= amount
    return found[::-1]
