"""The words of the mail with a code for signing in at a link. They ship; staff do not change them."""

from customers.models import Company, Customer
from notifications.wording.templates import Wording, shipped_wording
from notifications.wording.variables import Variables, account_words
from statements.documents import language_of
from statements.signing_in import CODE_MINUTES

CODE_EMAIL = "sign_in_code_email"


def code_wording(language: str) -> Wording:
    """Subject and body; nothing is attached."""
    shipped = shipped_wording(channel="email", name=CODE_EMAIL, language=language)
    return Wording(name=CODE_EMAIL, subject=shipped.subject, body=shipped.body, attach_pdf=False)


def code_variables(*, company: Company, customer: Customer, contact_name: str, code: str) -> Variables:
    """What the mail says. It has no button: who asked has the page open, and others get no link."""
    words = {
        **account_words(company=company, customer=customer, contact_name=contact_name),
        "code": code,
        "minutes": CODE_MINUTES,
    }
    language = language_of(company=company, customer=customer)
    return Variables(text=words, html=words, language=language, button="")
