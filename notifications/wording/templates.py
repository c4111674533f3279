"""Which words a message uses: those staff wrote for its language, else those that ship."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from customers.errors import Refused
from customers.models import Company
from notifications.models import MessageTemplate, TemplateVersion
from notifications.wording.phrases import FALLBACK, languages, phrase

Subject = Literal["statement", "invoice", "credit_note", "payment"]

EMAIL_TEMPLATE = "statement_email"
SMS_TEMPLATE = "statement_sms"
NEW_INVOICE, UNPAID_INVOICE, LATE_INVOICE = (
    "new_invoice_email",
    "unpaid_invoice_email",
    "late_payment_reminder_email",
)
INVOICE_SMS = "invoice_sms"

LONGEST_SUBJECT = 255
LONGEST_MESSAGE = 65_535

# What ships, by channel and by what a message is about; the first is used when none is named.
SHIPPED: Mapping[tuple[str, Subject], tuple[str, ...]] = {
    ("email", "statement"): (EMAIL_TEMPLATE,),
    ("email", "invoice"): (NEW_INVOICE, UNPAID_INVOICE, LATE_INVOICE),
    ("email", "credit_note"): ("credit_note_email",),
    ("email", "payment"): ("payment_receipt_email",),
    ("sms", "statement"): (SMS_TEMPLATE,),
    ("sms", "invoice"): (INVOICE_SMS,),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject and body before their words are filled in; `version` is whose words of staff these are."""

    name: str
    subject: str
    body: str
    attach_pdf: bool = True
    version: TemplateVersion | None = None


def find_wording(*, channel: str, name: str | None, language: str, about: Subject = "statement") -> Wording:
    """The wording of a kind of message, in the language, else the company's, else English.

    The language goes first: staff's words in it, else those that ship in it, and only for a kind of
    staff's own, or a language that nothing ships in, their words in another one.

    Raises Refused (`template`) for a name that nobody wrote, and for one that ships for something
    else: an invoice does not fill the words of a statement.
    """
    shipped = SHIPPED[channel, about]
    name = name or shipped[0]
    if name not in shipped and about_of(channel, name) is not None:
        raise Refused(f"The template {name} is not for this kind of message.", param="template")
    rows = MessageTemplate.objects.filter(channel=channel, name=name, current__isnull=False)
    used = {row.language: row.current for row in rows.select_related("current").order_by("pk")}
    for each in dict.fromkeys((language, Company.get().language, FALLBACK)):
        if version := used.get(each):
            return worded(name, version)
        if name in shipped and each in languages():
            return shipped_wording(channel=channel, name=name, language=each)
    if version := next(iter(used.values()), None):
        return worded(name, version)
    raise Refused(f"There is no template {name}.", param="template")


def worded(name: str, version: TemplateVersion) -> Wording:
    """A version of staff as a wording; without a subject of its own it has the usual one."""
    subject = version.subject if version.subject.strip() else _usual_subject(version.template)
    return Wording(
        name=name, subject=subject, body=version.body, attach_pdf=version.attach_pdf, version=version
    )


def _usual_subject(template: MessageTemplate) -> str:
    """Nothing for texts and for names that do not ship."""
    if template.channel != "email" or about_of(template.channel, template.name) is None:
        return ""
    language = template.language if template.language in languages() else FALLBACK
    return phrase(f"{template.name}_subject", language)


def shipped_wording(*, channel: str, name: str, language: str) -> Wording:
    """The words that ship for one of the shipped names."""
    return Wording(
        name=name,
        subject=phrase(f"{name}_subject", language) if channel == "email" else "",
        body=phrase(f"{name}_body", language),
    )


def about_of(channel: str, name: str) -> Subject | None:
    """What a shipped template is about; None for names that do not ship."""
    found = (about for (kind, about), names in SHIPPED.items() if kind == channel and name in names)
    return next(found, None)


def chosen_wording(
    *,
    channel: str,
    name: str | None,
    language: str,
    about: Subject = "statement",
    subject: str | None = None,
    message: str | None = None,
) -> Wording:
    """The wording of one send: a template with the request's own words in the place of its words.

    Raises Refused (`template`, `subject`, `message`). Letters have no words of their own.
    """
    if channel == "letter":
        return Wording(name="", subject="", body="")
    if subject and re.search(r"[\r\n]", subject):
        raise Refused("The subject cannot hold line breaks.", param="subject")
    if subject and len(subject) > LONGEST_SUBJECT:
        raise Refused(f"The subject can have at most {LONGEST_SUBJECT} characters.", param="subject")
    if message and len(message) > LONGEST_MESSAGE:
        raise Refused(f"The message can have at most {LONGEST_MESSAGE} characters.", param="message")
    wording = find_wording(channel=channel, name=name, language=language, about=about)
    if message:
        wording = replace(wording, body=message, version=None)
    return replace(wording, subject=subject or wording.subject)
