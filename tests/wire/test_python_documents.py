"""The official Python client on documents and money: invoices, credit notes, payments, charges, refunds."""

import time

import invoiced
import pytest
from invoiced.errors import InvalidRequestError

PAPER = [{"name": "Paper", "quantity": 4, "unit_cost": 25}]
DAY = 86_400


@pytest.fixture
def acme(client: invoiced.Client) -> invoiced.Customer:
    address = {"address1": "5301 Southwest Pkwy", "city": "Austin", "state": "TX", "postal_code": "78735"}
    return client.Customer.create(name="Acme", email="billing@acme.example", **address)


@pytest.fixture
def invoice(client: invoiced.Client, acme: invoiced.Customer) -> invoiced.Invoice:
    return client.Invoice.create(customer=acme.id, items=PAPER)


def test_an_invoice_with_all_its_parts(client: invoiced.Client, acme: invoiced.Customer) -> None:
    tax = client.TaxRate.create(name="Sales tax", value=8.25)

    invoice = client.Invoice.create(
        customer=acme.id, payment_terms="NET 30", discounts=[{"amount": 10}], taxes=[{"tax_rate": tax.id}],
        items=[{"name": "Paper", "quantity": 4, "unit_cost": 25}], metadata={"order": "4711"},
        ship_to={"name": "Acme", "city": "Austin", "country": "US"}, notes="Thank you",
    )  # fmt: skip

    assert (invoice.subtotal, invoice.total, invoice.balance) == (100, 97.43, 97.43)
    assert invoice.due_date - invoice.date in range(30 * DAY - 3601, 30 * DAY + 3601)
    assert invoice.taxes[0]["tax_rate"]["id"] == tax.id
    invoice["items"] = [{"name": "Ink", "unit_cost": 20}]
    invoice.name = "November"
    assert invoice.save() is True
    assert (invoice.name, invoice.subtotal) == ("November", 20)
    assert client.Invoice.list(metadata={"order": "4711"}, filter={"customer": acme.id})[1].total_count == 1


def test_void_tells_whether_it_worked(client: invoiced.Client, acme: invoiced.Customer) -> None:
    invoice = client.Invoice.create(customer=acme.id, items=PAPER)
    note = client.CreditNote.create(customer=acme.id, items=PAPER)

    assert invoice.void() is True
    assert note.void() is True

    assert (invoice.status, invoice.balance, note.status) == ("voided", 0, "voided")
    with pytest.raises(InvalidRequestError):
        invoice.void()
    with pytest.raises(InvalidRequestError):
        note.void()


@pytest.mark.usefixtures("gateway")
def test_pay_collects_from_the_stored_card(client: invoiced.Client, acme: invoiced.Customer) -> None:
    acme.payment_sources().create(gateway_token="tok_visa")
    acme.autopay = True
    acme.save()
    invoice = client.Invoice.create(customer=acme.id, items=PAPER)
    assert (invoice.autopay, invoice.paid) == (True, False)

    assert invoice.pay() is True

    assert (invoice.paid, invoice.status, invoice.balance) == (True, "paid", 0)
    (payment,), _ = client.Payment.list(filter={"customer": acme.id}, include="applied_to")
    assert (payment.amount, payment.applied_to[0]["invoice"]) == (100, invoice.id)
    with pytest.raises(InvalidRequestError):
        invoice.pay()


@pytest.mark.usefixtures("gateway")
def test_a_declined_card_is_told(client: invoiced.Client, acme: invoiced.Customer) -> None:
    acme.payment_sources().create(gateway_token="tok_decline_charge")
    acme.autopay = True
    acme.save()
    invoice = client.Invoice.create(customer=acme.id, items=PAPER)

    with pytest.raises(InvalidRequestError) as declined:
        invoice.pay()

    assert declined.value.status_code == 400
    after = client.Invoice.retrieve(invoice.id)
    assert (after.paid, after.attempt_count) == (False, 1)


def test_an_invoice_is_sent_by_all_channels(acme: invoiced.Customer, invoice: invoiced.Invoice) -> None:
    (email,) = invoice.send()
    assert (email.email, email.template) == ("billing@acme.example", "new_invoice_email")
    acme.contacts().create(name="Bob", phone="15125551212", sms_enabled=True)

    # The client drops its arguments here: the message is missing.
    (text,) = invoice.send_sms(message="Hello")
    (letter,) = invoice.send_letter()

    assert text.to == "+15125551212"
    assert text.message not in ("", "Hello")
    assert letter.num_pages >= 1


def test_an_invoice_has_no_attachments(invoice: invoiced.Invoice) -> None:
    attachments, metadata = invoice.attachments()

    assert (attachments, metadata.total_count) == ([], 0)


def test_notes_of_an_invoice(
    client: invoiced.Client, acme: invoiced.Customer, invoice: invoiced.Invoice
) -> None:
    note = invoice.notes().create(notes="Disputed")

    assert (note.invoice, note.customer) == (invoice.id, acme.id)
    assert [row.id for row in invoice.notes().list()[0]] == [note.id]
    assert [row.id for row in acme.list_notes().list()[0]] == [note.id]
    assert note.delete() is True


