"""Wording of mails and texts that staff may change."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from customers.admin.forms import dress
from customers.admin.pages import act_page, demand, form_page
from customers.admin.roles import Right, RoleRights, may, sees_own_only
from customers.errors import Refused
from customers.ledger.events import record_fact
from notifications.composing_trial import try_wording
from notifications.models import MessageTemplate
from notifications.wording import (
    DOCUMENT_VARIABLES,
    SHIPPED,
    VARIABLES,
    Wording,
    about_of,
    check_template,
    find_wording,
)


class WordingForm(forms.ModelForm[MessageTemplate]):
    class Meta:
        model = MessageTemplate
        fields = ["channel", "name", "language", "subject", "body", "attach_pdf"]
        widgets = {"body": forms.Textarea(attrs={"rows": 12})}
        help_texts = {
            "name": "What ships: " + ", ".join(name for names in SHIPPED.values() for name in names) + ".",
            "language": "Two letters.",
            "subject": "Mails only.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_subject(self) -> str:
        return self._checked("subject")

    def clean_body(self) -> str:
        return self._checked("body")

    def clean(self) -> dict[str, Any]:
        """A text that no customer could be sent is refused here, not when a run is under way."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            wording = Wording(name=data["name"], subject=data["subject"], body=data["body"])
            try:
                try_wording(
                    channel=data["channel"], wording=wording, language=data["language"], now=timezone.now()
                )
            except Refused as refused:
                self.add_error("subject" if refused.param == "subject" else "body", refused.message)
        return data

    def _checked(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        try:
            check_template(text, param=name)
        except Refused as refused:
            raise forms.ValidationError(refused.message) from refused
        return text

    def refuse(self, refused: Refused) -> None:
        self.add_error(refused.param if refused.param in self.fields else None, refused.message)


@admin.register(MessageTemplate)
class WordingAdmin(RoleRights, ModelAdmin):  # type: ignore[misc]  # the theme carries no types
    add_right = change_right = Right.SETTINGS
    list_display = ["name", "channel", "language", "subject"]
    ordering = ["name", "language", "pk"]
    actions = None
    list_before_template = "admin/desk/wording_head.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and not sees_own_only(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown: HttpResponse = super().changelist_view(request, {"title": "Wording", **(extra_context or {})})
        return shown

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [path("<int:pk>/remove/", view(self.remove), name="notifications_messagetemplate_remove")]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return self._form(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._form(request, self.get_object(request, object_id))

    def _form(self, request: HttpRequest, row: MessageTemplate | None) -> HttpResponse:
        demand(request, Right.SEE if row and request.method == "GET" else Right.SETTINGS)
        form = WordingForm(request.POST or None, instance=row, initial=None if row else _shipped())
        back = reverse("admin:notifications_messagetemplate_changelist")
        may_change = may(request.user, Right.SETTINGS)
        for field in form.fields.values():
            field.disabled = not may_change
        return form_page(
            request, title=str(row) if row else "New wording", form=form,
            perform=lambda: (back, _save(form)),
            template="admin/desk/wording.html", row=row, variables=_variables(row), back=back,
            may_change=may_change,
        )  # fmt: skip

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, Right.SETTINGS)
        back = reverse("admin:notifications_messagetemplate_changelist")

        def act() -> str:
            row = MessageTemplate.objects.get(pk=pk)
            _record(row, "deleted")
            row.delete()
            return back

        return act_page(request, act=act, back=back, done="From now on the words that ship are used.")


def _variables(row: MessageTemplate | None) -> list[str]:
    """The words that this text may use; those of all kinds while it has no name yet."""
    about = about_of(row.channel, row.name) if row else None
    if row and about in (None, "statement"):
        return VARIABLES
    if about is not None and about != "statement":
        return DOCUMENT_VARIABLES[about]
    words = [VARIABLES, *DOCUMENT_VARIABLES.values()]
    return list(dict.fromkeys(word for kind in words for word in kind))


def _shipped() -> dict[str, Any]:
    """A new wording begins with the words that ship."""
    wording = find_wording(channel="email", name=None, language="en")
    return {"channel": "email", "name": wording.name, "subject": wording.subject, "body": wording.body}


def _save(form: WordingForm) -> str:
    with transaction.atomic():
        new = form.instance.pk is None
        row = form.save()
        _record(row, "created" if new else "updated")
    return f"{row} was saved."


def _record(row: MessageTemplate, act: str) -> None:
    data = {
        "name": row.name,
        "channel": row.channel,
        "language": row.language,
        "subject": row.subject,
        "body": row.body,
    }
    record_fact(
        type=f"message_template.{act}", object_type="message_template", object_id=str(row.pk),
        data={"object": data}, now=timezone.now(),
    )  # fmt: skip
