"""Statement runs: the form with its dry run, the live page, and the levers."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin.document_list import pill
from customers.admin.figures import minute_of
from customers.admin.forms import today
from customers.admin.once import FIELD, do_once, new_form_token
from customers.admin.pages import act_page, demand, page
from customers.admin.registry import ListAction, add_list_action
from customers.admin.roles import Right, RoleRights, sees_own_only
from customers.admin.zone import desk_zone
from customers.errors import Refused
from customers.models import Company, Customer
from notifications import tasks
from notifications.admin.run_form import RunForm, remember_selection, selected
from notifications.admin.run_page import (
    STATE_COLOURS,
    describe_preview,
    describe_run_page,
    items_of,
    stoppable_letters,
    title_of,
)
from notifications.delivering import want_stopped
from notifications.models import Message, StatementRun
from notifications.runs import (
    RunRequest,
    cancel_run,
    pause_run,
    preview_run,
    resume_run,
    retry_failed,
    start_run,
)
from notifications.runs.starting import describe_run

State = StatementRun.State


@admin.register(StatementRun)
class RunAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    add_right = Right.RUN
    list_display = [
        "shown_title",
        "shown_state",
        "shown_channel",
        "selection",
        "shown_counts",
        "shown_started",
    ]
    list_display_links = ["shown_title"]
    list_filter = ["state", "type"]
    list_select_related = ["schedule"]
    list_per_page = 25
    list_fullwidth = True
    ordering = ["-pk"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatementRun]:
        """With the counts of the list, whatever its length."""
        rows: QuerySet[StatementRun] = super().get_queryset(request)
        return rows.annotate(
            sent_count=Count("run_items", filter=Q(run_items__outcome="sent")),
            failed_count=Count("run_items", filter=Q(run_items__outcome="failed")),
            skipped_count=Count("run_items", filter=Q(run_items__outcome="skipped")),
            unknown_count=Count("run_items", filter=Q(run_items__outcome="unknown")),
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not sees_own_only(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(
            request, {"title": "Statement runs", **(extra_context or {})}
        )
        return shown

    @admin.display(description="Run")
    def shown_title(self, run: StatementRun) -> str:
        return title_of(run, desk_zone())

    @admin.display(description="State", ordering="state")
    def shown_state(self, run: StatementRun) -> SafeString:
        return pill(run.get_state_display(), STATE_COLOURS.get(State(run.state), ""))

    @admin.display(description="Channel")
    def shown_channel(self, run: StatementRun) -> str:
        return run.channel.capitalize()

    @admin.display(description="Sent / failed / skipped / unclear")
    def shown_counts(self, run: StatementRun) -> str:
        counts = vars(run)  # annotated by get_queryset
        names = ("sent", "failed", "skipped", "unknown")
        return " / ".join(str(counts[f"{name}_count"]) for name in names)

    @admin.display(description="Started", ordering="created_at")
    def shown_started(self, run: StatementRun) -> str:
        return minute_of(run.created_at, desk_zone())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/progress/", view(self.progress), name="notifications_statementrun_progress"),
            path("<int:pk>/act/<slug:act>/", view(self.act), name="notifications_statementrun_act"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """First the words, then what they would do, then the start."""
        demand(request, Right.RUN)
        first = {"end_day": today(), "selection": request.GET.get("selection", "")}
        form = RunForm(request.POST or None, initial=first)
        preview, status = None, 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    wanted = form.request_for(request)
                    if "start" in request.POST:
                        return self._start(request, wanted)
                    found = preview_run(run=describe_run(request=wanted, now=timezone.now()))
                    preview, status = describe_preview(found), 200
                except Refused as refused:
                    form.refuse(refused)
        ids = selected(request, form["selection"].value() or "")
        answer = page(
            request, "admin/desk/run_form.html", title="New statement run", form=form, preview=preview,
            chosen=None if ids is None else len(ids), once=request.POST.get(FIELD) or new_form_token(),
            back=reverse("admin:notifications_statementrun_changelist"),
        )  # fmt: skip
        answer.status_code = status
        return answer

    def _start(self, request: HttpRequest, wanted: RunRequest) -> HttpResponse:
        new: list[bool] = []

        def act() -> str:
            run, is_new = start_run(request=wanted, now=timezone.now())
            new.append(is_new)
            if run.state == State.PLANNING:
                tasks.ring(tasks.plan_run, run_id=run.pk)
            return _url(run.pk)

        url, _ = do_once(request, act)
        if new and not new[0]:
            messages.info(
                request, "This very run was started before: here it is, and nothing was sent twice. "
                "Start it again below if you mean it.",
            )  # fmt: skip
        return HttpResponseRedirect(url)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        run = self._run(request, object_id)
        zone = Company.get().zone
        return page(
            request, "admin/desk/run.html", title=title_of(run, zone),
            back=reverse("admin:notifications_statementrun_changelist"),
            may_repeat=run.schedule_id is None and run.state in (State.FINISHED, State.CANCELED),
            stoppable=stoppable_letters(run), **describe_run_page(run, zone), **items_of(run, request),
        )  # fmt: skip

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The polled part; once the run has ended, the whole page is loaded anew."""
        run = self._run(request, pk)
        shown = page(
            request, "admin/desk/run_progress.html", title="", **describe_run_page(run, Company.get().zone)
        )
        if run.state not in StatementRun.ACTIVE_STATES:
            shown["HX-Refresh"] = "true"
        return shown

    def act(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        demand(request, Right.RUN)
        run = self._run(request, pk)
        acts = {"pause", "resume", "cancel", "retry", "again", "stop-letters"}
        if act not in acts:
            raise Http404("There is no such act.")
        return act_page(request, act=lambda: _steer(run, act, request), back=_url(pk), done="")

    def _run(self, request: HttpRequest, pk: Any) -> StatementRun:
        demand(request, Right.SEE)
        try:
            if sees_own_only(request.user):
                raise StatementRun.DoesNotExist
            return StatementRun.objects.select_related("schedule").get(pk=pk)
        except (StatementRun.DoesNotExist, ValueError) as missing:
            raise Http404("There is no such run.") from missing


def _steer(run: StatementRun, act: str, request: HttpRequest) -> str:
    now = timezone.now()
    if act == "pause":
        pause_run(run=run, reason=request.POST.get("reason", ""), now=now)
    elif act == "resume" and resume_run(run=run, now=now):
        tasks.ring(tasks.plan_run, run_id=run.pk)
    elif act == "cancel":
        cancel_run(run=run, now=now)
        tasks.ring(tasks.announce_canceled)
        tasks.ring_asking()
    elif act == "stop-letters":
        count = want_stopped(messages=Message.objects.filter(run=run), now=now)
        messages.success(request, f"{count} letters are taken back; this page shows how far that is.")
        tasks.ring_asking()
    elif act == "retry":
        messages.success(request, f"{retry_failed(run=run, now=now)} messages were queued again.")
        tasks.ring_channels()
    elif act == "again":
        return _again(run, request)
    return _url(run.pk)


def _again(run: StatementRun, request: HttpRequest) -> str:
    """The same words once more, with a reason that stays in the audit trail."""
    reason, zone = request.POST.get("reason", "").strip(), Company.get().zone
    if not reason:
        raise Refused("Say why this run is started again.", param="reason")
    wanted = RunRequest(
        type=run.type,
        channel=run.channel,
        start_day=run.start_at.astimezone(zone).date() if run.start_at else None,
        end_day=run.end_at.astimezone(zone).date(),
        items=run.items,
        currency=run.currency or None,
        customer_ids=run.customer_ids,
        minimum_balance=run.minimum_balance,
    )
    repeated, _ = start_run(request=wanted, now=timezone.now(), again=reason)
    tasks.ring(tasks.plan_run, run_id=repeated.pk)
    return _url(repeated.pk)


def _url(pk: int) -> str:
    return reverse("admin:notifications_statementrun_change", args=[pk])


def run_for_selection(request: HttpRequest, customers: QuerySet[Customer]) -> HttpResponse:
    """The list's action: the form of a run, for the chosen customers or all of them."""
    demand(request, Right.RUN)
    ids = list(customers.order_by("pk").values_list("pk", flat=True))
    form = reverse("admin:notifications_statementrun_add")
    if len(ids) == Customer.objects.count():
        return HttpResponseRedirect(form)
    return HttpResponseRedirect(f"{form}?selection={remember_selection(request, ids)}")


add_list_action(ListAction("send_statements", "Send statements…", run_for_selection, Right.RUN))
