"""The variables that a wording may use, and what each of them says."""

from collections.abc import Sequence

from customers.errors import Refused
from notifications.wording.document_variables import DOCUMENT_VARIABLES
from notifications.wording.filling import names_in
from notifications.wording.templates import Subject, Wording, about_of
from notifications.wording.variables import VARIABLES

DESCRIPTIONS = {
    "company_name": "Our name",
    "company_username": "Our name, under its older word",
    "company_address": "Our postal address, several lines",
    "company_email": "Our email address",
    "customer_name": "The customer's name",
    "customer_contact_name": "Who is written to: the contact, else the customer",
    "customer_number": "The customer's number",
    "customer_address": "The customer's name and postal address, several lines",
    "contact_name": "Who is written to: the contact, else the customer",
    "customer.id": "The customer's id in the API",
    "customer.metadata.…": "A metadata value of the customer, by its key",
    "statement_start_date": "First day of the period; empty for open items",
    "statement_end_date": "Last day of the period, or the as-of day",
    "statement_balance": "What is owed on the statement",
    "statement_credit_balance": "The customer's credit; empty without any",
    "statement_url": "Where the statement opens",
    "balance": "What is owed",
    "account_balance": "What is owed on the account",
    "url": "Where the document opens",
    "pdf_url": "Where its PDF opens",
    "payment_url": "Where it can be paid",
    "view_statement_button": "A button that opens the statement",
    "view_invoice_button": "A button that opens the invoice",
    "view_credit_note_button": "A button that opens the credit note",
    "view_receipt_button": "A button that opens the receipt",
    "invoice_number": "The invoice's number",
    "invoice_date": "The invoice's date",
    "invoice_due_date": "When it is due; empty without a due date",
    "invoice_numbers": "The invoices that were paid, separated by commas",
    "credit_note_number": "The credit note's number",
    "credit_note_date": "The credit note's date",
    "purchase_order": "The customer's purchase order; empty without one",
    "payment_terms": "The terms as printed: NET 30",
    "total": "The document's total",
    "amount_due": "What is still to be paid; empty when nothing is",
    "amount": "What was paid",
    "currency": "The currency's code: USD",
    "payment_amount": "What was paid",
    "payment_date": "The day of the payment",
    "payment_method": "How it was paid",
    "payment_reference": "The payment's reference; empty without one",
}
# Of values with parts: any part may be named.
_WITH_PARTS = {"customer": ("customer.id", "customer.metadata.…")}


def known_variables(*, channel: str, name: str) -> list[str]:
    """The variables of one kind of message, those with parts as examples of them.

    Names that do not ship may be asked for with any document.
    """
    kinds: dict[Subject, list[str]] = {"statement": VARIABLES, **DOCUMENT_VARIABLES}
    about = about_of(channel, name)
    every = dict.fromkeys(word for words in kinds.values() for word in words)
    shown = [*(kinds[about] if about else every), *(part for parts in _WITH_PARTS.values() for part in parts)]
    return [one for one in shown if channel == "email" or not one.endswith("_button")]


def check_words(*, channel: str, wording: Wording) -> None:
    """Raise Refused (`subject`, `body`) for variables that this kind of message does not have."""
    known = {*known_variables(channel=channel, name=wording.name), *_WITH_PARTS}
    for param, template in (("subject", wording.subject), ("body", wording.body)):
        if unknown := _unknown(names_in(template, param=param), known):
            shown = ", ".join("{{" + name + "}}" for name in unknown)
            raise Refused(f"There is no variable {shown} for this kind of message.", param=param)


def _unknown(used: Sequence[str], known: set[str]) -> list[str]:
    return [name for name in dict.fromkeys(used) if not _is_known(name, known)]


def _is_known(name: str, known: set[str]) -> bool:
    if name == "." or name in known:
        return True
    head, _, rest = name.partition(".")
    return head in _WITH_PARTS and (rest in ("id", "metadata") or rest.startswith("metadata."))
