"""Schedules: when statements go out by themselves, with the next five dates."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin.document_list import pill
from customers.admin.figures import day_of, minute_of, short_day
from customers.admin.forms import CurrencyField, dress
from customers.admin.pages import act_page, demand, form_page, history_of
from customers.admin.roles import Right, RoleRights, may, sees_own_only
from customers.admin.zone import desk_zone
from customers.errors import Refused
from customers.ledger.events import record_fact
from customers.models import Company
from notifications.models import StatementSchedule
from notifications.runs import next_moments, period_of

# A change of one of these begins the rhythm anew.
_WHEN = {"enabled", "rhythm", "day_of_month", "weekday", "time_of_day"}


class ScheduleForm(forms.ModelForm[StatementSchedule]):
    currency = CurrencyField(required=False, help_text="Empty: all.")

    class Meta:
        model = StatementSchedule
        fields = [
            "name", "enabled", "rhythm", "day_of_month", "weekday", "time_of_day", "type", "items", "channel",
            "currency", "minimum_balance",
        ]  # fmt: skip
        widgets = {"time_of_day": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
        help_texts = {
            "day_of_month": "Monthly. 31 means the last day of every month.",
            "weekday": "Weekly.",
            "time_of_day": "In company time.",
            "minimum_balance": "Smaller balances are skipped.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def refuse(self, refused: Refused) -> None:
        self.add_error(refused.param if refused.param in self.fields else None, refused.message)


@admin.register(StatementSchedule)
class ScheduleAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    add_right = change_right = Right.SETTINGS
    list_display = ["name", "shown_when", "type", "channel", "shown_next", "shown_state"]
    ordering = ["name", "pk"]
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not sees_own_only(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(
            request, {"title": "Schedules", **(extra_context or {})}
        )
        return shown

    @admin.display(description="When")
    def shown_when(self, row: StatementSchedule) -> str:
        clock = row.time_of_day.strftime("%H:%M")
        if row.rhythm == StatementSchedule.Rhythm.WEEKLY:
            return f"{row.get_weekday_display()}s, {clock}"
        return f"Day {row.day_of_month} of the month, {clock}"

    @admin.display(description="Next")
    def shown_next(self, row: StatementSchedule) -> str:
        if not row.enabled:
            return "–"
        zone = desk_zone()
        return minute_of(next_moments(row, zone=zone, after=row.starts_after, count=1)[0].at, zone)

    @admin.display(description="State")
    def shown_state(self, row: StatementSchedule) -> SafeString:
        return pill("On", "success") if row.enabled else pill("Off", "")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path("<int:pk>/remove/", view(self.remove), name="notifications_statementschedule_remove")]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return self._form(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        return self._form(request, row)

    def _form(self, request: HttpRequest, row: StatementSchedule | None) -> HttpResponse:
        demand(request, Right.SEE if row and request.method == "GET" else Right.SETTINGS)
        zone = Company.get().zone
        form = ScheduleForm(request.POST or None, instance=row)
        may_change = may(request.user, Right.SETTINGS)
        for field in form.fields.values():
            field.disabled = not may_change
        return form_page(
            request,
            title=row.name if row else "New schedule",
            form=form,
            perform=lambda: _save(form),
            template="admin/desk/schedule.html",
            may_change=may_change,
            dates=_dates(row) if row else [],
            row=row,
            runs=[(run, day_of(run.end_at, zone)) for run in row.runs.order_by("-pk")[:5]] if row else [],
            history=history_of("statement_schedule", row.pk, zone) if row else [],
            back=reverse("admin:notifications_statementschedule_changelist"),
        )

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A schedule that has run stays for the history; it can be switched off."""
        demand(request, Right.SETTINGS)
        back = reverse("admin:notifications_statementschedule_changelist")

        def act() -> str:
            row = StatementSchedule.objects.get(pk=pk)
            if row.runs.exists():
                raise Refused("This schedule has started runs and cannot be deleted; switch it off instead.")
            _record(row, "deleted")
            row.delete()
            return back

        here = reverse("admin:notifications_statementschedule_change", args=[pk])
        return act_page(request, act=act, back=here, done="The schedule was deleted.")


def _dates(row: StatementSchedule) -> list[dict[str, str]]:
    """The next five dates and the days their statements cover."""
    zone = Company.get().zone
    found = []
    for moment in next_moments(row, zone=zone, after=max(row.starts_after, timezone.now()), count=5):
        first, last = period_of(row, moment.day)
        covers = f"{short_day(first)} to {short_day(last)}"
        if row.type == StatementSchedule.Type.OPEN_ITEM:
            covers = f"open as of {short_day(last)}"
        found.append({"at": minute_of(moment.at, zone), "covers": covers})
    return found


def _save(form: ScheduleForm) -> tuple[str, str]:
    with transaction.atomic():
        new = form.instance.pk is None
        row = form.save(commit=False)
        if new or _WHEN & set(form.changed_data):
            row.starts_after = timezone.now()
        row.save()
        _record(row, "created" if new else "updated")
    return reverse("admin:notifications_statementschedule_change", args=[row.pk]), f"{row.name} was saved."


def _record(row: StatementSchedule, act: str) -> None:
    data = {
        "name": row.name, "enabled": row.enabled, "rhythm": row.rhythm, "day_of_month": row.day_of_month,
        "weekday": row.weekday, "time_of_day": row.time_of_day.strftime("%H:%M"), "type": row.type,
        "channel": row.channel,
    }  # fmt: skip
    record_fact(
        type=f"statement_schedule.{act}", object_type="statement_schedule", object_id=str(row.pk),
        data={"object": data}, now=timezone.now(),
    )  # fmt: skip
