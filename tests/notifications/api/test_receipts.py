"""Receipts that go by themselves after a charge."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from customers.autopay.charging import charge_invoice
from customers.autopay.simulating import simulate
from customers.ledger.paying import announce
from customers.models import Charge, Company, Invoice, Payment
from notifications import receipts
from notifications.channels.email.blocking import block_address
from notifications.delivering import deliver_batch
from notifications.delivering.documents import document_of
from notifications.delivering.resolving import send_again
from notifications.models import Message
from notifications.receipts import are_receipts_waiting, print_receipts
from notifications.tasks import sweep
from tests.customers.api.conftest import Wire, bill
from tests.customers.api.wallet import autopay_invoice, charge
from tests.notifications.wordings import in_use
from tests.statements.printed import text_of

pytestmark = pytest.mark.django_db

PAY = "pay@acme.example"


def unprintable(row: Payment, **_: Any) -> Any:
    raise ValueError("no such glyph")


def receipt() -> Message:
    """The receipt as the workers leave it."""
    now = timezone.now() + timedelta(seconds=1)
    print_receipts(now=now)
    deliver_batch(channel="email", now=now)
    return Message.objects.get()


def charged_by_autopay(wire: Wire, acme: int, **customer: Any) -> Charge:
    wire.change(f"/customers/{acme}", **customer)
    invoice = Invoice.objects.get(pk=autopay_invoice(wire, acme)["id"])
    return charge_invoice(invoice=invoice, now=timezone.now())


def test_a_charge_is_confirmed_to_its_address_for_receipts(wire: Wire, acme: int) -> None:
    Company.objects.update(bcc="archive@harbour.example")
    wire.change(f"/customers/{acme}", email="office@acme.example")

    made = charge(wire, acme, bill(wire, acme), receipt_email=PAY)

    waiting = Message.objects.get()
    assert (waiting.state, waiting.due_at, waiting.recipient) == ("queued", None, PAY)
    [shown] = wire.read(f"/customers/{acme}/emails").json
    assert (shown["state"], shown["template"]) == ("queued", "payment_receipt_email")
    assert shown["related_to"] == {"object": "payment", "id": made["id"]}
    assert "payment of $100.00" in shown["message"]
    sent = receipt()
    assert (sent.state, sent.bcc, sent.customer_id) == ("sent", ["archive@harbour.example"], acme)
    document = document_of(sent)
    assert document is not None
    assert "Receipt" in text_of(document.read())
    assert not are_receipts_waiting()


def test_workers_are_rung_for(
    wire: Wire, acme: int, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as bells:
        charge(wire, acme, bill(wire, acme), receipt_email=PAY)

    tasks = [getattr(getattr(bell, "func", None), "__self__", None) for bell in bells]
    assert "notifications.tasks.print_receipts" in [getattr(task, "name", "") for task in tasks]


def test_a_lost_bell_is_rung_again(
    wire: Wire, acme: int, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    charge(wire, acme, bill(wire, acme), receipt_email=PAY)

    with django_capture_on_commit_callbacks() as bells:
        sweep()

    tasks = [getattr(getattr(bell, "func", None), "__self__", None) for bell in bells]
    assert "notifications.tasks.print_receipts" in [getattr(task, "name", "") for task in tasks]


def test_autopay_confirms_to_the_customer(wire: Wire, acme: int) -> None:
    charged_by_autopay(wire, acme, email="office@acme.example")

    assert (receipt().recipient, receipt().state) == ("office@acme.example", "sent")


def test_the_address_of_the_card_goes_before_the_customers(wire: Wire, acme: int) -> None:
    wire.change(f"/customers/{acme}", email="office@acme.example", autopay=True)
    path = f"/customers/{acme}/payment_sources"
    wire.create(path, gateway_token="tok_visa", receipt_email=PAY)
    invoice = Invoice.objects.get(pk=bill(wire, acme)["id"])

    charge_invoice(invoice=invoice, now=timezone.now())

    assert Message.objects.get().recipient == PAY


def test_a_debit_is_confirmed_when_it_has_settled(wire: Wire, acme: int) -> None:
    charge(wire, acme, bill(wire, acme), "tok_bank", receipt_email=PAY)
    assert not Message.objects.exists()

    simulate(charge=Charge.objects.get(), succeeded=True, now=timezone.now())

    assert receipt().state == "sent"


def test_nobody_hears_of_a_payment_twice(wire: Wire, acme: int) -> None:
    charge(wire, acme, bill(wire, acme), receipt_email=PAY)
    receipt()

    announce(Payment.objects.get(), timezone.now())

    assert receipt().attempt == 1


@pytest.mark.parametrize("fields", [{}, {"receipt_email": None}])
def test_a_charge_by_hand_without_an_address_is_not_confirmed(
    wire: Wire, acme: int, fields: dict[str, Any]
) -> None:
    wire.change(f"/customers/{acme}", email="office@acme.example")

    charge(wire, acme, bill(wire, acme), **fields)
    charge(wire, acme, bill(wire, acme), "tok_decline_charge", receipt_email=PAY)
    wire.create("/payments", customer=acme, amount=50)

    assert not Message.objects.exists()


def test_a_blocked_address_gets_no_receipt(wire: Wire, acme: int) -> None:
    block_address(address=PAY, reason="bounced", now=timezone.now())

    assert charge(wire, acme, bill(wire, acme), receipt_email=PAY).status == 201
    assert not Message.objects.exists()


def test_words_of_staff_may_go_without_the_file(wire: Wire, acme: int) -> None:
    in_use("payment_receipt_email", "Thanks, {{customer_name}}.", subject="Thanks", attach=False)

    charge(wire, acme, bill(wire, acme), receipt_email=PAY)

    sent = receipt()
    assert (sent.state, sent.text, sent.document_file) == ("sent", "Thanks, Acme.", "")


def test_words_that_cannot_be_written_are_told_to_staff_and_cost_no_payment(wire: Wire, acme: int) -> None:
    in_use("payment_receipt_email", "{{customer.metadata.thanks}}", subject="Thanks")

    made = charge(wire, acme, bill(wire, acme), receipt_email=PAY)

    assert (made.status, made["status"]) == (201, "succeeded")
    failed = Message.objects.get()
    assert (failed.state, failed.reason, failed.error_text) == ("failed", "wording", "The message is empty.")


def test_a_storage_that_is_away_is_tried_again(
    wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge(wire, acme, bill(wire, acme), receipt_email=PAY)

    def away(row: Payment, **_: Any) -> Any:
        raise OSError("no such bucket")

    with monkeypatch.context() as broken:
        broken.setattr(receipts, "keep_document", away)
        assert print_receipts(now=timezone.now()) == 0
        assert are_receipts_waiting()

    assert receipt().state == "sent"


def test_what_cannot_be_printed_ends(wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch) -> None:
    charge(wire, acme, bill(wire, acme), receipt_email=PAY)

    monkeypatch.setattr(receipts, "keep_document", unprintable)
    print_receipts(now=timezone.now())

    failed = Message.objects.get()
    assert (failed.state, failed.reason) == ("failed", "document")
    assert "no such glyph" in failed.error_text
    assert not are_receipts_waiting()


def test_what_could_not_be_printed_does_not_go_without_its_document(
    wire: Wire, acme: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge(wire, acme, bill(wire, acme), receipt_email=PAY)

    with monkeypatch.context() as storage:
        storage.setattr(receipts, "keep_document", unprintable)
        print_receipts(now=timezone.now())

    assert send_again(messages=list(Message.objects.all()), now=timezone.now()) == 1
    assert are_receipts_waiting()
    sent = receipt()
    assert sent.state == "sent"
    assert document_of(sent) is not None


def test_who_sends_the_receipt_too_does_not_write_twice(wire: Wire, acme: int) -> None:
    made = charge(wire, acme, bill(wire, acme), receipt_email=PAY)
    receipt()

    again = wire.create(f"/payments/{made['id']}/emails", to=[{"email": PAY}])

    assert again.status == 201
    assert Message.objects.count() == 1


def test_a_payment_that_came_back_before_its_receipt_is_not_confirmed(wire: Wire, acme: int) -> None:
    charge(wire, acme, bill(wire, acme), receipt_email=PAY)
    Payment.objects.update(status=Payment.Status.FAILED)

    ended = receipt()

    assert (ended.state, ended.document_file) == ("failed", "")
    assert "not received" in ended.error_text
    Payment.objects.update(status=Payment.Status.SUCCEEDED)  # the books are looked at after each test
