"""The first page: what is owed, by whom, how old; and the panels of the upper floors."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from customers.admin import registry
from customers.admin.as_of import AsOf, read_as_of
from customers.admin.figures import money, strips
from customers.admin.pages import rights_of
from customers.admin.roles import Right, may, sees_own_only, visible_customers
from customers.admin.set_up import steps_of
from customers.ledger.balances import Receivable, receivables
from customers.models import Company, Customer

DEBTORS = 8


def dashboard_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Everything on the dashboard; each figure comes from the as-of function and links to its list."""
    as_of = read_as_of(request, now=timezone.now())
    ids = None
    if sees_own_only(request.user):
        ids = list(visible_customers(request).values_list("pk", flat=True))
    rows = receivables(at=as_of.at, zone=as_of.zone, customer_ids=ids, aging=as_of.aging)
    company = Company.get()
    context.update(
        {
            "title": "Dashboard",
            "may": rights_of(request),
            "as_of": as_of,
            "as_of_now": reverse("admin:index"),
            "strips": strips(rows, as_of.aging, first=company.currency),
            "strip_link": as_of.link(reverse("admin:customers_invoice_open_items")),
            "strip_join": "&" if as_of.picked else "?",
            "debtors": debtors(rows, as_of, company.currency),
            "past_due_link": as_of.link(f"{reverse('admin:customers_customer_changelist')}?balance=past_due"),
            "has_customers": bool(rows) or Customer.objects.exists(),
            "steps": steps_of(company) if may(request.user, Right.SETTINGS) else [],
            "panels": [(panel, panel.context(request, as_of)) for panel in registry.panels()],
        }
    )
    return context


def debtors(rows: list[Receivable], as_of: AsOf, currency: str) -> list[dict[str, Any]]:
    """The accounts that owe most, the company's own currency first."""
    largest = sorted(rows, key=lambda row: (row.currency != currency, -row.open_amount, row.customer_id))
    shown = [row for row in largest if row.open_amount > 0][:DEBTORS]
    names = Customer.objects.in_bulk({row.customer_id for row in shown})
    return [
        {
            "name": names[row.customer_id].name,
            "number": names[row.customer_id].number,
            "url": as_of.link(reverse("admin:customers_customer_change", args=[row.customer_id])),
            "open": money(row.open_amount, row.currency),
            "past_due": money(row.past_due_amount, row.currency) if row.past_due_amount else "",
        }
        for row in shown
    ]
