"""The mail with a code for signing in at a link."""

from datetime import datetime
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from customers.models import Company, Customer
from notifications.channels.email.blocking import block_address
from notifications.channels.email.mail import build_mail, mail_sender
from notifications.models import Message
from notifications.tasks import deliver_code
from notifications.wording.phrases import languages
from statements.signing_in import ask_for_code
from tests.desk import at_desk
from tests.ledgers import open_books
from tests.statements.sign_ins import code_in

pytestmark = pytest.mark.django_db

ANN = "ann@acme.example"


@pytest.fixture
def acme(db: None) -> Customer:
    Company.objects.update_or_create(
        pk=1, defaults={"name": "Harbour & Sons", "bcc": "archive@harbour.example", "sign_in_required": True}
    )
    return open_books("Acme", email=ANN).customer


def the_mail(message: Message) -> EmailMultiAlternatives:
    return build_mail(message, None, mail_sender())


def test_the_code_is_an_ordinary_mail_without_a_document(acme: Customer, noon: datetime) -> None:
    ask_for_code(customer=acme, address="Ann@acme.example", now=noon)

    [message] = Message.objects.all()
    assert (message.channel, message.recipient, message.state) == ("email", ANN, "queued")
    assert (message.customer, message.issued_statement, message.run) == (acme, None, None)
    assert not message.attach_pdf
    assert message.due_at == noon
    assert message.bcc == []
    mail = the_mail(message)
    assert mail.subject == "Your code for Harbour & Sons"
    assert mail.attachments == []
    page = str(mail.alternatives[0][0])
    assert code_in(message) in page
    assert "<a " not in page
    assert code_in(message) not in mail.subject


def test_a_worker_is_rung_for_and_sends_it_past_the_mails_of_runs(
    acme: Customer, noon: datetime, monkeypatch: Any
) -> None:
    ask_for_code(customer=acme, address=ANN, now=noon)
    message = Message.objects.get()

    deliver_code(message_id=message.pk)

    message.refresh_from_db()
    assert message.state == "sent"
    deliver_code(message_id=message.pk)
    deliver_code(message_id=0)
    assert Message.objects.get().attempt == message.attempt


def test_strangers_ring_the_same_bell(
    acme: Customer, noon: datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as for_strangers:
        ask_for_code(customer=acme, address="eve@acme.example", now=noon)
    with django_capture_on_commit_callbacks() as for_ann:
        ask_for_code(customer=acme, address=ANN, now=noon)

    assert len(for_strangers) == len(for_ann) == 1
    assert Message.objects.count() == 1


def test_a_blocked_address_gets_no_code(acme: Customer, noon: datetime) -> None:
    block_address(address=ANN, reason="bounced", now=noon)

    ask_for_code(customer=acme, address=ANN, now=noon)

    assert not Message.objects.exists()


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_code_on_a_line_of_its_own(
    acme: Customer, noon: datetime, language: str
) -> None:
    acme.language = language
    acme.save()

    ask_for_code(customer=acme, address=ANN, now=noon)

    [message] = Message.objects.all()
    assert message.language == language
    assert "Harbour & Sons" in message.subject
    assert "10" in message.text
    assert "{" not in message.text + message.html
    assert len(code_in(message)) == 6


def test_staff_find_the_mail_like_any_other(acme: Customer, noon: datetime) -> None:
    ask_for_code(customer=acme, address=ANN, now=noon)
    message = Message.objects.get()
    deliver_code(message_id=message.pk)

    page = at_desk().get(reverse("admin:notifications_message_change", args=[message.pk]))

    assert page.status_code == 200
    assert "Your code for Harbour &amp; Sons" in page.content.decode()
