"""Customers with something to tell, and the settings that make waiting short."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from customers.ledger.accounts import create_customer
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice
from customers.models import Company, Contact, Customer
from statements.statement import Options
from tests.ledgers import at, last_second
from tests.notifications.mail_server import Sink, mail_server

NOW = at("2026-08-03", "09:00:00")
JULY_END = last_second("2026-07-31")

Debtor = Callable[..., Customer]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def company(db: None) -> Company:
    company = Company.get()
    company.name = "Harbour Supplies"
    company.email = "office@harbour.example"
    company.address1, company.city, company.state, company.postal_code = "1 Quay", "Boston", "MA", "02110"
    company.save()
    return company


@pytest.fixture
def debtor(company: Company) -> Debtor:
    """Makes a customer who owes an amount since July; `amount=None` owes nothing."""
    made = 0

    def make(name: str = "", *, amount: str | None = "120.00", **values: Any) -> Customer:
        nonlocal made
        made += 1
        name = name or f"Customer {made}"
        words = {"name": name, "email": f"accounts{made}@example.test", "payment_terms": "NET 30", **values}
        contacts = words.pop("contacts", [])
        customer = create_customer(values=words, now=at("2026-06-01"))
        for contact in contacts:
            Contact.objects.create(customer=customer, **contact)
        if amount is not None:
            line = LineInput(name="Goods", unit_cost=Decimal(amount))
            moment = at("2026-07-10")
            issue_invoice(customer=customer, lines=[line], values={"date": moment}, now=moment)
        return customer

    return make


@pytest.fixture
def options() -> Options:
    return Options(type="open_item", end=JULY_END)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """Live delivery to a mail server of our own."""
    with mail_server() as sink:
        settings.DELIVERY_MODE = "live"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        settings.EMAIL_TIMEOUT = 5
        yield sink


@pytest.fixture
def no_pdf(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Documents cost a tenth of a second each; tests of the carrying do without the printing."""
    pdf = b"%PDF-1.4 a statement\n"
    monkeypatch.setattr("statements.issuing.issued_pdf", lambda issued: pdf + issued.label.encode())
    monkeypatch.setattr("statements.issuing.page_count", lambda content: 2)
    return pdf
