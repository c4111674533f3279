"""Every list and every single object costs a fixed number of queries, however many rows there are.

A new query is a visible change: of the number in this table.
"""

import base64
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.autopay.charging import ChargeRequest, charge_customer
from customers.autopay.refunds import refund_charge
from customers.ledger.accounts import create_contact, create_customer
from customers.ledger.applying import Application
from customers.ledger.cadences import create_cadence
from customers.ledger.closing import write_off_invoice
from customers.ledger.crediting import adjust_credit, issue_credit_note
from customers.ledger.drafting import LevyInput, LineInput
from customers.ledger.issuing import issue_invoice
from customers.ledger.items import create_item
from customers.ledger.notes import create_note
from customers.ledger.paying import record_payment
from customers.ledger.pending_lines import add_pending_line
from customers.ledger.plans import Part, make_plan
from customers.ledger.sign_up_pages import create_sign_up_page
from customers.ledger.tasks import create_task
from customers.models import (
    ApiKey,
    Company,
    Contact,
    Customer,
    Invoice,
    PaymentSource,
    Role,
    TaxRate,
    User,
)
from notifications.models import MessageEvent, WebhookDelivery
from notifications.sending import send_statement
from notifications.webhooks_out import create_endpoint
from statements.statement import Options

# One look-up of the key, one page of ids, one of rows, then one for each kind of related row. A balance takes
# two, and two more where there is a payment plan.
QUERIES = {
    "/customers": 3,
    "/customers?expand=parent_customer,owner": 4,
    "/customers?include=aging,disabled_payment_methods": 8,
    "/customers?open_balance=1&balance=1&payment_source=1": 3,
    "/customers/{customer}": 2,
    "/customers/{customer}/balance": 4,
    "/customers/{customer}/contacts": 4,
    "/customers/{customer}/contacts/{contact}": 3,
    "/invoices": 10,
    "/invoices?filter[status]=past_due": 11,
    "/invoices?expand=customer": 11,
    "/invoices/{invoice}": 8,
    "/credit_notes": 6,
    "/credit_notes?expand=customer,invoice": 14,
    "/credit_notes/{credit_note}": 5,
    "/payments": 4,
    "/payments?include=applied_to&expand=customer": 6,
    "/payments/{payment}": 2,
    "/payments/{charged}": 3,
    "/charges": 4,
    "/charges?expand=customer": 5,
    "/charges/{charge}": 3,
    "/customers/{customer}/payment_sources": 4,
    "/invoices/{planned}/payment_plan": 4,
    "/credit_balance_adjustments": 3,
    "/credit_balance_adjustments/{adjustment}": 2,
    "/customers/{customer}/emails": 5,
    "/customers/{customer}/emails?sort=state&filter[state]=queued&related_to=": 5,
    "/customers/{customer}/emails?expand=customer": 6,
    "/emails/{email}": 3,
    "/customers/{customer}/text_messages": 4,
    "/text_messages/{text}": 2,
    "/customers/{customer}/letters": 4,
    "/letters/{letter}": 2,
    "/events?per_page=2": 6,
    "/events?per_page=2&related_to=customer,{customer}&include=user": 6,
    "/events/{event}": 4,
    "/webhooks": 3,
    "/webhooks/{webhook}": 2,
    "/webhook_attempts?per_page=2": 6,
    "/webhook_attempts/{attempt}": 5,
    "/notes": 3,
    "/notes?expand=customer,invoice": 11,
    "/notes/{note}": 2,
    "/customers/{customer}/notes": 4,
    "/invoices/{invoice}/notes": 4,
    "/tasks": 3,
    "/tasks/{task}": 2,
    "/customers/{customer}/tasks": 4,
    "/tax_rates": 3,
    "/tax_rates/gst": 2,
    "/items": 4,
    "/items/{item}": 3,
    "/customers/{customer}/line_items": 6,
    "/customers/{customer}/line_items/{line}": 5,
    "/customers/{customer}/disabled_payment_methods": 2,
    "/chasing_cadences": 4,
    "/chasing_cadences/{cadence}": 3,
    "/sign_up_pages": 3,
    "/sign_up_pages/{page}": 2,
    "/members": 3,
    "/members/{member}": 2,
}

NOON = datetime(2026, 1, 1, 18, tzinfo=UTC)


