"""Customers in the back office: list, page, create, edit, export."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from customers.admin import registry
from customers.admin.account_form import ContactForms, CustomerForm, save_customer
from customers.admin.account_list import (
    BalanceFilter,
    Columns,
    CustomerList,
    add_figures,
    bucket_columns,
    figures_of,
    search_customers,
)
from customers.admin.account_page import head_of
from customers.admin.as_of import AsOf, read_as_of
from customers.admin.exporting import csv_answer
from customers.admin.metadata_rows import Rows, metadata_rows
from customers.admin.pages import demand, form_page, outside_act, page, rights_of
from customers.admin.roles import Right, RoleRights, own_rows, visible_customers
from customers.autopay.detaching import close_account
from customers.ledger.events import record_fact
from customers.models import Company, Customer
from customers.money import to_amount
from customers.wire.metadata import MAX_METADATA_KEYS

EXPORT_BATCH = 500


@admin.register(Customer)
class CustomerAdmin(Columns, RoleRights, ModelAdmin):  # type: ignore[misc]
    """The list is the framework's; the pages behind it are our own and save through the ledger."""

    add_right = delete_right = Right.MONEY
    change_right = Right.EDIT_ACCOUNTS
    list_display = ["shown_number", "shown_name", "open_amount", "past_due"]
    list_display_links = ["shown_number", "shown_name"]
    list_filter = [
        BalanceFilter,
        "type",
        "credit_hold",
        "autopay",
        "currency",
        ("owner", admin.RelatedOnlyFieldListFilter),
    ]
    list_before_template = "admin/desk/customer_list_head.html"
    list_fullwidth = True
    list_per_page = 50
    search_fields = ["number", "name", "email", "contacts__name", "contacts__email"]
    search_help_text = "Number, name, email or contact"
    show_add_link = False  # the head of the list has it
    ordering = ["name", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        rows: QuerySet[Customer] = super().get_queryset(request)
        return own_rows(rows, request.user, path="pk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        return search_customers(queryset, search_term), False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [*self.list_display, *bucket_columns(Company.get().aging)]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CustomerList]:
        return CustomerList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(
            request, {"title": "Customers", "may": rights_of(request), **(extra_context or {})}
        )
        return shown

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """What upper floors offer for a selection; deleting many at once is not offered."""
        return {
            action.name: (_list_act(action), action.name, action.title)
            for action in registry.list_actions(request.user)
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("export/", view(self.export), name="customers_customer_export"),
            path("<int:pk>/edit/", view(self.edit), name="customers_customer_edit"),
            path("<int:pk>/remove/", view(self.remove), name="customers_customer_remove"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.MONEY)
        return self._form(request, None)

    def edit(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.EDIT_ACCOUNTS)
        return self._form(request, self._customer(request, pk))

    def _form(self, request: HttpRequest, customer: Customer | None) -> HttpResponse:
        sent = request.POST if request.method == "POST" else None
        form = CustomerForm(sent, instance=customer, user=request.user, initial=_defaults(customer))
        contacts = ContactForms(sent, instance=customer, prefix="contacts")
        metadata = metadata_rows(sent, stored=customer.metadata if customer else None)
        together = _Together(form, contacts, metadata)
        form.rows = contacts
        return form_page(
            request,
            title=f"Edit {customer.name}" if customer else "New customer",
            form=together,
            perform=lambda: self._save(together, request),
            button="Save" if customer else "Create customer",
            template="admin/desk/customer_form.html",
            contacts=contacts,
            metadata=metadata,
            most_pairs=MAX_METADATA_KEYS,
            payment_source=customer.payment_source if customer else None,
            back=_url(customer.pk) if customer else reverse("admin:customers_customer_changelist"),
        )

    def _save(self, sent: "_Together", request: HttpRequest) -> tuple[str, str]:
        new = sent.form.instance.pk is None
        customer = save_customer(
            form=sent.form, contacts=sent.contacts, metadata=sent.metadata, now=timezone.now()
        )  # fmt: skip
        return _url(customer.pk), f"{customer.name} was {'created' if new else 'saved'}."

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of the customer; editing is a page of its own."""
        demand(request, Right.SEE)
        customer = self._customer(request, object_id)
        as_of = read_as_of(request, now=timezone.now())
        tabs = registry.tabs()
        chosen = next((tab for tab in tabs if tab.slug == request.GET.get("tab")), tabs[0])
        return page(
            request,
            "admin/desk/customer.html",
            title=customer.name,
            customer=customer,
            as_of=as_of,
            tabs=[(tab, as_of.link(f"?tab={tab.slug}"), tab is chosen) for tab in tabs],
            tab=chosen,
            links=[(link, link.url(customer)) for link in registry.links(request.user)],
            back=as_of.link(reverse("admin:customers_customer_changelist")),
            open_items_link=as_of.link(
                f"{reverse('admin:customers_invoice_open_items')}?customer={customer.pk}"
            ),
            as_of_keep=[("tab", chosen.slug)],
            **head_of(customer, as_of),
            **chosen.context(request, customer, as_of),
        )

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(_url(self._customer(request, object_id).pk))

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.MONEY)
        customer = self._customer(request, pk)
        everything = reverse("admin:customers_customer_changelist")

        def act() -> None:
            close_account(customer=customer, now=timezone.now())

        done = f"{customer.name} was deleted."
        return outside_act(request, act=act, url=everything, back=_url(pk), done=done)

    def export(self, request: HttpRequest) -> HttpResponseBase:
        demand(request, Right.EXPORT_LISTS)
        now = timezone.now()
        try:
            listed = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseBadRequest("There is no such filter.")
        as_of = read_as_of(request, now=now)
        record_fact(
            type="customers.exported", object_type="customers", object_id="list", now=now,
            data={"filter": request.GET.urlencode(), "as_of": as_of.day.isoformat()},
        )  # fmt: skip
        rows = listed.get_queryset(request).order_by("pk")
        header = (*EXPORT_HEADER, *as_of.aging.slugs)
        return csv_answer(f"customers-{as_of.day.isoformat()}.csv", header, export_rows(rows, as_of))

    def _customer(self, request: HttpRequest, pk: Any) -> Customer:
        rows = visible_customers(request).select_related("owner", "parent_customer")
        try:
            return rows.get(pk=pk)
        except (Customer.DoesNotExist, ValueError) as missing:
            raise Http404("There is no such customer.") from missing


EXPORT_HEADER = (
    "number", "name", "email", "phone", "currency", "open_count", "open_amount", "past_due_count",
    "past_due_amount",
)  # fmt: skip


def export_rows(customers: QuerySet[Customer], as_of: AsOf) -> Iterator[list[Any]]:
    """A row for each customer and currency; customers that owe nothing have one row of zeros."""
    default, last = Company.get().currency, 0
    while batch := list(customers.filter(pk__gt=last)[:EXPORT_BATCH]):
        last = batch[-1].pk
        add_figures(batch, as_of)
        for customer in batch:
            about = [customer.number, customer.name, customer.email, customer.phone]
            for row in figures_of(customer):
                amounts = (row.past_due_amount, *row.buckets)
                yield [
                    *about, row.currency.upper(), row.open_count, to_amount(row.open_amount, row.currency),
                    row.past_due_count, *(to_amount(amount, row.currency) for amount in amounts),
                ]  # fmt: skip
            if not figures_of(customer):
                yield [*about, (customer.currency or default).upper(), 0, 0, 0, 0, *[0] * as_of.aging.size]


class _Together:
    """The customer, its contacts and its metadata, checked and refused as one form."""

    def __init__(self, form: CustomerForm, contacts: Any, metadata: Rows) -> None:
        self.form, self.contacts, self.metadata = form, contacts, metadata

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.contacts.is_valid(), self.metadata.is_valid()])

    @property
    def errors(self) -> bool:
        """Whether anything is marked."""
        return bool(self.form.errors) or not (self.contacts.is_valid() and self.metadata.is_valid())

    def refuse(self, refused: Any) -> None:
        self.form.refuse(refused)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.form, name)

    def __getitem__(self, name: str) -> Any:
        return self.form[name]


def _defaults(customer: Customer | None) -> dict[str, Any]:
    if customer is not None:
        return {}
    company = Company.get()
    return {"country": company.country, "payment_terms": company.payment_terms, "autopay": company.autopay}


def _list_act(action: registry.ListAction) -> Any:
    def run(model_admin: Any, request: HttpRequest, queryset: QuerySet[Customer]) -> HttpResponse | None:
        if not queryset.exists():
            messages.warning(request, "No customer was selected.")
            return None
        return action.act(request, queryset)

    return run


def _url(pk: int) -> str:
    return reverse("admin:customers_customer_change", args=[pk])


registry.add_link(registry.Link(
    "Edit", "edit", lambda customer: reverse("admin:customers_customer_edit", args=[customer.pk]),
    right=Right.EDIT_ACCOUNTS, order=90,
))  # fmt: skip
