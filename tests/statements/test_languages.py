"""The customer's language, else the company's, else English: the same in everything that is written."""

from decimal import Decimal

import pytest
from django.test import Client

from customers.models import Company, Customer, Invoice
from notifications.models import MessageTemplate
from notifications.sending import send_statement
from statements.documents import issued_pdf, language_of, locale_of
from statements.labels import spoken
from statements.models import IssuedStatement
from statements.statement import Options
from tests.notifications.conftest import JULY_END, NOW, Debtor, company, debtor  # noqa: F401  fixtures
from tests.notifications.wordings import in_use
from tests.statements.printed import text_of

pytestmark = pytest.mark.django_db

# Customer's, company's, and the one that is spoken.
CHAIN = [("fr", "de", "fr"), ("", "de", "de"), ("sv", "de", "de"), ("sv", "da", "en"), ("he", "ar", "ar")]
TITLES = {"fr": "Relevé", "de": "Kontoauszug", "en": "Statement"}


@pytest.mark.parametrize(("customers", "companys", "spoken_language"), CHAIN)
def test_the_first_that_is_known_is_spoken(customers: str, companys: str, spoken_language: str) -> None:
    company = Company(language=companys)  # noqa: F811
    customer = Customer(language=customers, country="CH")

    assert language_of(company=company, customer=customer) == spoken_language
    assert locale_of(company=company, customer=customer).split("_")[0] == spoken_language
    assert spoken("sv", "da") == "en"


@pytest.mark.parametrize(("customers", "companys", "spoken_language"), CHAIN[:4])
def test_paper_page_and_mail_speak_the_same_language(
    client: Client,
    debtor: Debtor,  # noqa: F811
    customers: str,
    companys: str,
    spoken_language: str,
) -> None:
    Company.objects.update(language=companys)
    acme = debtor("Acme", language=customers, country="CH")

    [message] = send_statement(
        customer=acme, channel="email", options=Options(type="open_item", end=JULY_END), now=NOW
    )

    issued = IssuedStatement.objects.get()
    page = client.get(f"/statements/{acme.statement_token}").content.decode()
    document = client.get(f"/invoices/{Invoice.objects.get().token}").content.decode()
    assert TITLES[spoken_language] in text_of(issued_pdf(issued))
    assert f'<html lang="{spoken_language}' in page
    assert f'<html lang="{spoken_language}' in document
    message.refresh_from_db()
    assert message.language == spoken_language


def test_words_of_staff_in_the_companys_language_come_before_english(debtor: Debtor) -> None:  # noqa: F811
    Company.objects.update(language="de")
    in_use("statement_email", "Hallo {{customer_name}}", language="de")
    in_use("statement_email", "Hello {{customer_name}}", language="en")
    acme = debtor("Acme", language="sv")

    [message] = send_statement(
        customer=acme, channel="email", options=Options(type="open_item", end=JULY_END), now=NOW
    )

    message.refresh_from_db()
    assert message.text.startswith("Hallo Acme")
    assert message.subject == "Kontoauszug von Harbour Supplies"  # the usual one, where staff wrote none
    assert MessageTemplate.objects.count() == 2
    assert Decimal(IssuedStatement.objects.get().headline) == 12000
