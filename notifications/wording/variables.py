"""The words a text may use, taken from the very facts that the document prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from customers.models import Company, Customer
from notifications.wording.phrases import phrase
from statements.documents import language_of, locale_of
from statements.formatting import amounts, local_date, medium_date
from statements.letterhead import postal_lines
from statements.statement import Statement

# Shown to staff beside the editor: what every text may use, and what those about statements may.
ACCOUNT_VARIABLES = [
    "company_name",
    "company_username",
    "company_address",
    "company_email",
    "customer_name",
    "customer_contact_name",
    "customer_number",
    "customer_address",
    "contact_name",
]
VARIABLES = [
    *ACCOUNT_VARIABLES,
    "statement_start_date",
    "statement_end_date",
    "statement_balance",
    "statement_credit_balance",
    "statement_url",
    "url",
    "balance",
    "account_balance",
    "view_statement_button",
]


@dataclass(frozen=True, slots=True)
class Variables:
    """The same words for both parts of a mail: plain, and with our own markup for the page.

    `button` names the one that leads to the document; a mail that does not use it gets it at its end.
    Without a name there is none.
    """

    text: Mapping[str, Any]
    html: Mapping[str, Any]
    language: str
    button: str


def statement_variables(
    *, statement: Statement, company: Company, customer: Customer, url: str, contact_name: str
) -> Variables:
    """What a text about this statement may say; amounts and dates in the customer's own locale."""
    locale = locale_of(company=company, customer=customer)
    print_money = amounts(locale, statement.currency).money
    balance = print_money(statement.headline)
    credit = statement.memo.credit or statement.closing_credit
    start = statement.options.start
    words: dict[str, Any] = {
        **account_words(company=company, customer=customer, contact_name=contact_name),
        "statement_start_date": day_word(None if start is None else local_date(start, company.zone), locale),
        "statement_end_date": day_word(local_date(statement.options.end, company.zone), locale),
        "statement_balance": balance,
        "statement_credit_balance": print_money(credit) if credit else "",
        "statement_url": url,
        "url": url,
        "balance": balance,
        "account_balance": balance,
    }
    language = language_of(company=company, customer=customer)
    return with_button(
        words, name="view_statement_button", label="view_statement", url=url, language=language
    )


def account_words(*, company: Company, customer: Customer, contact_name: str) -> dict[str, Any]:
    """What every text may say: who writes to whom."""
    return {
        "company_name": company.name,
        "company_username": company.name,
        "company_address": "\n".join(_address(company)),
        "company_email": company.email,
        "customer_name": customer.name,
        "customer_contact_name": contact_name,
        "contact_name": contact_name,
        "customer_number": customer.number,
        "customer_address": "\n".join((customer.name, *_address(customer))),
        "customer": {"id": customer.pk, "metadata": _plain(customer.metadata)},
    }


def with_button(words: dict[str, Any], *, name: str, label: str, url: str, language: str) -> Variables:
    """The words with the button that leads to the document: a line in the text, a link on the page."""
    said = phrase(label, language)
    link = f'<a class="button" href="{escape(url)}">{escape(said)}</a>'
    return Variables(
        text={**words, name: f"{said}: {url}"}, html={**words, name: link}, language=language, button=name
    )


def day_word(day: date | None, locale: str) -> str:
    return "" if day is None else medium_date(day, locale)


def _address(row: Any) -> tuple[str, ...]:
    return postal_lines(
        address1=row.address1,
        address2=row.address2,
        city=row.city,
        state=row.state,
        postal_code=row.postal_code,
        country=row.country,
    )


def _plain(metadata: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in (metadata or {}).items()}
