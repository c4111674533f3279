"""How a customer pays by itself: stored cards and bank accounts, and what was charged to them."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from customers.admin import registry
from customers.admin.as_of import AsOf
from customers.admin.figures import minute_of, money
from customers.admin.pages import act_page, demand, outside_act
from customers.admin.roles import Right, may, own_rows, visible_customers
from customers.autopay.simulating import simulate
from customers.ledger.statement_links import renew_sign_up_link
from customers.links import sign_up_url
from customers.models import Charge, Customer, PaymentSource
from customers.models.gateway import in_sandbox

MOST_CHARGES = 50

_COLOURS = {"succeeded": "success", "failed": "danger", "pending": "info", "unknown": "warning"}


def charges_tab(request: HttpRequest, customer: Customer, as_of: AsOf) -> Mapping[str, Any]:
    """Sources, default first, and the newest charges; in the sandbox pending ones can be settled."""
    sources = customer.payment_sources.order_by("pk")
    charges = customer.charges.select_related("payment").order_by("-pk")[:MOST_CHARGES]
    return {
        "sources": sorted(
            (_source(row, customer) for row in sources), key=lambda shown: not shown["is_default"]
        ),
        "charges": [_charge(row, as_of) for row in charges],
        "sign_up_name": customer.sign_up_page or "",
        # The link is the customer's secret: for those who may send it.
        "sign_up_link": sign_up_url(customer.sign_up_token)
        if customer.sign_up_page and may(request.user, Right.SEND)
        else "",
        "new_sign_up_link": reverse("admin:customers_customer_sign_up_link", args=[customer.pk]),
    }


def _source(row: PaymentSource, customer: Customer) -> dict[str, Any]:
    expiry = f"{row.exp_month:02}/{row.exp_year}" if row.exp_month and row.exp_year else ""
    if row.chargeable:
        state = "Ready"
    else:
        state = row.failure_reason or "Waiting for verification"
    return {
        "name": str(row),
        "is_default": row.pk == customer.payment_source_id,
        "expiry": expiry,
        "gateway": row.gateway,
        "state": state,
        "colour": "success" if row.chargeable else "warning",
    }


def _charge(row: Charge, as_of: AsOf) -> dict[str, Any]:
    pending = row.status == Charge.Status.PENDING and row.gateway == "test" and in_sandbox()
    return {
        "date": minute_of(row.created_at, as_of.zone),
        "amount": money(row.amount, row.currency),
        "source": _last4(row),
        "by": "AutoPay" if row.automatic else "Request",
        "status": row.get_status_display(),
        "colour": _COLOURS.get(row.status, ""),
        "reason": row.failure_message,
        "payment_url": reverse("admin:customers_payment_change", args=[row.payment.pk])
        if row.payment
        else "",
        "settle_url": reverse("admin:customers_charge_settle", args=[row.pk]) if pending else "",
        "return_url": reverse("admin:customers_charge_return", args=[row.pk]) if pending else "",
    }


def _payment_url(row: Charge) -> str:
    return reverse("admin:customers_payment_change", args=[row.payment.pk]) if row.payment else ""


def _last4(row: Charge) -> str:
    shown = row.source_shown or {}
    name = shown.get("brand") or shown.get("bank_name") or row.method
    return f"{name} ····{shown['last4']}" if shown.get("last4") else str(name)


def settle(request: HttpRequest, pk: int) -> HttpResponse:
    return _simulate(request, pk, succeeded=True, done="The debit arrived.")


def returned(request: HttpRequest, pk: int) -> HttpResponse:
    return _simulate(request, pk, succeeded=False, done="The debit came back.")


def renew_link(request: HttpRequest, pk: int) -> HttpResponse:
    """The old sign-up link of a customer dies at once; the API answers the new one."""
    demand(request, Right.SEND)
    customer = visible_customers(request).filter(pk=pk).first()
    if customer is None:
        raise Http404("There is no such customer.")
    back = f"{reverse('admin:customers_customer_change', args=[pk])}?tab=charges"

    def act() -> str:
        renew_sign_up_link(customer=customer, now=timezone.now())
        return back

    return act_page(
        request, act=act, back=back, done="The customer has a new sign-up link; the old one opens nothing."
    )


def _simulate(request: HttpRequest, pk: int, *, succeeded: bool, done: str) -> HttpResponse:
    demand(request, Right.MONEY)
    charge: Charge | None = own_rows(Charge.objects.all(), request.user).filter(pk=pk).first()
    if charge is None:
        raise Http404("There is no such charge.")
    back = f"{reverse('admin:customers_customer_change', args=[charge.customer_id])}?tab=charges"

    def act() -> None:
        simulate(charge=charge, succeeded=succeeded, now=timezone.now())

    return outside_act(request, act=act, url=back, back=back, done=done)


registry.add_tab(registry.Tab("charges", "Charges", "admin/desk/tab_charges.html", charges_tab, order=55))
registry.add_page(registry.Page("charges/<int:pk>/settle/", "customers_charge_settle", settle))
registry.add_page(registry.Page("charges/<int:pk>/return/", "customers_charge_return", returned))
registry.add_page(
    registry.Page("customer/<int:pk>/sign-up-link/", "customers_customer_sign_up_link", renew_link)
)
