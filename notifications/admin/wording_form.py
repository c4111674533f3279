"""The editor of one wording: its form, its variables, its versions, and how it reads for a customer."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.urls import reverse

from customers.admin.figures import minute_of
from customers.admin.forms import DeskForm
from customers.errors import Refused
from customers.models import Customer
from notifications.admin.wording_list import edit_url
from notifications.models import MessageTemplate, TemplateVersion
from notifications.rewording import Words
from notifications.wording import (
    DESCRIPTIONS,
    SHIPPED,
    known_variables,
    shipped_wording,
)
from notifications.wording.phrases import languages

LANGUAGES = {
    "en": "English", "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese", "it": "Italian",
    "nl": "Dutch", "ja": "Japanese", "ar": "Arabic",
}  # fmt: skip


_SHIPPED = ", ".join(dict.fromkeys(name for names in SHIPPED.values() for name in names))


class NewWordingForm(DeskForm):
    """A kind of message of one's own, or one that ships in a further language."""

    channel = forms.ChoiceField(choices=MessageTemplate.Channel.choices)
    name = forms.SlugField(
        max_length=64, help_text=f"Programs ask for it by this name. What ships: {_SHIPPED}."
    )
    language = forms.RegexField(r"^[a-z]{2}$", help_text="Two small letters: en, de.", initial="en")


class WordingForm(DeskForm):
    """Subject and body; `customer` is only looked at for the preview."""

    refused_names = {"message": "body"}

    subject = forms.CharField(max_length=255, required=False, help_text="Empty: the usual one.")
    body = forms.CharField(widget=forms.Textarea(attrs={"rows": 14}), label="Message", strip=False)
    attach_pdf = forms.BooleanField(required=False, label="Attach the PDF")
    customer = forms.CharField(
        required=False, label="Preview with", help_text="Number or name of a customer. Empty: a sample."
    )

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel == "sms":
            del self.fields["subject"], self.fields["attach_pdf"]

    @property
    def words(self) -> Words:
        values = self.cleaned_data
        return Words(
            subject=values.get("subject", ""), body=values["body"], attach_pdf=values.get("attach_pdf", True)
        )


def first_words(channel: str, name: str, language: str, version: TemplateVersion | None) -> dict[str, Any]:
    """What the editor begins with: the version, else what ships; nothing for names of one's own."""
    if version is not None:
        return {"subject": version.subject, "body": version.body, "attach_pdf": version.attach_pdf}
    if any(kind == channel and name in names for (kind, _), names in SHIPPED.items()):
        wording = shipped_wording(channel=channel, name=name, language=language)
        return {"subject": wording.subject, "body": wording.body.strip(), "attach_pdf": True}
    return {"attach_pdf": True}


def describe_variables(channel: str, name: str) -> list[tuple[str, str, str]]:
    """Each variable with the tag to type and what it says."""
    shown = []
    for word in known_variables(channel=channel, name=name):
        tag = word.replace("…", "key")
        tag = "{{{" + tag + "}}}" if word.endswith("_button") else "{{" + tag + "}}"
        shown.append((word, tag, DESCRIPTIONS[word]))
    return shown


def describe_versions(template: MessageTemplate | None, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Newest first, with what each is: used, proposed, or left behind."""
    if template is None:
        return []
    return [
        {
            "number": row.number,
            "author": row.author,
            "when": minute_of(row.created_at, zone),
            "state": _state(row, template),
            "used": row.pk == template.current_id,
            "show": f"{edit_url(template.channel, template.name, template.language)}?version={row.number}",
            "use": reverse("admin:notifications_messagetemplate_use", args=[row.pk]),
        }
        for row in template.versions.order_by("-number")[:50]
    ]


def describe_languages(channel: str, name: str, language: str) -> list[tuple[str, str, bool]]:
    """Where the same kind of message is worded in other languages."""
    codes = dict.fromkeys([*LANGUAGES, *languages(), language])
    return [(LANGUAGES.get(code, code), edit_url(channel, name, code), code == language) for code in codes]


def find_reader(rows: Any, wanted: str) -> Customer | None:
    """The customer to preview with. Raises Refused when there is none of that number or name."""
    wanted = wanted.strip()
    if not wanted:
        return None
    found: Customer | None = rows.filter(number__iexact=wanted).first()
    found = found or rows.filter(Q(name__icontains=wanted)).order_by("name", "pk").first()
    if found is None:
        raise Refused(f"No customer is called {wanted}.", param="customer")
    return found


def _state(row: TemplateVersion, template: MessageTemplate) -> tuple[str, str]:
    if row.pk == template.current_id:
        return "In use", "success"
    if row.activated_at is None and (template.current is None or row.number > template.current.number):
        return "Proposed", "warning"
    return ("Used before", "") if row.activated_at else ("Not used", "")
