"""What the lists of invoices and credit notes share: columns, states, search."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin.document_page import Document, ruler_of, status_of
from customers.admin.figures import cell, day_of, one_line
from customers.admin.pages import page, rights_of
from customers.admin.roles import Right, RoleRights, own_rows, visible_customers
from customers.admin.zone import desk_zone
from customers.dates import local_day, start_of_day
from customers.ledger.aging import Ruler
from customers.models import Company, Customer
from customers.models.base import document_key


def pill(word: str, colour: str) -> SafeString:
    return format_html('<span class="desk-pill {}">{}</span>', f"desk-pill-{colour}" if colour else "", word)


class StateFilter(admin.SimpleListFilter):
    """The present state of documents."""

    title = "state"
    parameter_name = "state"
    words = {"open": "Open", "draft": "Draft", "voided": "Voided"}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.words.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        issued = queryset.filter(draft=False, voided_at=None)
        chosen = {
            "open": issued.filter(balance__gt=0),
            "draft": queryset.filter(draft=True, voided_at=None),
            "voided": queryset.exclude(voided_at=None),
        }
        return chosen.get(self.value() or "", queryset)


class InvoiceStateFilter(StateFilter):
    words = {
        "open": "Open", "past_due": "Past due", "paid": "Paid", "closed": "Closed", "draft": "Draft",
        "voided": "Voided", "disputed": "Disputed",
    }  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        issued = queryset.filter(draft=False, voided_at=None)
        opened = issued.filter(balance__gt=0, closed_at=None)
        zone, now = Company.get().zone, timezone.now()
        midnight = start_of_day(local_day(now, zone), zone)
        chosen = {
            "open": opened,
            "past_due": opened.filter(due_date__lt=midnight),
            "paid": issued.filter(balance=0, closed_at=None),
            "closed": issued.exclude(closed_at=None),
            "disputed": issued.filter(disputed_from__lte=now).exclude(disputed_until__lte=now),
        }
        return chosen.get(self.value() or "", super().queryset(request, queryset))


class DocumentAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """A list of documents. They are read-only here: every change is an act of the ledger."""

    add_right = Right.MONEY
    list_select_related = ["customer"]
    list_fullwidth = True
    list_per_page = 50
    actions = None
    ordering = ["-date", "-pk"]
    search_fields = ["number_key", "customer__name"]
    search_help_text = "Number or customer"

    _ruler: Ruler

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return own_rows(super().get_queryset(request), request.user)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = str(self.opts.verbose_name_plural).capitalize()
        extra = {"title": title, "may": rights_of(request), **(extra_context or {})}
        shown: HttpResponse = super().changelist_view(request, extra)
        return shown

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in search_term.split():
            people = Customer.objects.filter(Q(name__icontains=word) | Q(number_key=document_key(word)))
            found = Q(number_key__contains=document_key(word)) | Q(customer__in=people.values("pk"))
            queryset = queryset.filter(found)
        return queryset, False

    @admin.display(description="Number", ordering="number_key")
    def shown_number(self, document: Document) -> SafeString:
        return one_line(document.number)

    @admin.display(description="Customer", ordering="customer__name")
    def shown_customer(self, document: Document) -> str:
        return document.customer.name

    @admin.display(description="Date", ordering="date")
    def shown_date(self, document: Document) -> str:
        return day_of(document.date, desk_zone())

    @admin.display(description="Total")
    def shown_total(self, document: Document) -> SafeString:
        return cell([(document.total, document.currency)])

    @admin.display(description="Open")
    def shown_open(self, document: Document) -> SafeString:
        return cell([(document.balance, document.currency)])

    @admin.display(description="State")
    def shown_state(self, document: Document) -> SafeString:
        return pill(*status_of(document, ruler_of(timezone.now(), desk_zone())))

    def document_of(self, request: HttpRequest, pk: Any) -> Any:
        """The row, or 404 for what this member of staff may not see."""
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404("There is no such document.")
        return row


def customer_of(request: HttpRequest) -> Customer | None:
    """The customer that `?customer=ID` names, if the asker may see it."""
    wanted = request.GET.get("customer", "")
    if not wanted.isdigit():
        return None
    found = visible_customers(request).filter(pk=int(wanted)).first()
    if found is None:
        raise Http404("There is no such customer.")
    return found


def choose_customer(request: HttpRequest, *, title: str) -> HttpResponse:
    """Ask for whom something shall be done; leads back with `?customer=ID`."""
    from customers.admin.account_list import search_customers

    words = request.GET.get("q", "").strip()
    rows = visible_customers(request)
    found = search_customers(rows, words) if words else rows
    return page(
        request,
        "admin/desk/choose_customer.html",
        title=title,
        words=words,
        customers=list(found.order_by("name", "pk")[:20]),
        new_url=reverse("admin:customers_customer_add"),
    )
