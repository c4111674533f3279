"""Where a statement can be paid online: whoever takes payments on a page says so here.

Until then nothing on paper or on a page promises it.
"""

from collections.abc import Callable

from customers.models import Company, Customer
from statements.statement import Statement

# Answers an address of ours, or None where this statement cannot be paid online.
PaymentPage = Callable[[Customer, Statement, Company], str | None]

_pages: list[PaymentPage] = []


def take_payments(page: PaymentPage) -> None:
    """Register the page; called once, when an app is ready."""
    _pages.append(page)


def payment_page(*, customer: Customer, statement: Statement, company: Company) -> str | None:
    """The address at which this statement is paid, if any; never for what is not due or collected anyway."""
    if not statement.to_pay:
        return None
    found = (page(customer, statement, company) for page in _pages)
    return next((address for address in found if address), None)
