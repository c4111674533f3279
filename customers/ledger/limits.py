"""Credit hold and credit limit, checked before an invoice is issued or asks for more than before."""

from django.db.models import Sum

from customers.errors import Refused
from customers.models import Customer, Invoice
from customers.money import to_amount, to_minor


def check_credit(*, customer: Customer, currency: str, total: int, but: int | None = None) -> None:
    """Refuse (`total`) an invoice to a customer on hold or beyond the limit.

    The limit compares what is open in the same currency, but for the invoice `but`, plus what this one adds
    (`total`, minor units). Called under the account's lock. Source: Invoiced guide, Credit holds and limits.
    """
    if customer.credit_hold:
        raise Refused(
            f"{customer.name} is on credit hold: no invoice can be issued or raised until it is released.",
            param="total",
        )
    if not customer.credit_limit:
        return
    rows = Invoice.objects.open().filter(customer=customer, currency=currency).exclude(pk=but or 0)
    owed = rows.aggregate(sum=Sum("balance"))["sum"] or 0
    limit = to_minor(customer.credit_limit, currency)
    if owed + total > limit:
        raise Refused(
            f"The credit limit of {customer.credit_limit:,.2f} {currency.upper()} would be exceeded: "
            f"{to_amount(owed + total, currency):,} {currency.upper()} with this invoice.",
            param="total",
        )
