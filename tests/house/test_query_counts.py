"""Every list and every single object costs a fixed number of queries, however many rows there are.

A new query is a visible change: of the number in this table.
"""

import base64
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.ledger.accounts import create_contact, create_customer
from customers.ledger.applying import Application
from customers.ledger.closing import write_off_invoice
from customers.ledger.crediting import adjust_credit, issue_credit_note
from customers.ledger.drafting import LevyInput, LineInput
from customers.ledger.issuing import issue_invoice
from customers.ledger.paying import record_payment
from customers.models import ApiKey, Company, Customer, PaymentSource, TaxRate

# One look-up of the key, one page of ids, one of rows, then one for each kind of related row.
QUERIES = {
    "/customers": 4,
    "/customers?expand=parent_customer,owner": 6,
    "/customers?include=aging,disabled_payment_methods": 8,
    "/customers?open_balance=1&balance=1&payment_source=1": 4,
    "/customers/{customer}": 3,
    "/customers/{customer}/balance": 9,
    "/customers/{customer}/contacts": 4,
    "/customers/{customer}/contacts/{contact}": 3,
    "/invoices": 9,
    "/invoices?filter[status]=past_due": 10,
    "/invoices?expand=customer": 11,
    "/invoices/{invoice}": 8,
    "/credit_notes": 6,
    "/credit_notes?expand=customer,invoice": 15,
    "/credit_notes/{credit_note}": 5,
    "/payments": 3,
    "/payments?include=applied_to&expand=customer": 6,
    "/payments/{payment}": 2,
    "/credit_balance_adjustments": 3,
    "/credit_balance_adjustments/{adjustment}": 2,
}

NOON = datetime(2026, 1, 1, 18, tzinfo=UTC)


@pytest.fixture
def client(db: None) -> Client:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False})
    TaxRate.objects.create(code="gst", name="GST", value=Decimal(5))
    _, key = ApiKey.issue(name="Counter")
    client = Client(HTTP_AUTHORIZATION="Basic " + base64.b64encode(f"{key}:".encode()).decode())
    client.get("/customers")  # notes the first use of the key
    return client


def test_a_list_costs_the_same_for_one_row_and_for_thirty(client: Client) -> None:
    ids = account("Anchor")
    with_one = {path: queries(client, path.format(**ids)) for path in QUERIES}
    for index in range(29):
        account(f"Bolt {index}", parent=ids["customer"])
        create_contact(customer=Customer.objects.get(pk=ids["customer"]), values={"name": "X"}, now=NOON)

    with_thirty = {path: queries(client, path.format(**ids)) for path in QUERIES}

    assert with_thirty == QUERIES
    # A page of one customer without a parent has nothing to expand.
    assert with_one == QUERIES | {"/customers?expand=parent_customer,owner": 4}


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        response = client.get(path)
    assert response.status_code == 200, response.content
    assert response.json(), path
    return len(caught)


def account(name: str, parent: int | None = None) -> dict[str, int]:
    """A customer with one of everything."""
    gst = TaxRate.objects.get()
    customer = create_customer(
        values={"name": name, "taxes": [gst], "parent_customer_id": parent, "metadata": {"a": "b"}}, now=NOON
    )
    card = PaymentSource.objects.create(customer=customer, kind="card", last4="4242", gateway="test")
    Customer.objects.filter(pk=customer.pk).update(payment_source=card)
    contact = create_contact(customer=customer, values={"name": "Jane"}, now=NOON)
    line = LineInput(name="Paper", unit_cost=Decimal(100), taxes=(LevyInput(tax_rate=gst),))
    late = {"due_date": NOON + timedelta(days=1)}
    invoice = issue_invoice(customer=customer, lines=[line], values=late, now=NOON)
    lost = issue_invoice(customer=customer, lines=[line], now=NOON)
    write_off_invoice(invoice=lost, now=NOON)
    note = issue_credit_note(customer=customer, lines=[line], invoice=invoice, now=NOON)
    other = issue_invoice(customer=customer, lines=[line], values=late, now=NOON)
    part = Application(type="invoice", amount=500, invoice=other)
    payment = record_payment(customer=customer, amount=1000, applications=[part], now=NOON)
    adjustment = adjust_credit(customer=customer, amount=500, currency="usd", now=NOON)
    return {
        "customer": customer.pk, "contact": contact.pk, "invoice": invoice.pk, "credit_note": note.pk,
        "payment": payment.pk, "adjustment": adjustment.pk,
    }  # fmt: skip
