"""The list of customers with what each owes as of a day."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.views import ChangeList

from customers.admin.as_of import PARAMETER, AsOf, read_as_of
from customers.admin.figures import cell, one_line
from customers.ages import AgingRule
from customers.ledger.balances import Receivable, receivables
from customers.ledger.entries import in_list
from customers.models import Contact, Customer
from customers.models.base import document_key


class CustomerList(ChangeList):  # type: ignore[misc]  # the theme carries no types
    """A page of customers; the figures of the whole page are one call."""

    as_of: AsOf

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_filters_params(params)
        found.pop(PARAMETER, None)
        return found

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.as_of = read_as_of(request, now=timezone.now())
        add_figures(self.result_list, self.as_of)

    @property
    def kept_parameters(self) -> list[tuple[str, str]]:
        """The other parameters, for the form that changes the day."""
        return [(name, value) for name, value in self.params.items() if name != PARAMETER]

    @property
    def without_day(self) -> str:
        return str(self.get_query_string(remove=[PARAMETER]))

    def url_for_result(self, result: Any) -> str:
        return self.as_of.link(reverse("admin:customers_customer_change", args=[result.pk]))


def add_figures(customers: Iterable[Customer], as_of: AsOf) -> None:
    """Put each customer's receivables on its row, as `figures`."""
    customers = list(customers)
    found: dict[int, list[Receivable]] = defaultdict(list)
    ids = [customer.pk for customer in customers]
    for row in receivables(at=as_of.at, zone=as_of.zone, customer_ids=ids, aging=as_of.aging):
        found[row.customer_id].append(row)
    for customer in customers:
        customer.figures = found[customer.pk]  # type: ignore[attr-defined]


def figures_of(customer: Customer) -> list[Receivable]:
    """What `add_figures` put there."""
    return getattr(customer, "figures", [])


class Columns:
    """The columns of the list; each amount is an as-of figure."""

    @admin.display(description="Number", ordering="number_key")
    def shown_number(self, customer: Customer) -> SafeString:
        return one_line(customer.number)

    @admin.display(description="Name", ordering="name")
    def shown_name(self, customer: Customer) -> SafeString:
        flags = [("On hold", "danger")] if customer.credit_hold else []
        flags += [("AutoPay", "info")] if customer.autopay else []
        pills = ((kind, text) for text, kind in flags)
        return format_html(
            '<span class="desk-name">{}</span>{}',
            customer.name,
            format_html_join("", ' <span class="desk-pill desk-pill-{}">{}</span>', pills),
        )

    @admin.display(description="Open")
    def open_amount(self, customer: Customer) -> SafeString:
        return cell((row.open_amount, row.currency) for row in figures_of(customer))

    @admin.display(description="Past due")
    def past_due(self, customer: Customer) -> SafeString:
        return cell(((row.past_due_amount, row.currency) for row in figures_of(customer)), late=True)


def bucket_columns(aging: AgingRule) -> list[Callable[[Customer], SafeString]]:
    """A column for each bucket of the company's rule."""
    return [_bucket_column(index, name) for index, name in enumerate(aging.names)]


def _bucket_column(index: int, name: str) -> Callable[[Customer], SafeString]:
    @admin.display(description=name)
    def shown_bucket(customer: Customer) -> SafeString:
        return cell((row.buckets[index], row.currency) for row in figures_of(customer))

    shown_bucket.__name__ = f"bucket_{index}"
    return shown_bucket


class BalanceFilter(admin.SimpleListFilter):
    """Customers with something open or past due, as of the picked day."""

    title = "balance"
    parameter_name = "balance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Something open"), ("past_due", "Past due"), ("none", "Nothing open")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        wanted = self.value()
        if wanted not in ("open", "past_due", "none"):
            return queryset
        as_of = read_as_of(request, now=timezone.now())
        rows = receivables(at=as_of.at, zone=as_of.zone)
        ids = {row.customer_id for row in rows if wanted != "past_due" or row.past_due_amount}
        # Written out as whole numbers: a list longer than the database's number of parameters.
        among = "1 = 0" if not ids else f"customers_customer.id IN {in_list(ids)}"
        return queryset.extra(where=[f"NOT ({among})" if wanted == "none" else among])  # noqa: S610  whole numbers only


def search_customers(customers: QuerySet[Customer], words: str) -> QuerySet[Customer]:
    """Every word is found in the number, name, email or a contact's name or email."""
    for word in words.split():
        people = Contact.objects.filter(Q(name__icontains=word) | Q(email__icontains=word))
        customers = customers.filter(
            Q(number_key__contains=document_key(word))
            | Q(name__icontains=word)
            | Q(email__icontains=word)
            | Q(pk__in=people.values("customer"))
        )
    return customers
