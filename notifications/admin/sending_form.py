"""To whom, on which channel and in which words one statement goes: the form and what it begins with."""

from collections.abc import Sequence
from typing import Any

from django import forms

from customers.admin.forms import DeskForm
from customers.errors import Refused
from customers.models import Company, Contact, Customer
from notifications.channels.email.blocking import blocked_among, key_of
from notifications.models import Message, MessageTemplate
from notifications.recipients import find_recipients, is_email
from notifications.wording import SHIPPED, Wording, about_of, find_wording
from statements.admin.preview import OptionsForm

_TITLES = {"statement_email": "Statement", "statement_sms": "Statement"}
NOBODY = "Choose at least one recipient."


class SendForm(DeskForm):
    """Whom to and in which words. What is left as it was means: as usual."""

    channel = forms.ChoiceField(choices=Message.Channel.choices, initial="email")
    mail_to = forms.MultipleChoiceField(
        required=False, label="Email to", widget=forms.CheckboxSelectMultiple, choices=[]
    )
    text_to = forms.MultipleChoiceField(
        required=False, label="Text to", widget=forms.CheckboxSelectMultiple, choices=[]
    )
    to = forms.CharField(
        required=False, label="Others", help_text="More addresses or numbers, separated by commas."
    )
    bcc = forms.CharField(
        required=False, label="Blind copies", max_length=1000, help_text="Addresses separated by commas."
    )
    mail_template = forms.ChoiceField(required=False, label="Template", choices=[])
    text_template = forms.ChoiceField(required=False, label="Template", choices=[])
    subject = forms.CharField(required=False, max_length=255)
    message = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text="Words in {{braces}} are filled in.",
        strip=False,
    )
    # Says that the ticks were there to be taken away; programs that leave them out mean the usual people.
    chosen = forms.CharField(required=False, initial="1", widget=forms.HiddenInput)

    # Which entries belong to which channels; the page shows the others' only without scripts.
    channels_of = {
        "mail_to": "email", "text_to": "sms", "to": "email sms", "bcc": "email", "mail_template": "email",
        "text_template": "sms", "subject": "email", "message": "email sms",
    }  # fmt: skip

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        self.customer, self.company = customer, Company.get()
        self.people = list(customer.contacts.order_by("name", "pk"))
        self.language = customer.language or self.company.language
        self.wordings = _wordings(self.language)
        kwargs["initial"] = {**self._first(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self._offer("mail_to", _mail_choices(customer, self.people))
        self._offer("text_to", _text_choices(self.people))
        for name, channel in (("mail_template", "email"), ("text_template", "sms")):
            names = [name for kind, name in self.wordings if kind == channel]
            self._offer(name, [(each, _TITLES.get(each, each)) for each in names])

    @property
    def about(self) -> list[forms.BoundField]:
        """Entries about the statement itself."""
        return [self[name] for name in self.fields if name not in (*self.channels_of, "channel", "chosen")]

    @property
    def by_channel(self) -> list[tuple[str, forms.BoundField]]:
        """Entries about the message, each with the channels that it is for."""
        return [(channels, self[name]) for name, channels in self.channels_of.items()]

    def _offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _first(self) -> dict[str, Any]:
        usual = find_recipients(
            channel="email", customer=self.customer, contacts=self.people,
            blocked=blocked_among([self.customer.email, *(person.email for person in self.people)]),
        )  # fmt: skip
        numbers = find_recipients(channel="sms", customer=self.customer, contacts=self.people)
        wording = self.wordings["email", SHIPPED["email", "statement"][0]]
        return {
            "mail_to": [recipient.key for recipient in usual],
            "text_to": [recipient.key for recipient in numbers],
            "bcc": self.company.bcc,
            "subject": wording.subject,
            "message": wording.body.strip(),
        }

    @property
    def shipped_words(self) -> dict[str, dict[str, str]]:
        """For the page: what each template says, to put in the place of what was not changed."""
        return {
            f"{channel}:{name}": {"subject": wording.subject, "message": wording.body.strip()}
            for (channel, name), wording in self.wordings.items()
        }

    @property
    def words(self) -> dict[str, Any]:
        """What a send takes. Raises Refused when nobody was chosen."""
        values = self.cleaned_data
        channel = values["channel"]
        if channel == "letter":
            return {"channel": channel}
        mail = channel == "email"
        template = values["mail_template" if mail else "text_template"] or None
        said: dict[str, Any] = {
            "channel": channel,
            "to": self._people(channel),
            "template": template,
            "message": self._own("message", values["message"]),
        }
        if mail:
            bcc = values["bcc"]
            said["subject"] = self._own("subject", values["subject"])
            said["bcc"] = None if bcc == self.company.bcc or not values["chosen"] else bcc
        return said

    def _people(self, channel: str) -> list[dict[str, str]] | None:
        values = self.cleaned_data
        key, ticked = ("phone", values["text_to"]) if channel == "sms" else ("email", values["mail_to"])
        others = [part.strip() for part in values["to"].replace(";", ",").split(",") if part.strip()]
        named = _names(channel, self.customer, self.people)
        found = [{key: each, **({"name": named[each]} if each in named else {})} for each in ticked]
        found += [{key: each} for each in others]
        if not found and values["chosen"]:
            raise Refused(NOBODY, param="to")
        return found or None

    def _own(self, part: str, said: str) -> str | None:
        """What was written, unless it is what a template says anyway."""
        said = said.replace("\r\n", "\n").strip()
        usual = {
            getattr(w, "subject" if part == "subject" else "body").strip() for w in self.wordings.values()
        }
        return None if said in usual else said or None

    def refuse(self, refused: Refused) -> None:
        name = (refused.param or "").partition(".")[0].partition("[")[0]
        name = {"template": "mail_template"}.get(name, name)
        self.add_error(name if name in self.fields else None, refused.message)


class StatementForm(OptionsForm, SendForm):
    """Which statement, too."""

    field_order: tuple[str, ...] = (
        "type", "start", "end", "items", "currency", "accounts", "channel", "mail_to", "text_to", "to", "bcc",
        "mail_template", "text_template", "subject", "message", "chosen",
    )  # fmt: skip

    def refuse(self, refused: Refused) -> None:
        if refused.param in ("type", "start", "end", "items", "currency"):
            self.add_error(refused.param, refused.message)
        else:
            SendForm.refuse(self, refused)


def _wordings(language: str) -> dict[tuple[str, str], Wording]:
    """The templates that fit statements, each with the words it has in this language."""
    used = (
        MessageTemplate.objects.filter(current__isnull=False).order_by("name").values_list("channel", "name")
    )
    found: dict[tuple[str, str], Wording] = {}
    for channel in ("email", "sms"):
        own = [name for kind, name in used if kind == channel and about_of(channel, name) is None]
        for name in (*SHIPPED[channel, "statement"], *dict.fromkeys(own)):
            found[channel, name] = find_wording(channel=channel, name=name, language=language)
    return found


def _mail_choices(customer: Customer, people: Sequence[Contact]) -> list[tuple[str, str]]:
    shown: dict[str, str] = {}
    for person in people:
        if is_email(person.email.strip()):
            primary = ", primary" if person.primary else ""
            shown.setdefault(key_of(person.email), f"{person.name} <{person.email}>{primary}")
    if is_email(customer.email.strip()):
        shown.setdefault(key_of(customer.email), f"{customer.email}, the account's own")
    blocked = blocked_among(shown)
    return [(key, f"{label} – blocked" if key in blocked else label) for key, label in shown.items()]


def _text_choices(people: Sequence[Contact]) -> list[tuple[str, str]]:
    agreed = find_recipients(channel="sms", customer=Customer(), contacts=people)
    return [(recipient.key, f"{recipient.name} {recipient.shown}") for recipient in agreed]


def _names(channel: str, customer: Customer, people: Sequence[Contact]) -> dict[str, str]:
    if channel == "sms":
        return {r.key: r.name for r in find_recipients(channel="sms", customer=customer, contacts=people)}
    return {key_of(person.email): person.name for person in reversed(people) if person.email}
