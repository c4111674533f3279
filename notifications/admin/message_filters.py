"""How staff narrow the list of messages: by state, run and day."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from customers.admin.roles import sees_own_only
from customers.dates import local_day, read_day, start_of_day
from customers.models import Company
from notifications.models import Message, StatementRun

TROUBLE = ("failed", "bounced", "unknown")
LATEST_RUNS = 20


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("trouble", "Failed or unclear"),
            *[(str(value), str(label)) for value, label in Message.State.choices],
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        if self.value() == "trouble":
            return queryset.filter(state__in=TROUBLE)
        return queryset.filter(state=self.value()) if self.value() else queryset


class RunFilter(admin.SimpleListFilter):
    """One of the latest runs, or what was sent one by one; any run by its number in the address."""

    title = "run"
    parameter_name = "run"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if sees_own_only(request.user):
            return []
        latest = StatementRun.objects.order_by("-pk").values_list("pk", flat=True)[:LATEST_RUNS]
        return [("none", "Sent one by one"), *[(str(pk), f"Run {pk}") for pk in latest]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        chosen = self.value() or ""
        if chosen == "none":
            return queryset.filter(run=None)
        return queryset.filter(run_id=int(chosen)) if _is_id(chosen) else queryset


class WrittenFilter(admin.SimpleListFilter):
    """Days of the company; `2026-08-01..2026-08-03` in the address chooses any."""

    title = "day"
    parameter_name = "written"
    _spans = {"today": (0, 0), "yesterday": (1, 1), "week": (6, 0), "month": (29, 0)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("today", "Today"),
            ("yesterday", "Yesterday"),
            ("week", "Last 7 days"),
            ("month", "Last 30 days"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        days = self._days(self.value() or "")
        if days is None:
            return queryset
        zone = Company.get().zone
        start, end = (start_of_day(day, zone) for day in (days[0], days[1] + timedelta(days=1)))
        return queryset.filter(created_at__gte=start, created_at__lt=end)

    def _days(self, chosen: str) -> tuple[date, date] | None:
        if chosen in self._spans:
            today = local_day(timezone.now(), Company.get().zone)
            first, last = (today - timedelta(days=back) for back in self._spans[chosen])
            return first, last
        first_day, _, last_day = chosen.partition("..")
        try:
            return read_day(first_day), read_day(last_day or first_day)
        except ValueError:
            return None


def _is_id(shown: str) -> bool:
    return shown.isascii() and shown.isdigit() and len(shown) < 19
