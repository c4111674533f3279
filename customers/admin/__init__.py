"""The back office of the ground floor. Upper floors add to it through `customers.admin.registry`."""

from customers.admin import (
    accounts,
    charges,
    credit_balances,
    credit_notes,
    imports,
    invoices,
    payments,
    requests,
    settings,
    staff,
)

__all__ = [
    "accounts",
    "charges",
    "credit_balances",
    "credit_notes",
    "imports",
    "invoices",
    "payments",
    "requests",
    "settings",
    "staff",
]
