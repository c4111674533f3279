"""The words of texts about an invoice, a credit note or a payment."""

from typing import Any

from customers.links import credit_note_url, invoice_url, payment_pdf_url
from customers.models import Company, CreditNote, Customer, Invoice, Payment
from notifications.wording.templates import Subject
from notifications.wording.variables import (
    ACCOUNT_VARIABLES,
    Variables,
    account_words,
    day_word,
    with_button,
)
from statements.document import BilledDocument
from statements.documents import language_of, locale_of
from statements.formatting import amounts, local_date
from statements.labels import labels

Row = Invoice | CreditNote | Payment

# Shown to staff beside the editor, by what a text is about.
DOCUMENT_VARIABLES: dict[Subject, list[str]] = {
    "invoice": [
        *ACCOUNT_VARIABLES,
        "invoice_number",
        "invoice_date",
        "invoice_due_date",
        "purchase_order",
        "payment_terms",
        "total",
        "balance",
        "amount_due",
        "currency",
        "url",
        "payment_url",
        "pdf_url",
        "view_invoice_button",
    ],
    "credit_note": [
        *ACCOUNT_VARIABLES,
        "credit_note_number",
        "credit_note_date",
        "purchase_order",
        "total",
        "balance",
        "currency",
        "url",
        "pdf_url",
        "view_credit_note_button",
    ],
    "payment": [
        *ACCOUNT_VARIABLES,
        "payment_amount",
        "payment_date",
        "payment_method",
        "payment_reference",
        "invoice_numbers",
        "amount",
        "currency",
        "url",
        "pdf_url",
        "view_receipt_button",
    ],
}


def subject_of(row: Row) -> Subject:
    """What a message with this document is about."""
    if isinstance(row, Invoice):
        return "invoice"
    return "credit_note" if isinstance(row, CreditNote) else "payment"


def url_of(row: Row) -> str:
    """Where the document opens."""
    if isinstance(row, Invoice):
        return invoice_url(row.token)
    return credit_note_url(row.token) if isinstance(row, CreditNote) else payment_pdf_url(row.token)


def document_variables(
    *, row: Row, document: BilledDocument, company: Company, customer: Customer, contact_name: str
) -> Variables:
    """What a text about this document may say: the figures that its paper prints, in the same locale."""
    locale, about = locale_of(company=company, customer=customer), subject_of(row)
    words: dict[str, Any] = {
        **account_words(company=company, customer=customer, contact_name=contact_name),
        **_WORDS[about](document, company, locale),
        "currency": document.currency.upper(),
        "url": url_of(row),
    }
    words["pdf_url"] = words["url"] if about == "payment" else f"{words['url']}/pdf"
    if about == "invoice":
        words["payment_url"] = f"{words['url']}/payment"
    label = "view_receipt" if about == "payment" else f"view_{about}"
    language = language_of(company=company, customer=customer)
    return with_button(words, name=f"{label}_button", label=label, url=words["url"], language=language)


def _invoice(document: BilledDocument, company: Company, locale: str) -> dict[str, Any]:
    money = amounts(locale, document.currency).money
    due = None if document.due_at is None else local_date(document.due_at, company.zone)
    return {
        "invoice_number": document.number,
        "invoice_date": day_word(local_date(document.at, company.zone), locale),
        "invoice_due_date": day_word(due, locale),
        "purchase_order": document.purchase_order,
        "payment_terms": labels(locale)["terms_autopay"] if document.autopay else document.terms,
        "total": money(document.total),
        "balance": money(document.balance),
        # Empty when nothing is due, so that a text can leave out what it says about paying.
        "amount_due": money(document.due) if document.due else "",
    }


def _credit_note(document: BilledDocument, company: Company, locale: str) -> dict[str, Any]:
    money = amounts(locale, document.currency).money
    return {
        "credit_note_number": document.number,
        "credit_note_date": day_word(local_date(document.at, company.zone), locale),
        "purchase_order": document.purchase_order,
        "total": money(document.total),
        "balance": money(document.balance),
    }


def _payment(document: BilledDocument, company: Company, locale: str) -> dict[str, Any]:
    amount, words = amounts(locale, document.currency).money(document.total), labels(locale)
    return {
        "payment_amount": amount,
        "amount": amount,
        "payment_date": day_word(local_date(document.at, company.zone), locale),
        "payment_method": words.get(f"method_{document.method}", document.method),
        "payment_reference": document.reference,
        "invoice_numbers": ", ".join(part.number for part in document.settled if part.number),
    }


_WORDS = {"invoice": _invoice, "credit_note": _credit_note, "payment": _payment}
