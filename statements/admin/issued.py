"""Statements that were issued: list, facts, document."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin.as_of import AsOf
from customers.admin.document_list import pill
from customers.admin.figures import cell, day_of, minute_of, money
from customers.admin.pages import demand, page
from customers.admin.registry import Tab, add_tab
from customers.admin.roles import Right, RoleRights, may, own_rows
from customers.admin.zone import desk_zone
from customers.links import statement_url
from customers.models import Company, Customer
from statements.admin.comparison import show_backdated, show_comparison
from statements.admin.facts import TYPE_NAMES, show_statement
from statements.admin.facts_answer import KINDS, facts_answer
from statements.admin.link_log import (
    link_of_issued,
    read_words,
    renew_issued,
    renew_of_customer,
    show_views,
    views_of_customer,
)
from statements.admin.pdf_answer import kept_pdf_answer, pdf_answer
from statements.admin.preview import preview_facts, preview_page, preview_pdf
from statements.building import rebuild
from statements.changes import behind_the_last, behind_the_sent
from statements.comparing import compare
from statements.documents import file_name, issued_pdf, read_file
from statements.models import IssuedStatement, StatementView
from statements.viewing import readings_of

MOST = 50


@admin.register(IssuedStatement)
class IssuedStatementAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    list_display = [
        "shown_label",
        "shown_customer",
        "shown_type",
        "shown_end",
        "shown_amount",
        "shown_issued",
        "shown_state",
    ]
    list_display_links = ["shown_label"]
    list_filter = ["type", "currency", "render_state"]
    list_select_related = ["customer"]
    list_fullwidth = True
    list_per_page = 50
    ordering = ["-number"]
    actions = None
    search_fields = ["number"]
    search_help_text = "Number or customer"

    def get_queryset(self, request: HttpRequest) -> QuerySet[IssuedStatement]:
        return own_rows(super().get_queryset(request).defer("facts", "parties"), request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[IssuedStatement], search_term: str
    ) -> tuple[QuerySet[IssuedStatement], bool]:
        from customers.admin.account_list import search_customers

        word = search_term.strip()
        if not word:
            return queryset, False
        digits = word.upper().removeprefix("ST-")
        if digits.isdigit() and len(digits) < 18:
            by_number = queryset.filter(number=int(digits))
            if by_number.exists():
                return by_number, False
        return queryset.filter(
            customer__in=search_customers(Customer.objects.all(), word).values("pk")
        ), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(
            request, {"title": "Issued statements", **(extra_context or {})}
        )
        return shown

    @admin.display(description="Number", ordering="number")
    def shown_label(self, issued: IssuedStatement) -> str:
        return issued.label

    @admin.display(description="Customer", ordering="customer__name")
    def shown_customer(self, issued: IssuedStatement) -> str:
        return issued.customer.name if issued.customer else "–"

    @admin.display(description="Type")
    def shown_type(self, issued: IssuedStatement) -> str:
        return TYPE_NAMES[issued.type]

    @admin.display(description="Ends", ordering="end_date")
    def shown_end(self, issued: IssuedStatement) -> str:
        return day_of(issued.end_at, desk_zone())

    @admin.display(description="Balance")
    def shown_amount(self, issued: IssuedStatement) -> SafeString:
        return cell([(issued.headline, issued.currency)])

    @admin.display(description="Issued", ordering="created_at")
    def shown_issued(self, issued: IssuedStatement) -> str:
        return minute_of(issued.created_at, desk_zone())

    @admin.display(description="Document")
    def shown_state(self, issued: IssuedStatement) -> SafeString:
        return pill(*state_of(issued))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/pdf/", view(self.pdf), name="statements_issuedstatement_pdf"),
            path("<int:pk>/compare/", view(self.compare), name="statements_issuedstatement_compare"),
            path("<int:pk>/facts/<slug:kind>/", view(self.facts), name="statements_issuedstatement_facts"),
            path("<int:pk>/link/", view(renew_issued), name="statements_issuedstatement_renew"),
            path("link/<int:pk>/", view(renew_of_customer), name="statements_issuedstatement_customer_link"),
            path("preview/<int:pk>/", view(preview_page), name="statements_issuedstatement_preview"),
            path("preview/<int:pk>/pdf/", view(preview_pdf), name="statements_issuedstatement_preview_pdf"),
            path(
                "preview/<int:pk>/facts/<slug:kind>/",
                view(preview_facts),
                name="statements_issuedstatement_preview_facts",
            ),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.SEE)
        issued = self._issued(request, object_id)
        zone = Company.get().zone
        word, colour = state_of(issued)
        return page(
            request,
            "admin/desk/issued_statement.html",
            title=f"Statement {issued.label}",
            issued=issued,
            status=word,
            status_colour=colour,
            facts=[
                ("Issued", minute_of(issued.created_at, zone)),
                ("Pages", str(issued.page_count or "–")),
                ("Layout", issued.template_version),
                ("SHA-256", issued.sha256 or "–"),
                ("Read", read_words(readings_of([issued.pk]).get(issued.pk), zone)),
            ],
            link=link_of_issued(request, issued),
            renew=_own_url(issued, "renew"),
            views=show_views(StatementView.objects.filter(issued=issued), zone),
            statement=show_statement(issued.statement, zone),
            changed_by=show_backdated(
                behind_the_last(statement=issued.statement, until=issued.created_at), zone
            ),
            pdf=_own_url(issued, "pdf"),
            compare=_own_url(issued, "compare"),
            files=[(kind.upper(), _own_url(issued, "facts", kind)) for kind in KINDS],
            send_again=""
            if issued.canceled_at or issued.customer is None
            else reverse("admin:notifications_message_send_again", args=[issued.pk]),
            back=reverse("admin:statements_issuedstatement_changelist"),
        )

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.SEE)
        issued = self._issued(request, pk)
        if issued.render_state != IssuedStatement.RenderState.READY:
            return pdf_answer(issued_pdf(issued), file_name(issued), request)
        back = reverse("admin:statements_issuedstatement_change", args=[pk])
        return kept_pdf_answer(partial(read_file, issued), file_name(issued), request, back=back)

    def facts(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """What was sent as a file of its facts."""
        demand(request, Right.SEE)
        issued = self._issued(request, pk)
        if kind not in KINDS:
            raise Http404("There is no such file.")
        return facts_answer(request, statement=issued.statement, kind=kind, number=issued.label)

    def compare(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was sent beside the same statement by what the ledger says now."""
        demand(request, Right.SEE)
        issued = self._issued(request, pk)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        sent, zone = issued.statement, Company.get().zone
        now = rebuild(sent=sent)
        return page(
            request,
            "admin/desk/compare.html",
            title=f"Compare {issued.label}",
            issued=issued,
            comparison=now and show_comparison(compare(sent=sent, now=now), sent, zone),
            consolidated=sent.consolidated,
            entries=show_backdated(behind_the_sent(issued=issued), zone),
            back=_own_url(issued, "change"),
        )

    def _issued(self, request: HttpRequest, pk: Any) -> IssuedStatement:
        found: IssuedStatement | None = self.get_object(request, str(pk))
        if found is None:
            raise Http404("There is no such statement.")
        return found


