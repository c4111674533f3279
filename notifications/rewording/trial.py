"""Tries a wording before it is kept: the same words and limits as in earnest, with made-up facts."""

from datetime import datetime

from customers.links import statement_url
from customers.models import Company, CreditNote, Customer, Invoice, Payment
from notifications.composing import Letterbox, write_texts
from notifications.wording import (
    Subject,
    Variables,
    Wording,
    about_of,
    document_variables,
    statement_variables,
)
from statements.document import BilledDocument
from statements.statement import Aging, Member, Memo, Options, Statement

_TOKEN = "x" * 43
_OWED = 123_450


def try_wording(*, channel: str, wording: Wording, language: str, now: datetime) -> None:
    """Compose a message of this wording and throw it away.

    Raises Refused (`subject`, `message`) for what cannot be rendered and for what the channel cannot
    carry: a text message that is empty or too long. Names that do not ship are tried as statements.
    """
    words = sample_words(about=about_of(channel, wording.name) or "statement", language=language, now=now)
    write_texts(Letterbox(channel=channel, recipients=(), wording=wording), words, label="")


def sample_words(*, about: Subject, language: str, now: datetime) -> Variables:
    """Every variable of one kind of message, with made-up facts of a made-up customer."""
    company = Company.get()
    customer = Customer(
        name="Sample Customer", number="C-00001", language=language, country=company.country, metadata={}
    )
    if about == "statement":
        return _statement_words(company, customer, now)
    return _document_words(about, company, customer, now)


def _statement_words(company: Company, customer: Customer, now: datetime) -> Variables:
    member = Member(0, customer.name, customer.number)
    end = int(now.timestamp())
    statement = Statement(
        options=Options(type="balance_forward", start=end - 30 * 86_400, end=end),
        currency=company.currency,
        member=member,
        members=(member,),
        aging=Aging((_OWED, 0, 0, 0, 0)),
        memo=Memo(),
        open_total=_OWED,
        total=_OWED,
    )
    return statement_variables(
        statement=statement,
        company=company,
        customer=customer,
        url=statement_url(_TOKEN),
        contact_name="Sam Sample",
    )


def _document_words(about: Subject, company: Company, customer: Customer, now: datetime) -> Variables:
    at = int(now.timestamp())
    rows: dict[Subject, Invoice | CreditNote | Payment]
    rows = {"invoice": Invoice(), "credit_note": CreditNote(), "payment": Payment()}
    document = BilledDocument(
        kind="receipt" if about == "payment" else "credit_note" if about == "credit_note" else "invoice",
        number="INV-00001",
        at=at,
        due_at=at + 30 * 86_400,
        currency=company.currency,
        subtotal=_OWED,
        total=_OWED,
        balance=_OWED,
        due=_OWED,
        terms="NET 30",
    )
    return document_variables(
        row=rows[about], document=document, company=company, customer=customer, contact_name="Sam Sample"
    )
