"""What the lists of the catalog share: for who moves money, our own form behind each row, acts below it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from customers.admin.pages import demand, form_page
from customers.admin.roles import Right, RoleRights


@dataclass(frozen=True, slots=True)
class Act:
    """A button below a form; with a question it asks first."""

    url: str
    title: str
    question: str = ""


class SettingsList(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """`title` stands above the list; `form_for` answers the form of a row, or of a new one."""

    view_right = add_right = change_right = Right.MONEY
    actions = None
    ordering = ["name", "pk"]
    title = ""

    def form_for(self, request: HttpRequest, row: Any) -> HttpResponse:
        raise NotImplementedError

    @property
    def list_url(self) -> str:
        return reverse(f"admin:customers_{self.opts.model_name}_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(request, {"title": self.title, **(extra_context or {})})
        return shown

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.MONEY)
        return self.form_for(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, Right.MONEY)
        row = self.get_object(request, object_id)
        if row is None:
            messages.warning(request, "What you were looking for is not there any more.")
            return HttpResponseRedirect(self.list_url)
        return self.form_for(request, row)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.change_view(request, object_id)

    def form_page(self, request: HttpRequest, *, acts: list[Act], **options: Any) -> HttpResponse:
        options = {"template": "admin/desk/settings_form.html", "back": self.list_url, **options}
        return form_page(request, acts=acts, **options)
