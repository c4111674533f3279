"""The official Python client on customers and everything that hangs below them."""

import invoiced
import pytest
from invoiced.errors import InvalidRequestError

from customers.models import Customer

ADDRESS = {"address1": "5301 Southwest Pkwy", "city": "Austin", "state": "TX", "postal_code": "78735"}


@pytest.fixture
def acme(client: invoiced.Client) -> invoiced.Customer:
    return client.Customer.create(name="Acme", email="billing@acme.example", **ADDRESS)


def test_the_balance(client: invoiced.Client, acme: invoiced.Customer) -> None:
    client.Invoice.create(customer=acme.id, items=[{"name": "Paper", "unit_cost": 99.95}])
    client.CreditBalanceAdjustment.create(customer=acme.id, amount=50)

    balance = acme.balance()

    assert (balance["total_outstanding"], balance["available_credits"]) == (99.95, 50)
    assert (balance["currency"], balance["past_due"]) == ("usd", False)
    assert [point["balance"] for point in balance["history"]] == [50]


def test_a_statement_by_email(acme: invoiced.Customer) -> None:
    (email,) = acme.send_statement()
    assert isinstance(email, invoiced.Email)
    assert (email.email, email.state, email.opens) == ("billing@acme.example", "sent", 0)

    two = acme.send_statement(
        to=[{"name": "Jan", "email": "jan@acme.example"}, {"email": "may@acme.example"}],
        subject="Statement for {{customer_name}}", message="Hello", type="open_item", items="past_due",
        idempotency_key="statement-1",
    )  # fmt: skip
    again = acme.send_statement(
        to=[{"name": "Jan", "email": "jan@acme.example"}, {"email": "may@acme.example"}],
        subject="Statement for {{customer_name}}", message="Hello", type="open_item", items="past_due",
        idempotency_key="statement-1",
    )  # fmt: skip
    assert [mail.email for mail in two] == ["jan@acme.example", "may@acme.example"]
    assert {mail.subject for mail in two} == {"Statement for Acme"}
    assert [mail.id for mail in again] == [mail.id for mail in two]


def test_a_statement_by_text_message(acme: invoiced.Customer) -> None:
    with pytest.raises(InvalidRequestError) as nobody:
        acme.send_statement_sms(message="{{url}}")
    assert nobody.value.error["param"] == "to"
    acme.contacts().create(name="Bob Loblaw", phone="(512) 555-1212", sms_enabled=True)

    (text,) = acme.send_statement_sms(
        type="open_item", message="{{company_name}}: You have a new statement {{url}}",
        to=[{"phone": "15125551212", "name": "Bob Loblaw"}],
    )  # fmt: skip

    assert isinstance(text, invoiced.TextMessage)
    assert (text.to, text.state) in {("+15125551212", "sent"), ("+15125551212", "queued")}
    assert "/statements/" in text.message


def test_a_statement_by_letter(acme: invoiced.Customer) -> None:
    """This client reads an array here, others an object."""
    (letter,) = acme.send_statement_letter(type="open_item")

    assert isinstance(letter, invoiced.Letter)
    assert letter.state in ("queued", "sent")
    assert letter.num_pages == 1
    assert letter.to.endswith("5301 Southwest Pkwy\nAustin, TX 78735")


def test_contacts(acme: invoiced.Customer) -> None:
    jan = acme.contacts().create(name="Jan", email="jan@acme.example", primary=False)
    acme.contacts().create(name="Ann")

    jan.title = "Controller"
    assert jan.save() is True

    assert acme.contacts().retrieve(jan.id).title == "Controller"
    contacts, metadata = acme.contacts().list()
    assert ([contact.name for contact in contacts], metadata.total_count) == (["Ann", "Jan"], 2)
    assert jan.delete() is True
    assert acme.contacts().list()[1].total_count == 1


@pytest.mark.usefixtures("gateway")
def test_payment_sources(client: invoiced.Client, acme: invoiced.Customer) -> None:
    card = acme.payment_sources().create(method="credit_card", gateway_token="tok_visa", make_default=True)
    account = acme.payment_sources().create(method="ach", gateway_token="tok_bank")

    assert isinstance(card, invoiced.Card)
    assert isinstance(account, invoiced.BankAccount)
    assert client.Customer.retrieve(acme.id).payment_source["id"] == card.id
    sources, metadata = acme.payment_sources().list()
    assert ([source.id for source in sources], metadata.total_count) == ([card.id, account.id], 2)
    assert [type(source) for source in sources] == [invoiced.Card, invoiced.BankAccount]
    assert client.Customer.list(payment_source=True)[1].total_count == 1

    assert card.delete() is True
    assert account.delete() is True
    assert acme.payment_sources().list()[0] == []
    assert client.Customer.retrieve(acme.id).payment_source is None


@pytest.mark.usefixtures("gateway")
def test_a_refused_token_is_told(acme: invoiced.Customer) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        acme.payment_sources().create(gateway_token="tok_decline_store")

    assert refused.value.status_code == 400
    assert acme.payment_sources().list()[0] == []


def test_notes_of_a_customer(client: invoiced.Client, acme: invoiced.Customer) -> None:
    note = acme.list_notes().create(notes="Called, will pay on Friday.")
    assert (note.customer, note.user, note.metadata) == (acme.id, None, {})

    note.notes = "Called again."
    assert note.save() is True

    notes, metadata = acme.list_notes().list()
    assert ([row.notes for row in notes], metadata.total_count) == (["Called again."], 1)
    assert note.delete() is True
    assert client.Note.list()[0] == []


def test_pending_lines_become_an_invoice(acme: invoiced.Customer) -> None:
    line = acme.line_items().create(name="Delivery", quantity=2, unit_cost=12.5)
    acme.line_items().create(name="Storage", unit_cost=5)
    line.quantity = 3
    assert line.save() is True
    assert acme.line_items().retrieve(line.id).amount == 37.5

    invoice = acme.invoice(idempotency_key="month-11")

    assert isinstance(invoice, invoiced.Invoice)
    assert (invoice.total, [item["name"] for item in invoice["items"]]) == (42.5, ["Delivery", "Storage"])
    assert acme.line_items().list()[0] == []
    with pytest.raises(InvalidRequestError) as nothing:
        acme.invoice()
    assert nothing.value.status_code == 400


def test_a_pending_line_can_be_deleted(acme: invoiced.Customer) -> None:
    line = acme.line_items().create(name="Delivery", unit_cost=12.5)

    assert line.delete() is True

    assert acme.line_items().list()[0] == []


def test_invoices_are_consolidated(client: invoiced.Client) -> None:
    acme = client.Customer.create(name="Acme", consolidated=True)
    single = [
        client.Invoice.create(customer=acme.id, items=[{"name": name, "unit_cost": cost}])
        for name, cost in (("Paper", 30), ("Ink", 12.5))
    ]

    together = acme.consolidate_invoices()

    assert isinstance(together, invoiced.Invoice)
    assert together.total == 42.5
    assert {client.Invoice.retrieve(invoice.id).status for invoice in single} == {"voided"}
    assert acme.balance()["total_outstanding"] == 42.5


def test_a_customer_with_a_ledger_stays(client: invoiced.Client, acme: invoiced.Customer) -> None:
    client.Invoice.create(customer=acme.id, items=[{"name": "Paper", "unit_cost": 1}])

    with pytest.raises(InvalidRequestError) as refused:
        acme.delete()

    assert (refused.value.status_code, "param" in refused.value.error) == (400, False)
    assert Customer.objects.filter(pk=acme.id).exists()