@pytest.fixture
def client(db: None) -> Client:
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False})
    TaxRate.objects.create(code="gst", name="GST", value=Decimal(5))
    _, key = ApiKey.issue(name="Counter", role=Role.ADMIN)
    client = Client(HTTP_AUTHORIZATION="Basic " + base64.b64encode(f"{key}:".encode()).decode())
    client.get("/customers")  # notes the first use of the key
    create_endpoint(url="https://hooks.example.com/", now=NOON)
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
    assert with_one == QUERIES | {"/customers?expand=parent_customer,owner": 3}


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        response = client.get(path)
    assert response.status_code == 200, response.content
    assert response.json(), path
    return len(caught)


def account(name: str, parent: int | None = None) -> dict[str, Any]:
    """A customer with one of everything."""
    gst = TaxRate.objects.get(code="gst")
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
    return money_from_cards(customer, other) | small_resources(customer, invoice, gst) | {
        "customer": customer.pk, "contact": contact.pk, "invoice": invoice.pk, "credit_note": note.pk,
        "payment": payment.pk, "adjustment": adjustment.pk, **happenings(), **sent_to(customer),
    }  # fmt: skip


def money_from_cards(customer: Customer, planned: Invoice) -> dict[str, int]:
    """A charge with a refund, and an invoice that is paid by instalments."""
    part = Application(type="credit", amount=500)
    request = ChargeRequest(amount=500, currency="usd", applications=[part], token="tok_visa")
    charge = charge_customer(customer=customer, request=request, now=NOON)
    refund_charge(charge=charge, amount=100, now=NOON)
    planned.refresh_from_db()
    halves = [Part(NOON + timedelta(days=days), planned.balance // 2) for days in (10, 40)]
    make_plan(invoice=planned, parts=halves, now=NOON)
    assert charge.payment is not None
    return {"charge": charge.pk, "charged": charge.payment.pk, "planned": planned.pk}


def small_resources(customer: Customer, invoice: Invoice, gst: TaxRate) -> dict[str, int]:
    """What hangs on a customer beside its ledger, and what belongs to the house."""
    user = User.objects.create(username=f"member-{customer.pk}", is_active=True)
    note = create_note(invoice=invoice, user=user, notes="Call", now=NOON)
    task = create_task(customer=customer, name="Call", action="phone", due_date=NOON, user=user, now=NOON)
    item = create_item(values={"code": str(10_000 + customer.pk), "name": "Ink", "taxes": [gst]}, now=NOON)
    line = LineInput(name="Hours", unit_cost=Decimal(80), taxes=(LevyInput(tax_rate=gst),))
    pending = add_pending_line(customer=customer, line=line, now=NOON)
    step = {"name": "Call", "action": "phone", "schedule": "age:5"}
    cadence = create_cadence(values={"name": "Firm"}, steps=[step], now=NOON)
    page = create_sign_up_page(values={"name": "AutoPay"}, now=NOON)
    Customer.objects.filter(pk=customer.pk).update(chasing_cadence=cadence, disabled_payment_methods=["cash"])
    TaxRate.objects.create(code=f"rate-{customer.pk}", name="Rate", value=1)
    return {
        "note": note.pk, "task": task.pk, "item": int(item.code), "line": pending.pk, "cadence": cadence.pk,
        "page": page.pk, "member": user.pk,
    }  # fmt: skip


def sent_to(customer: Customer) -> dict[str, str]:
    """A mail that was opened, a text and a letter; nobody hands them over here."""
    home = {"address1": "1 Quay", "city": "Boston", "state": "MA", "postal_code": "02110"}
    Customer.objects.filter(pk=customer.pk).update(email="ap@example.test", **home)
    Contact.objects.create(
        customer=customer, name="Ann", phone=f"+1617555{customer.pk % 10_000:04d}", sms_enabled=True
    )
    customer.refresh_from_db()
    options = Options(type="open_item", end=int(NOON.timestamp()))
    found = {}
    for channel, name in (("email", "email"), ("sms", "text"), ("letter", "letter")):
        rows = send_statement(customer=customer, channel=channel, options=options, now=NOON, deliver=False)
        found[name] = rows[0].public_id
        MessageEvent.objects.create(message=rows[0], type=MessageEvent.Type.OPENED, occurred_at=NOON)
    return found


def happenings() -> dict[str, int]:
    """The latest event on its way to the one webhook."""
    delivery = WebhookDelivery.objects.latest("pk")
    assert delivery.event_id is not None
    return {"webhook": delivery.endpoint_id, "attempt": delivery.pk, "event": delivery.event_id}
