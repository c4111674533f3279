"""The ears of this floor: news from below becomes a due row."""

from datetime import datetime
from typing import Any

from anymail.signals import tracking  # type: ignore[import-untyped]
from django.db import transaction

from customers.signals import event_recorded
from notifications.composing import release_documents
from notifications.hooks.mail import on_tracking
from notifications.tasks import ring_channels, ring_webhooks
from notifications.webhooks_out import queue_event
from statements.signals import documents_settled


def on_documents_settled(*, statement_ids: list[int], now: datetime, **_: Any) -> None:
    """Documents are there (or cannot be made): what waited for them goes on."""
    with transaction.atomic():
        released = release_documents(now=now, statement_ids=statement_ids)
    if released:
        ring_channels()


def on_event_recorded(*, event_id: int, type: str, now: datetime, **_: Any) -> None:
    """Something happened: a due row for each webhook that wants to hear of it."""
    if queue_event(event_id=event_id, type=type, now=now):
        ring_webhooks()


def connect() -> None:
    """Called once, when the app is ready."""
    tracking.connect(on_tracking, dispatch_uid="notifications.mail_reported")
    event_recorded.connect(on_event_recorded, dispatch_uid="notifications.event_recorded")
    documents_settled.connect(on_documents_settled, dispatch_uid="notifications.documents_settled")
