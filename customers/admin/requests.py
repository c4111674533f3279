"""What API clients asked in the last days, and what they were told: to look up, never to change."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin.document_list import pill
from customers.admin.figures import second_of
from customers.admin.pages import demand, page
from customers.admin.roles import Right, RoleRights
from customers.admin.zone import desk_zone
from customers.models import ApiKey, Event, RequestLog
from customers.wire.values import clean_text

_MOST_EVENTS = 50
_LONGEST_REQUEST = timedelta(minutes=2)


class KeyFilter(admin.SimpleListFilter):
    title = "key"
    parameter_name = "key"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        keys = ApiKey.objects.order_by("name", "pk")
        return [*((str(key.pk), str(key)) for key in keys), ("none", "No valid key")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RequestLog]) -> QuerySet[RequestLog]:
        chosen = self.value() or ""
        if chosen == "none":
            return queryset.filter(api_key=None)
        return queryset.filter(api_key_id=int(chosen)) if chosen.isdecimal() else queryset


class StatusFilter(admin.SimpleListFilter):
    title = "answer"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("2", "Done (2xx)"), ("4", "Refused (4xx)"), ("5", "Failed (5xx)")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RequestLog]) -> QuerySet[RequestLog]:
        if self.value() not in ("2", "4", "5"):
            return queryset
        first = int(self.value() or 0) * 100
        return queryset.filter(status__gte=first, status__lt=first + 100)


class MethodFilter(admin.SimpleListFilter):
    title = "method"
    parameter_name = "method"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[RequestLog]) -> QuerySet[RequestLog]:
        return queryset.filter(method=self.value()) if self.value() else queryset


@admin.register(RequestLog)
class RequestAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """Newest first. Searching compares the whole request id, as the answer's `X-Request-Id` told it."""

    view_right = Right.SETTINGS
    list_display = ["shown_time", "shown_request", "shown_status", "shown_message", "shown_key", "shown_ms"]
    list_display_links = ["shown_time", "shown_request"]
    list_select_related = ["api_key"]
    list_filter = [StatusFilter, MethodFilter, KeyFilter]
    list_per_page = 50
    # The count of all rows of a week would cost more than the page.
    show_full_result_count = False
    ordering = ["-created_at", "-pk"]
    actions = None
    search_fields = ["request_id"]
    search_help_text = "Request id"

    @property
    def not_found(self) -> str:
        """What the list says when no row has the request id."""
        days = settings.REQUEST_LOG_DAYS
        if not days:
            return "No request is kept here: REQUEST_LOG_DAYS is 0."
        return f"No request with this id; it may be older than {days} day{'' if days == 1 else 's'}."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[RequestLog], search_term: str
    ) -> tuple[QuerySet[RequestLog], bool]:
        term = clean_text(search_term)
        return (queryset.filter(request_id=term) if term else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"title": "API requests", **(extra_context or {})}
        shown: HttpResponse = super().changelist_view(request, context)
        return shown

    @admin.display(description="Time", ordering="created_at")
    def shown_time(self, row: RequestLog) -> str:
        return second_of(row.created_at, desk_zone())

    @admin.display(description="Request")
    def shown_request(self, row: RequestLog) -> str:
        return f"{row.method} {row.path}{'?' if row.query else ''}{row.query}"[:120]

    @admin.display(description="Answer")
    def shown_status(self, row: RequestLog) -> SafeString:
        return pill(str(row.status), _colour(row.status))

    @admin.display(description="Message")
    def shown_message(self, row: RequestLog) -> str:
        return row.message[:120] or "–"

    @admin.display(description="Key")
    def shown_key(self, row: RequestLog) -> str:
        return "–" if row.api_key is None else str(row.api_key)

    @admin.display(description="ms", ordering="milliseconds")
    def shown_ms(self, row: RequestLog) -> str:
        return f"{row.milliseconds:,}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.SETTINGS)
        back = reverse("admin:customers_requestlog_changelist")
        row = self.get_object(request, object_id)
        if row is None:
            messages.warning(request, "There is no such request, or it is older than the log reaches back.")
            return HttpResponseRedirect(back)
        return page(
            request, "admin/desk/request.html", title=f"{row.method} {row.path}", facts=_facts(row),
            events=_events(row), back=back,
        )  # fmt: skip


def _colour(status: int) -> str:
    if status >= 500:
        return "danger"
    return "warning" if status >= 400 else "success"


def _facts(row: RequestLog) -> list[tuple[str, str]]:
    facts = [
        ("Request id", row.request_id),
        ("Time", second_of(row.created_at, desk_zone())),
        ("Request", f"{row.method} {row.path}"),
        ("Query", row.query),
        ("Answer", str(row.status)),
        ("Message", row.message),
        ("Repeated", "The stored answer of an earlier copy" if row.replayed else ""),
        ("Took", f"{row.milliseconds:,} ms"),
        ("Key", "None that is valid" if row.api_key is None else str(row.api_key)),
        ("Address", row.address),
        ("Program", row.user_agent),
    ]
    return [(name, value) for name, value in facts if value]


def _events(row: RequestLog) -> list[str]:
    """What this request changed, as the audit trail tells it."""
    # The trail has no index by request; around the time of the answer there are few rows to look at.
    around = (row.created_at - _LONGEST_REQUEST, row.created_at + timedelta(seconds=1))
    rows = Event.objects.filter(timestamp__range=around, request_id=row.request_id, api_key_id=row.api_key_id)
    return [f"{event.type} {event.object_id}" for event in rows.order_by("pk")[:_MOST_EVENTS]]
