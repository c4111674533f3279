"""To-dos in the back office: the list of all, and the forms that a customer's page leads to."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from customers.admin.document_list import choose_customer, customer_of, pill
from customers.admin.figures import day_of
from customers.admin.forms import DayField, DeskForm, moment_of, today
from customers.admin.pages import act_page, demand, form_page
from customers.admin.roles import Right, RoleRights, may, own_rows
from customers.admin.settings_list import Act
from customers.admin.zone import desk_zone
from customers.dates import local_day
from customers.ledger.tasks import create_task, delete_task, update_task
from customers.models import Company, Customer, Task, User


class TaskForm(DeskForm):
    refused_names = {"user_id": "user", "customer_id": ""}

    name = forms.CharField(label="What", max_length=255)
    action = forms.ChoiceField(label="How", choices=Task.Action.choices)
    due_date = DayField(label="Due")
    user = forms.ModelChoiceField(
        label="Who", queryset=User.objects.none(), required=False, empty_label="Nobody yet"
    )

    def __init__(self, data: Any, *, initial: dict[str, Any], task: Task | None = None) -> None:
        super().__init__(data, initial=initial)
        staff = Q(is_active=True, is_staff=True) | Q(pk=task.user_id if task else None)
        self.fields["user"].queryset = User.objects.filter(staff).order_by("username")  # type: ignore[attr-defined]


@admin.register(Task)
class TaskAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """All to-dos, the most urgent first; account managers have those of their own customers."""

    add_right = change_right = Right.EDIT_ACCOUNTS
    list_display = ["shown_due", "name", "shown_customer", "shown_action", "shown_user", "shown_state"]
    list_display_links = ["name"]
    list_filter = ["complete", "action", ("user", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["customer", "user"]
    list_per_page = 50
    ordering = ["complete", "due_date", "pk"]
    search_fields = ["name", "customer__name", "customer__number"]
    search_help_text = "Task or customer"
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        return own_rows(super().get_queryset(request), request.user)

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """Who may not edit has no page to go to."""
        return self.list_display_links if may(request.user, Right.EDIT_ACCOUNTS) else None

    @admin.display(description="Due", ordering="due_date")
    def shown_due(self, task: Task) -> str:
        return day_of(task.due_date, desk_zone())

    @admin.display(description="Customer", ordering="customer__name")
    def shown_customer(self, task: Task) -> str:
        return task.customer.name

    @admin.display(description="How", ordering="action")
    def shown_action(self, task: Task) -> str:
        return task.get_action_display()

    @admin.display(description="Who")
    def shown_user(self, task: Task) -> str:
        return str(task.user or "–")

    @admin.display(description="State")
    def shown_state(self, task: Task) -> SafeString:
        return pill(*task_state(task))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/complete/", view(self.complete), name="customers_task_complete"),
            path("<int:pk>/remove/", view(self.remove), name="customers_task_remove"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.EDIT_ACCOUNTS)
        customer = customer_of(request)
        if customer is None:
            return choose_customer(request, title="New task: about whom?")
        form = TaskForm(request.POST or None, initial={"due_date": today(), "user": request.user})
        return form_page(
            request, title=f"New task for {customer.name}", form=form, button="Add task",
            perform=lambda: _create(form, customer), back=tab_url(customer.pk),
        )  # fmt: skip

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.EDIT_ACCOUNTS)
        task = self._task(request, object_id)
        zone = Company.get().zone
        first = {
            "name": task.name, "action": task.action, "due_date": local_day(task.due_date, zone),
            "user": task.user_id,
        }  # fmt: skip
        form = TaskForm(request.POST or None, initial=first, task=task)
        return form_page(
            request, title=task.name, form=form, perform=lambda: _change(form, task),
            template="admin/desk/settings_form.html", back=tab_url(task.customer_id), acts=_acts(task),
            facts=[("Customer", task.customer.name), ("State", task_state(task)[0])],
        )  # fmt: skip

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def complete(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Done, or to be done again."""
        demand(request, Right.EDIT_ACCOUNTS)
        task = self._task(request, pk)

        def act() -> str:
            update_task(task=task, changes={"complete": not task.complete}, now=timezone.now())
            return tab_url(task.customer_id)

        done = f"{task.name} is {'open again' if task.complete else 'done'}."
        return act_page(request, act=act, back=tab_url(task.customer_id), done=done)

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.EDIT_ACCOUNTS)
        task = self._task(request, pk)

        def act() -> str:
            delete_task(task=task, now=timezone.now())
            return tab_url(task.customer_id)

        return act_page(request, act=act, back=tab_url(task.customer_id), done="The task was deleted.")

    def _task(self, request: HttpRequest, pk: Any) -> Task:
        task: Task | None = self.get_object(request, str(pk))
        if task is None:
            raise Http404("There is no such task.")
        return task


def tab_url(customer_id: int) -> str:
    return reverse("admin:customers_customer_change", args=[customer_id]) + "?tab=notes"


def task_state(task: Task) -> tuple[str, str]:
    """A word and the colour of its pill."""
    if task.complete:
        return f"Done {day_of(task.completed_date, desk_zone())}", ""
    late = local_day(task.due_date, desk_zone()) < today()
    return ("Late", "danger") if late else ("Open", "info")


def _acts(task: Task) -> list[Act]:
    complete = reverse("admin:customers_task_complete", args=[task.pk])
    remove = reverse("admin:customers_task_remove", args=[task.pk])
    return [
        Act(complete, "Open again" if task.complete else "Done"),
        Act(remove, "Delete", "Delete this task?"),
    ]


def _create(form: TaskForm, customer: Customer) -> tuple[str, str]:
    values, now = form.cleaned_data, timezone.now()
    due = moment_of(values["due_date"], zone=Company.get().zone, now=now) or now
    create_task(customer=customer, now=now, **{**values, "due_date": due})
    return tab_url(customer.pk), "The task was added."


def _change(form: TaskForm, task: Task) -> tuple[str, str]:
    values, now = dict(form.cleaned_data), timezone.now()
    day = values.pop("due_date")
    if "due_date" in form.changed_data:
        values["due_date"] = moment_of(day, zone=Company.get().zone, now=now)
    update_task(task=task, changes=values, now=now)
    return tab_url(task.customer_id), "The task was saved."
