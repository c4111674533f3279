"""The ears of this floor: news from below becomes a due row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from anymail.signals import tracking  # type: ignore[import-untyped]
from django.db import transaction

from customers.models import Customer
from customers.signals import event_recorded, payment_received
from notifications.composing import release_documents
from notifications.hooks.mail import on_tracking
from notifications.receipts import queue_receipt
from notifications.sign_in_codes import mail_code
from notifications.tasks import (
    deliver_code,
    print_receipts,
    ring,
    ring_channel,
    ring_channels,
    ring_webhooks,
)
from notifications.webhooks_out import queue_event
from statements.signals import documents_settled
from statements.signing_in import send_codes_with


def on_documents_settled(*, statement_ids: list[int], now: datetime, **_: Any) -> None:
    """Documents are there (or cannot be made): what waited for them goes on."""
    with transaction.atomic():
        released = release_documents(now=now, statement_ids=statement_ids)
    if released:
        ring_channels()


def on_payment_received(*, payment_id: int, now: datetime, **_: Any) -> None:
    """Money arrived: who was charged is sent a receipt."""
    if message := queue_receipt(payment_id=payment_id, now=now):
        ring(print_receipts) if message.due_at is None else ring_channel(message.channel)


def on_event_recorded(*, event_id: int, type: str, now: datetime, **_: Any) -> None:
    """Something happened: a due row for each webhook that wants to hear of it."""
    if queue_event(event_id=event_id, type=type, now=now):
        ring_webhooks()


def on_code_asked(
    customer: Customer, accounts: Sequence[Customer], address: str, code: str, now: datetime
) -> bool:
    """Somebody wants to sign in at a link: a mail to the address if it is one of theirs.

    It has a bell of its own, so that it does not wait behind the mails of a run. Rung for strangers, too:
    how long an answer takes tells nothing.
    """
    message = mail_code(customer=customer, accounts=accounts, address=address, code=code, now=now)
    ring(deliver_code, message_id=message.pk if message else 0)
    return message is not None


def connect() -> None:
    """Called once, when the app is ready."""
    tracking.connect(on_tracking, dispatch_uid="notifications.mail_reported")
    event_recorded.connect(on_event_recorded, dispatch_uid="notifications.event_recorded")
    payment_received.connect(on_payment_received, dispatch_uid="notifications.payment_received")
    send_codes_with(on_code_asked)
    documents_settled.connect(on_documents_settled, dispatch_uid="notifications.documents_settled")
