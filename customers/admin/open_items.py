"""All open items as of a day: the list behind every figure of the dashboard."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from customers.admin.account_page import show_item
from customers.admin.as_of import AsOf, read_as_of
from customers.admin.document_list import customer_of
from customers.admin.exporting import csv_answer
from customers.admin.figures import day_of, strips
from customers.admin.pages import demand, page
from customers.admin.roles import Right, may, sees_own_only, visible_customers
from customers.ledger.balances import add_up
from customers.ledger.open_items import OpenItem, open_items
from customers.models import Company, Customer
from customers.money import to_amount

PER_PAGE = 100
HEADER = ("customer", "name", "document", "number", "date", "due", "days_late", "currency", "total", "open")


def open_items_page(request: HttpRequest) -> HttpResponseBase:
    """Filtered by customer, currency and age; added up above the table."""
    demand(request, Right.SEE)
    as_of = read_as_of(request, now=timezone.now())
    customer = customer_of(request)
    chosen = {
        "currency": request.GET.get("currency", "").lower(),
        "age": request.GET.get("age", "") if request.GET.get("age") in ages_of(as_of) else "",
    }
    items = _items(request, as_of, customer, chosen)
    if request.GET.get("format") == "csv":
        demand(request, _export_right(customer))
        names = _customers(items)
        rows = (_row(item, as_of, names) for item in items)
        return csv_answer(f"open-items-{as_of.day.isoformat()}.csv", HEADER, rows)
    return _shown(request, as_of, customer, chosen, items)


def _export_right(customer: Customer | None) -> Right:
    """The items of one customer are less than a list of them all."""
    return Right.EXPORT if customer else Right.EXPORT_LISTS


def ages_of(as_of: AsOf) -> dict[str, str]:
    """What the list can be narrowed to, by the words of its address."""
    return {"": "All", "past_due": "Past due", **dict(zip(as_of.aging.slugs, as_of.aging.names, strict=True))}


def _items(
    request: HttpRequest, as_of: AsOf, customer: Customer | None, chosen: dict[str, str]
) -> list[OpenItem]:
    ids = [customer.pk] if customer else None
    if ids is None and sees_own_only(request.user):
        ids = list(visible_customers(request).values_list("pk", flat=True))
    items = open_items(
        at=as_of.at, zone=as_of.zone, customer_ids=ids, currency=chosen["currency"] or None, aging=as_of.aging
    )
    age = chosen["age"]
    if age == "past_due":
        items = [item for item in items if item.past_due]
    elif age:
        index = as_of.aging.slugs.index(age)
        items = [item for item in items if item.buckets[index]]
    return sorted(items, key=lambda item: (-item.days_late, item.due_at or item.at, item.number, item.id))


def _shown(
    request: HttpRequest,
    as_of: AsOf,
    customer: Customer | None,
    chosen: dict[str, str],
    items: list[OpenItem],
) -> HttpResponse:
    try:
        number = max(1, int(request.GET.get("p", "1")))
    except ValueError:
        number = 1
    first = (number - 1) * PER_PAGE
    shown = items[first : first + PER_PAGE]
    names = _customers(shown)
    here = reverse("admin:customers_invoice_open_items")
    kept = {name: value for name, value in chosen.items() if value}
    if customer:
        kept["customer"] = str(customer.pk)
    day = {"as_of": as_of.day.isoformat()} if as_of.picked else {}
    return page(
        request,
        "admin/desk/open_items.html",
        title="Open items",
        as_of=as_of,
        as_of_keep=list(kept.items()),
        as_of_now=f"{here}?{urlencode(kept)}",
        customer=customer,
        may_export=may(request.user, _export_right(customer)),
        everyone=f"{here}?{urlencode({**{k: v for k, v in kept.items() if k != 'customer'}, **day})}",
        ages=[
            (title, f"?{urlencode({**kept, **day, 'age': slug})}", slug == chosen["age"])
            for slug, title in ages_of(as_of).items()
        ],
        strips=strips(add_up(items), as_of.aging, first=Company.get().currency),
        strip_link=f"{here}?{urlencode({**{k: v for k, v in kept.items() if k == 'customer'}, **day})}",
        items=[{**show_item(item, as_of), **_about(names[item.customer_id], as_of)} for item in shown],
        with_customer=customer is None,
        export=f"?{urlencode({**kept, **day, 'format': 'csv'})}",
        page_number=number,
        page_count=max(1, -(-len(items) // PER_PAGE)),
        page_link=f"?{urlencode({**kept, **day})}&p=",
        item_count=len(items),
    )


def _customers(items: list[OpenItem]) -> dict[int, Customer]:
    return Customer.objects.in_bulk({item.customer_id for item in items})


def _about(customer: Customer, as_of: AsOf) -> dict[str, Any]:
    url = as_of.link(reverse("admin:customers_customer_change", args=[customer.pk]))
    return {"customer": customer.name, "customer_url": url}


def _row(item: OpenItem, as_of: AsOf, names: dict[int, Customer]) -> list[Any]:
    customer = names[item.customer_id]
    return [
        customer.number, customer.name, item.kind, item.number, day_of(item.at, as_of.zone),
        day_of(item.due_at, as_of.zone), item.days_late, item.currency.upper(),
        to_amount(item.total, item.currency), to_amount(item.balance, item.currency),
    ]  # fmt: skip
