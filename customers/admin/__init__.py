"""The back office of the ground floor. Upper floors add to it through `customers.admin.registry`."""

from customers.admin import (
    accounts,
    cadences,
    charges,
    credit_balances,
    credit_notes,
    imports,
    invoices,
    items,
    notes,
    payments,
    requests,
    settings,
    sign_up_pages,
    staff,
    tasks,
    tax_rates,
)

__all__ = [
    "accounts",
    "cadences",
    "charges",
    "credit_balances",
    "credit_notes",
    "imports",
    "invoices",
    "items",
    "notes",
    "payments",
    "requests",
    "settings",
    "sign_up_pages",
    "staff",
    "tasks",
    "tax_rates",
]