def test_a_payment_plan(client: invoiced.Client, invoice: invoiced.Invoice) -> None:
    now = int(time.time())
    dates = [now + 10 * DAY, now + 40 * DAY]

    plan = invoice.payment_plan().create(
        installments=[{"date": dates[0], "amount": 60}, {"date": dates[1], "amount": 40}]
    )

    assert plan.status == "active"
    assert [part["amount"] for part in plan.installments] == [60, 40]
    assert invoice.payment_plan().retrieve().id == plan.id
    assert client.Invoice.retrieve(invoice.id)["payment_plan"] == plan.id
    with pytest.raises(InvalidRequestError):
        invoice.save(items=[{"name": "Ink", "unit_cost": 5}])
    assert plan.cancel() is True
    assert invoice.save(items=[{"name": "Ink", "unit_cost": 5}]) is True


def test_a_credit_note_of_an_invoice(
    client: invoiced.Client, acme: invoiced.Customer, invoice: invoiced.Invoice
) -> None:
    note = client.CreditNote.create(
        customer=acme.id, invoice=invoice.id, items=[{"name": "Torn", "unit_cost": 30}]
    )

    assert client.Invoice.retrieve(invoice.id).balance == 70
    (email,) = note.send()
    assert email.template == "credit_note_email"
    assert note.attachments()[0] == []
    note.name = "Torn paper"
    assert note.save() is True
    assert client.CreditNote.list(filter={"customer": acme.id})[1].total_count == 1


def test_a_payment_and_its_reversal(client: invoiced.Client, invoice: invoiced.Invoice) -> None:
    payment = client.Payment.create(
        amount=100, method="check", reference="1001",
        applied_to=[{"type": "invoice", "invoice": invoice.id, "amount": 100}],
    )  # fmt: skip
    assert (payment.customer, payment.balance) == (invoice.customer, 0)
    (receipt,) = payment.send()
    assert receipt.template == "payment_receipt_email"
    payment.reference = "1002"
    assert payment.save() is True

    # A payment is not deleted but voided: the answer is the payment itself.
    assert payment.delete() is True

    assert (payment.voided, payment.balance, payment.reference) == (True, 100, "1002")
    assert client.Invoice.retrieve(invoice.id).balance == 100


@pytest.mark.usefixtures("gateway")
def test_a_charge_and_its_refunds(client: invoiced.Client, invoice: invoiced.Invoice) -> None:
    payment = client.Charge.create(
        customer=invoice.customer, amount=100, currency="usd", method="credit_card", gateway_token="tok_visa",
        applied_to=[{"type": "invoice", "invoice": invoice.id, "amount": 100}], idempotency_key="charge-1",
    )  # fmt: skip
    assert isinstance(payment, invoiced.Payment)
    charge = payment.charge
    assert (charge["object"], charge["status"], charge["amount"]) == ("charge", "succeeded", 100)
    assert client.Invoice.retrieve(invoice.id).paid is True

    part = client.Refund.create(charge["id"], amount=40)
    assert (part.object, part.amount, part.charge) == ("refund", 40, charge["id"])
    assert client.Charge.retrieve(charge["id"]).amount_refunded == 40
    with pytest.raises(InvalidRequestError) as too_much:
        client.Refund.create(charge["id"], amount=60.01)
    assert too_much.value.error["param"] == "amount"
    client.Refund.create(charge["id"], amount=60)
    assert client.Charge.retrieve(charge["id"]).refunded is True


@pytest.mark.usefixtures("gateway")
def test_a_declined_charge_leaves_no_payment(client: invoiced.Client, invoice: invoiced.Invoice) -> None:
    with pytest.raises(InvalidRequestError) as declined:
        client.Charge.create(
            customer=invoice.customer, amount=100, method="credit_card", gateway_token="tok_decline_charge",
            applied_to=[{"type": "invoice", "invoice": invoice.id, "amount": 100}],
        )  # fmt: skip

    assert declined.value.status_code == 400
    assert client.Payment.list()[0] == []
    assert client.Invoice.retrieve(invoice.id).balance == 100


def test_credit_balance_adjustments(client: invoiced.Client, acme: invoiced.Customer) -> None:
    credit = client.CreditBalanceAdjustment.create(customer=acme.id, amount=100, notes="Goodwill")
    credit.amount = 80
    assert credit.save() is True
    assert acme.balance()["available_credits"] == 80

    rows, metadata = client.CreditBalanceAdjustment.list(filter={"customer": acme.id})
    assert ([row.id for row in rows], metadata.total_count) == ([credit.id], 1)
    assert client.CreditBalanceAdjustment.retrieve(credit.id).notes == "Goodwill"
    assert credit.delete() is True
    assert acme.balance()["available_credits"] == 0


def test_documents_are_deleted(client: invoiced.Client, acme: invoiced.Customer) -> None:
    invoice = client.Invoice.create(customer=acme.id, items=PAPER, draft=True)
    note = client.CreditNote.create(customer=acme.id, items=PAPER)

    assert invoice.delete() is True
    assert note.delete() is True

    assert (client.Invoice.list()[0], client.CreditNote.list()[0]) == ([], [])
