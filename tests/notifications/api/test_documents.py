"""Invoices, credit notes and receipts by mail, text and letter."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from customers.models import Contact, CreditNote, Customer, Event, Invoice, Payment, Role, User
from customers.models.idempotency import IdempotencyKey
from notifications.delivering import send_again
from notifications.delivering.documents import document_of
from notifications.models import Message
from tests.customers.api.conftest import Answer, Wire, bill, events
from tests.notifications.wordings import in_use
from tests.statements.printed import text_of

pytestmark = pytest.mark.django_db

HOME = {"address1": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02110"}
DAY = 86_400


@pytest.fixture
def customer(wire: Wire) -> int:
    pk: int = wire.create("/customers", name="Acme", email="ap@acme.example", **HOME)["id"]
    Contact.objects.create(customer_id=pk, name="Ann", phone="6175550123", sms_enabled=True, primary=False)
    return pk


@pytest.fixture
def invoice(wire: Wire, customer: int) -> int:
    pk: int = bill(wire, customer, "120")["id"]
    return pk


def send(wire: Wire, path: str, body: Any = None, **headers: Any) -> Answer:
    return wire.send("POST", path, {} if body is None else body, **headers)


def pdf_of(message: Message) -> bytes:
    document = document_of(message)
    assert document is not None
    return document.read()


def test_an_invoice_is_mailed_and_marked_as_sent(wire: Wire, customer: int, invoice: int) -> None:
    [mail] = send(wire, f"/invoices/{invoice}/emails").json

    row, sent = Invoice.objects.get(pk=invoice), Message.objects.get()
    assert (mail["object"], mail["state"], mail["email"]) == ("email", "sent", "ap@acme.example")
    assert (mail["template"], mail["subject"]) == ("new_invoice_email", "Invoice INV-0001 from My company")
    assert mail["related_to"] == {"object": "invoice", "id": invoice}
    assert mail["customer"] == customer
    assert "$120.00" in mail["message"]
    assert f"View invoice: http://127.0.0.1:8000/invoices/{row.token}" in mail["message"]
    assert f'href="http://127.0.0.1:8000/invoices/{row.token}"' in sent.html
    assert sent.request is not None
    assert sent.request["attachments"] == [
        {"filename": "Invoice INV-0001.pdf", "sha256": sent.document_sha256, "pages": 1}
    ]
    assert "INV-0001" in text_of(pdf_of(sent))
    assert wire.read(f"/invoices/{invoice}")["status"] == "sent"
    assert events()[-2:] == ["invoice.updated", "email.sent"]
    before = Event.objects.get(type="invoice.updated").previous
    assert before is not None
    assert (before["sent"], before["status"]) == (False, "not_sent")


def test_an_invoice_is_marked_as_sent_once(wire: Wire, invoice: int) -> None:
    send(wire, f"/invoices/{invoice}/emails")
    first = Invoice.objects.get(pk=invoice).sent_at

    send(wire, f"/invoices/{invoice}/emails", {"to": "else@acme.example"})

    assert Invoice.objects.get(pk=invoice).sent_at == first
    assert events().count("invoice.updated") == 1


def test_every_try_sends_the_same_bytes_whatever_became_of_the_invoice(wire: Wire, invoice: int) -> None:
    send(wire, f"/invoices/{invoice}/emails")
    sent = Message.objects.get()
    before = pdf_of(sent)
    wire.change(f"/invoices/{invoice}", notes="Changed since")
    Message.objects.update(state="unknown", sending_since=timezone.now(), handed_over_at=timezone.now())

    send_again(messages=[sent], now=timezone.now())

    sent.refresh_from_db()
    assert pdf_of(sent) == before
    assert sha256(before).hexdigest() == sent.document_sha256
    assert default_storage.exists(sent.document_file)
    assert "Changed since" not in text_of(before)


def test_who_reminds_uses_the_words_of_the_state(wire: Wire, customer: int) -> None:
    now = int(timezone.now().timestamp())
    fresh = bill(wire, customer, due_date=now + 9 * DAY)["id"]
    late = bill(wire, customer, date=now - 40 * DAY, due_date=now - 9 * DAY)["id"]
    paid = bill(wire, customer, "50")["id"]
    parts = [{"type": "invoice", "invoice": paid, "amount": 50}]
    wire.create("/payments", customer=customer, amount=50, applied_to=parts)

    def template(pk: int, **words: Any) -> Any:
        return send(wire, f"/invoices/{pk}/emails", words)[0]["template"]

    assert [template(pk) for pk in (fresh, fresh)] == ["new_invoice_email", "unpaid_invoice_email"]
    assert template(late) == "late_payment_reminder_email"
    assert [template(paid) for _ in range(2)] == ["new_invoice_email"] * 2
    assert template(fresh, template="late_payment_reminder_email") == "late_payment_reminder_email"
    assert "Your balance" not in Message.objects.filter(invoice=paid)[0].text


def test_staffs_own_wording_is_used_in_the_customers_language(wire: Wire) -> None:
    customer = wire.create("/customers", name="Anker", email="a@anker.test", language="de", country="DE")[
        "id"
    ]
    invoice = bill(wire, customer)["id"]

    assert send(wire, f"/invoices/{invoice}/emails")[0]["subject"] == "Rechnung INV-0001 von My company"
    in_use("unpaid_invoice_email", "Bitte {{balance}}", language="de", subject="Mahnung", attach=False)
    [mail] = send(wire, f"/invoices/{invoice}/emails").json
    assert (mail["subject"], mail["message"]) == ("Mahnung", "Bitte 100,00\xa0$")
    assert Message.objects.latest("pk").document_file == ""


def test_the_requests_own_words_win(wire: Wire, invoice: int) -> None:
    body = {
        "to": [{"name": "Bea", "email": "bea@acme.example"}],
        "bcc": "audit@acme.example",
        "subject": "No. {{invoice_number}}",
        "message": "{{customer_contact_name}}: {{total}} {{balance}} {{payment_url}} {{invoice_date}}",
    }

    [mail] = send(wire, f"/invoices/{invoice}/emails", body).json

    token = Invoice.objects.get(pk=invoice).token
    assert mail["subject"] == "No. INV-0001"
    assert mail["message"].startswith(f"Bea: $120.00 $120.00 http://127.0.0.1:8000/invoices/{token}/payment ")
    assert Message.objects.get().bcc == ["audit@acme.example"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"to": [{"email": "nobody"}]}, "to.0.email"),
        ({"to": ["a@x.test"] * 51}, "to"),
        ({"bcc": "nobody"}, "bcc"),
        ({"template": "made_up"}, "template"),
        ({"template": "statement_email"}, "template"),
        ({"template": "credit_note_email"}, "template"),
        ({"subject": "two\nlines"}, "subject"),
        ({"subject": "x" * 256}, "subject"),
        ({"message": "{{#open}}"}, "message"),
    ],
)
def test_bad_words_are_refused_and_nothing_is_created(
    wire: Wire, invoice: int, body: Any, param: str
) -> None:
    assert send(wire, f"/invoices/{invoice}/emails", body).refusal == (400, param)
    assert not Message.objects.exists()
    assert Invoice.objects.get(pk=invoice).sent_at is None


def test_drafts_and_voided_documents_are_not_sent(wire: Wire, customer: int, invoice: int) -> None:
    draft = bill(wire, customer, draft=True)["id"]
    wire.create(f"/invoices/{invoice}/void")

    for pk, word in ((draft, "draft"), (invoice, "voided")):
        for kind in ("emails", "text_messages", "letters"):
            answer = send(wire, f"/invoices/{pk}/{kind}")
            assert answer.refusal == (400, None)
            assert word in answer.json["message"]
    assert not Message.objects.exists()


def test_an_invoice_goes_out_as_a_text_with_its_link(wire: Wire, invoice: int) -> None:
    [sent] = send(wire, f"/invoices/{invoice}/text_messages", "").json

    token = Invoice.objects.get(pk=invoice).token
    assert (sent["object"], sent["state"], sent["to"]) == ("text_message", "sent", "+16175550123")
    assert sent["message"] == (
        f"My company: invoice INV-0001, balance $120.00. http://127.0.0.1:8000/invoices/{token}"
    )
    assert sent["related_to"] == {"object": "invoice", "id": invoice}
    assert Invoice.objects.get(pk=invoice).sent_at is not None
    assert Message.objects.get().document_file == ""


def test_a_text_in_the_requests_own_words(wire: Wire, invoice: int) -> None:
    body = {"message": "{{company_name}} {{url}}", "to": [{"phone": "6175550123"}]}

    [sent] = send(wire, f"/invoices/{invoice}/text_messages", body).json

    assert sent["message"].startswith("My company http://")
    assert send(wire, f"/invoices/{invoice}/text_messages", body).refusal == (400, "to")


@pytest.mark.parametrize("body", ["", "null", "[]", "{}"])
def test_an_invoice_goes_out_as_a_letter(wire: Wire, invoice: int, body: str) -> None:
    path = f"/invoices/{invoice}/letters"

    letter = wire.send("POST", path, body, content_type="application/json")

    sent = Message.objects.get()
    assert (letter["object"], letter["to"]) == ("letter", "Acme\n1 Main St\nBoston, MA 02110")
    assert letter["num_pages"] == 1
    assert letter["related_to"] == {"object": "invoice", "id": invoice}
    assert sent.request is not None
    assert sent.request["file"]["sha256"] == sent.document_sha256
    assert sent.request["description"] == "Invoice INV-0001"
    array = wire.send("POST", path, {}, HTTP_USER_AGENT="Invoiced Ruby/3.0.0")
    assert [part["object"] for part in array.json] == ["letter"]
    assert array.headers["Vary"] == "User-Agent"


def test_letters_are_printed_on_the_print_houses_paper(wire: Wire) -> None:
    home = {"address1": "9 Kai", "city": "Hamburg", "postal_code": "20457", "country": "DE"}
    customer = wire.create("/customers", name="Anker", email="a@anker.test", **home)["id"]
    invoice = bill(wire, customer)["id"]

    answered = send(wire, f"/invoices/{invoice}/letters", {"name": "Anker AP"})

    letter = Message.objects.get()
    assert letter.recipient.startswith("Anker AP\n9 Kai")
    assert (answered.status, answered["object"], answered["to"]) == (201, "letter", letter.recipient)
    assert send(wire, f"/invoices/{invoice}/letters", {"country": "XX"}).refusal == (400, "country")


def test_credit_notes_and_receipts_have_their_mails(wire: Wire, customer: int, invoice: int) -> None:
    items = [{"name": "Back", "quantity": 1, "unit_cost": 20}]
    note = wire.create("/credit_notes", customer=customer, items=items)["id"]
    parts = [{"type": "invoice", "invoice": invoice, "amount": 50}]
    payment = wire.create("/payments", customer=customer, amount=50, method="check", applied_to=parts)["id"]

    [credit] = send(wire, f"/credit_notes/{note}/emails").json
    [receipt] = send(wire, f"/payments/{payment}/emails").json

    assert (credit["template"], credit["related_to"]["object"]) == ("credit_note_email", "credit_note")
    assert credit["subject"] == "Credit note CN-0001 from My company"
    assert CreditNote.objects.get(pk=note).sent_at is not None
    before = Event.objects.get(type="credit_note.updated").previous
    assert before is not None
    assert before["sent"] is False
    assert (receipt["template"], receipt["related_to"]) == (
        "payment_receipt_email", {"object": "payment", "id": payment},
    )  # fmt: skip
    assert "payment of $50.00" in receipt["message"]
    assert "Receipt" in text_of(pdf_of(Message.objects.get(payment=payment)))
    assert [row["id"] for row in wire.read(f"/customers/{customer}/emails").json] == [
        receipt["id"],
        credit["id"],
    ]


def test_a_receipt_of_nobodys_payment_needs_a_name(wire: Wire) -> None:
    payment = wire.create("/payments", amount=50)["id"]

    assert send(wire, f"/payments/{payment}/emails").refusal == (400, "to")
    [mail] = send(wire, f"/payments/{payment}/emails", {"to": "a@x.test"}).json
    assert (mail["customer"], mail["state"]) == (None, "sent")


@pytest.mark.parametrize(
    "change", [{"voided_at": timezone.now()}, {"status": "failed"}, {"status": "pending"}]
)
def test_there_is_no_receipt_for_money_that_was_not_received(wire: Wire, customer: int, change: Any) -> None:
    payment = wire.create("/payments", customer=customer, amount=50)["id"]
    Payment.objects.filter(pk=payment).update(balance=5000, **change)

    assert send(wire, f"/payments/{payment}/emails").refusal == (400, None)
    Payment.objects.filter(pk=payment).update(voided_at=None, status="succeeded")


def test_who_is_billed_to_the_parent_is_written_to_there(wire: Wire) -> None:
    group = wire.create("/customers", name="Group", email="group@example.test")["id"]
    child = wire.create(
        "/customers", name="Child", email="child@example.test", parent_customer=group, bill_to_parent=True
    )["id"]
    invoice = bill(wire, child)["id"]

    [mail] = send(wire, f"/invoices/{invoice}/emails").json

    assert (mail["email"], mail["customer"]) == ("group@example.test", child)
    assert len(wire.read(f"/customers/{child}/emails").json) == 1
    assert wire.read(f"/customers/{group}/emails").json == []


def test_in_live_mode_texts_and_letters_are_not_connected(wire: Wire, invoice: int, settings: Any) -> None:
    settings.DELIVERY_MODE = "live"

    for kind in ("text_messages", "letters"):
        answer = send(wire, f"/invoices/{invoice}/{kind}")
        assert answer.refusal == (400, None)
        assert "not connected" in answer.json["message"]
    assert Invoice.objects.get(pk=invoice).sent_at is None


def test_a_repeated_request_sends_once(wire: Wire, invoice: int) -> None:
    path = f"/invoices/{invoice}/emails"
    first = send(wire, path, HTTP_IDEMPOTENCY_KEY="invoice-july")
    second = send(wire, path, HTTP_IDEMPOTENCY_KEY="invoice-july")
    assert first.text == second.text

    IdempotencyKey.objects.update(
        state=IdempotencyKey.State.RUNNING, status=None, body=b"", lease_until=timezone.now() - timedelta(1)
    )
    third = send(wire, path, HTTP_IDEMPOTENCY_KEY="invoice-july")

    assert third[0]["id"] == first[0]["id"]
    assert Message.objects.count() == 1


def test_who_may_not_send_or_see_gets_the_usual_answers(wire: Wire, wire_as: Any, invoice: int) -> None:
    path = f"/invoices/{invoice}/emails"

    assert send(wire_as("read_only"), path).refusal == (403, None)
    assert send(wire_as("account_manager"), path).refusal == (404, None)
    assert send(wire, "/invoices/999999/emails").refusal == (404, None)
    assert send(wire, "/credit_notes/999999/emails").refusal == (404, None)
    assert wire.read(path).refusal == (405, None)
    assert not Message.objects.exists()


def test_an_account_manager_does_not_write_to_who_is_billed_in_the_place_of_an_own_customer(
    wire: Wire, wire_as: Any, customer: int, invoice: int
) -> None:
    max_ = User.objects.create(username="max", role=Role.ACCOUNT_MANAGER)
    own = wire.create("/customers", name="Own", owner=max_.pk, parent_customer=customer, bill_to_parent=True)
    billed = bill(wire, own["id"])["id"]
    note = wire.create("/credit_notes", customer=own["id"], items=[{"name": "A", "unit_cost": 1}])["id"]
    managed = wire_as(Role.ACCOUNT_MANAGER, max_)

    for path in (*(f"/invoices/{billed}/{kind}" for kind in ("emails", "text_messages", "letters")),
                 f"/credit_notes/{note}/emails"):  # fmt: skip
        for body in ({}, {"to": ["me@own.example"], "message": "{{customer.metadata.secret}}"}):
            answer = send(managed, path, body)
            assert answer.refusal == (403, None)
            assert "Acme" not in answer.text
    assert not Message.objects.exists()
    assert send(wire, f"/invoices/{billed}/emails").status == 201
    Customer.objects.filter(pk=customer).update(owner=max_)
    assert send(managed, f"/invoices/{billed}/text_messages").status == 201
