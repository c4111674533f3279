"""Wording of mails and texts that staff may change: finance proposes, admins put to use."""

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from customers.admin.pages import act_page, demand, form_page, page
from customers.admin.roles import Right, RoleRights, may, sees_own_only, visible_customers
from customers.errors import Refused
from customers.models import Company
from notifications.admin.wording_form import (
    NewWordingForm,
    WordingForm,
    describe_languages,
    describe_variables,
    describe_versions,
    find_reader,
    first_words,
)
from notifications.admin.wording_list import KINDS, describe_kinds, edit_url
from notifications.models import MessageTemplate, TemplateVersion
from notifications.rewording import (
    Look,
    activate_version,
    preview_wording,
    save_version,
    use_shipped,
)
from notifications.wording import Wording, check_words

LIST = "admin:notifications_messagetemplate_changelist"


@admin.register(MessageTemplate)
class WordingAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    """The pages are our own; the framework lends its addresses."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not sees_own_only(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "notifications_messagetemplate"
        one = "<slug:channel>/<slug:name>/<slug:language>/"
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("add/", view(self.add_view), name=f"{name}_add"),
            path(f"edit/{one}", view(self.edit), name=f"{name}_edit"),
            path(f"look/{one}", view(self.look), name=f"{name}_look"),
            path("use/<int:pk>/", view(self.use), name=f"{name}_use"),
            path("<int:pk>/shipped/", view(self.shipped), name=f"{name}_shipped"),
            path("<path:object_id>/change/", view(self.change_view), name=f"{name}_change"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self._see(request)
        return page(
            request, "admin/desk/wordings.html", title="Wording", kinds=describe_kinds(Company.get()),
            add_url=reverse("admin:notifications_messagetemplate_add"),
        )  # fmt: skip

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        demand(request, Right.PROPOSE)
        form = NewWordingForm(request.POST or None, initial={"language": Company.get().language})
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            return HttpResponseRedirect(edit_url(values["channel"], values["name"], values["language"]))
        return form_page(
            request, title="New wording", form=form, perform=lambda: ("", ""), button="Write it",
            back=reverse(LIST),
        )  # fmt: skip

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        self._see(request)
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404("There is no such wording.")
        return HttpResponseRedirect(edit_url(row.channel, row.name, row.language))

    def edit(self, request: HttpRequest, channel: str, name: str, language: str) -> HttpResponse:
        """The editor; posting saves a version, as a proposal or to be used at once."""
        self._see(request)
        _known(channel, language)
        if request.method == "POST":
            demand(request, Right.PROPOSE)
        rows = MessageTemplate.objects.select_related("current")
        template = rows.filter(channel=channel, name=name, language=language).first()
        version = _chosen(request, template)
        first = first_words(channel, name, language, version)
        form = WordingForm(request.POST or None, channel=channel, initial=first)
        may_change = may(request.user, Right.PROPOSE)
        for field in form.fields.values():
            field.disabled = not may_change
        here = edit_url(channel, name, language)
        activate = request.POST.get("act") == "use" and may(request.user, Right.SETTINGS)

        def perform() -> tuple[str, str]:
            saved = save_version(
                channel=channel, name=name, language=language, words=form.words, activate=activate,
                now=timezone.now(),
            )  # fmt: skip
            done = "is used from now on" if activate else "was saved as a proposal"
            return here, f"Version {saved.number} {done}."

        return form_page(
            request, title=f"{KINDS.get(name, name)} ({language})", form=form, perform=perform,
            template="admin/desk/wording.html", back=reverse(LIST), channel=channel, name=name,
            row=template, version=version, may_change=may_change,
            look_url=reverse("admin:notifications_messagetemplate_look", args=[channel, name, language]),
            look=self._look(request, request.POST or first, channel, name, language),
            variables=describe_variables(channel, name),
            languages=describe_languages(channel, name, language),
            versions=describe_versions(template, Company.get().zone),
        )  # fmt: skip

    def look(self, request: HttpRequest, channel: str, name: str, language: str) -> HttpResponse:
        """How the words in the form read, for the page to show beside it."""
        self._see(request)
        _known(channel, language)
        look = self._look(request, request.POST, channel, name, language)
        return render(request, "admin/desk/look.html", {"look": look})

    def use(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.SETTINGS)
        version = TemplateVersion.objects.select_related("template").filter(pk=pk).first()
        if version is None:
            raise Http404("There is no such version.")
        row = version.template
        here = edit_url(row.channel, row.name, row.language)

        def act() -> str:
            activate_version(version=version, now=timezone.now())
            return here

        return act_page(request, act=act, back=here, done=f"Version {version.number} is used from now on.")

    def shipped(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.SETTINGS)
        row = MessageTemplate.objects.filter(pk=pk).first()
        if row is None:
            raise Http404("There is no such wording.")
        here = edit_url(row.channel, row.name, row.language)

        def act() -> str:
            use_shipped(template=row, now=timezone.now())
            return here

        return act_page(request, act=act, back=here, done="From now on the words that ship are used.")

    def _see(self, request: HttpRequest) -> None:
        demand(request, Right.SEE)
        if not self.has_view_permission(request):
            raise Http404("Wording is about all customers.")

    def _look(
        self, request: HttpRequest, said: Mapping[str, Any], channel: str, name: str, language: str
    ) -> dict[str, Any]:
        """The preview as plain values: the message, or why there is none."""
        subject, body = (str(said.get(part) or "").replace("\r\n", "\n") for part in ("subject", "body"))
        wording = Wording(name=name, subject=subject if channel == "email" else "", body=body)
        try:
            reader = find_reader(visible_customers(request), str(said.get("customer") or ""))
            check_words(channel=channel, wording=wording)
            found: Look = preview_wording(
                channel=channel, wording=wording, language=language, customer=reader, now=timezone.now()
            )
        except Refused as refused:
            return {"refusal": refused.message}
        return {"channel": channel, "message": found}


def _known(channel: str, language: str) -> None:
    if channel not in MessageTemplate.Channel.values or not re.fullmatch("[a-z]{2}", language):
        raise Http404("There is no such wording.")


def _chosen(request: HttpRequest, template: MessageTemplate | None) -> TemplateVersion | None:
    """The version that was asked for, else the newest proposal, else the one in use."""
    if template is None:
        return None
    wanted = request.GET.get("version", "")
    if wanted.isascii() and wanted.isdigit():
        return template.versions.filter(number=int(wanted[:9])).first() or template.current
    newest = template.versions.order_by("-number").first()
    return newest if newest is not None and newest.activated_at is None else template.current