def _own_url(issued: IssuedStatement, page_name: str, *more: str) -> str:
    return reverse(f"admin:statements_issuedstatement_{page_name}", args=[issued.pk, *more])


def state_of(issued: IssuedStatement) -> tuple[str, str]:
    if issued.canceled_at:
        return "Canceled", ""
    return {"ready": ("Ready", "success"), "failed": ("Failed", "danger")}.get(
        issued.render_state, ("Waiting", "warning")
    )


def statements_tab(request: HttpRequest, customer: Customer, as_of: AsOf) -> Mapping[str, Any]:
    rows = list(
        IssuedStatement.objects.filter(customer=customer).defer("facts", "parties").order_by("-pk")[:MOST]
    )
    readings = readings_of([row.pk for row in rows])
    return {
        "link": statement_url(customer.statement_token) if may(request.user, Right.SEND) else "",
        "renew": reverse("admin:statements_issuedstatement_customer_link", args=[customer.pk]),
        "views": views_of_customer(customer, as_of.zone),
        "issued": [
            {
                "label": row.label,
                "url": reverse("admin:statements_issuedstatement_change", args=[row.pk]),
                "pdf": reverse("admin:statements_issuedstatement_pdf", args=[row.pk]),
                "type": TYPE_NAMES[row.type],
                "end": day_of(row.end_at, as_of.zone),
                "when": minute_of(row.created_at, as_of.zone),
                "balance": money(row.headline, row.currency),
                "read": read_words(readings.get(row.pk), as_of.zone),
                "state": state_of(row),
            }
            for row in rows
        ],
    }


add_tab(Tab("statements", "Statements", "admin/desk/tab_statements.html", statements_tab, order=30))
