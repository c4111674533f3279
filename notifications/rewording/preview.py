"""How a wording reads for one customer, with that customer's own figures. Nothing is written or sent."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from customers.links import statement_url
from customers.models import Company, CreditNote, Customer, Invoice, Payment
from notifications.channels.email.mail import mail_page, mail_sender
from notifications.channels.sms.segments import Segments, segments
from notifications.composing import Letterbox, write_texts
from notifications.models import Message
from notifications.recipients import find_recipients
from notifications.rewording.trial import sample_words
from notifications.wording import (
    Subject,
    Variables,
    Wording,
    about_of,
    document_variables,
    statement_variables,
)
from statements.building import build_statement
from statements.document_facts import document_facts
from statements.statement import Options

_TOKEN = "x" * 24


@dataclass(frozen=True, slots=True)
class Look:
    """A message as its reader would see it. `page` is the mail's whole HTML, `about` what it is about."""

    subject: str
    text: str
    page: str = ""
    segments: Segments | None = None
    about: str = ""


def preview_wording(
    *, channel: str, wording: Wording, language: str, customer: Customer | None, now: datetime
) -> Look:
    """The message that this customer would get; without one, or without a document, a sample's.

    Raises Refused (`subject`, `message`) as sending would.
    """
    kind = about_of(channel, wording.name) or "statement"
    words, about = _words(kind, channel, language, customer, now)
    subject, text, page = write_texts(
        Letterbox(channel=channel, recipients=(), wording=wording), words, label=""
    )
    return look_of(channel=channel, subject=subject, text=text, page=page, language=language, about=about)


def look_of(*, channel: str, subject: str, text: str, page: str, language: str, about: str = "") -> Look:
    """Composed texts as their reader sees them."""
    if channel == "sms":
        return Look(subject="", text=text, segments=segments(text), about=about)
    if channel == "letter":
        return Look(subject=subject, text="", about=about)
    message = Message(html=page, language=language)
    return Look(subject, text, page=mail_page(message, mail_sender(), tracked=False), about=about)


def _words(
    kind: Subject, channel: str, language: str, customer: Customer | None, now: datetime
) -> tuple[Variables, str]:
    if customer is None:
        return sample_words(about=kind, language=language, now=now), "a sample customer"
    company, reader = Company.get(), copy(customer)
    reader.language = language
    name = _contact_name(channel, customer)
    if kind == "statement":
        statement = build_statement(
            customer=customer, options=Options(type="open_item", end=int(now.timestamp()))
        )
        words = statement_variables(
            statement=statement,
            company=company,
            customer=reader,
            url=statement_url(_TOKEN),
            contact_name=name,
        )
        return words, f"{customer.name}, open items as of now"
    row = _latest(kind, customer)
    if row is None:
        noun = "receipt" if kind == "payment" else kind.replace("_", " ")
        return sample_words(about=kind, language=language, now=now), f"a sample: no {noun} of {customer.name}"
    facts = document_facts(row, company=company, now=now)
    words = document_variables(row=row, document=facts, company=company, customer=reader, contact_name=name)
    return words, f"{customer.name}, {row}"


def _contact_name(channel: str, customer: Customer) -> str:
    contacts = list(customer.contacts.order_by("pk"))
    found = find_recipients(channel=channel, customer=customer, contacts=contacts)
    return found[0].name if found else customer.name


def _latest(kind: Subject, customer: Customer) -> Invoice | CreditNote | Payment | None:
    if kind == "invoice":
        return customer.invoices.filter(draft=False, voided_at=None).order_by("-date", "-pk").first()
    if kind == "credit_note":
        return customer.credit_notes.filter(draft=False, voided_at=None).order_by("-date", "-pk").first()
    received = customer.payments.filter(status=Payment.Status.SUCCEEDED, voided_at=None)
    return received.order_by("-date", "-pk").first()
