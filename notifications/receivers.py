"""The ears of this floor: news from below becomes a due row."""

from datetime import datetime
from typing import Any

from django.db import transaction

from notifications.composing import release_documents
from notifications.tasks import ring_channels
from statements.signals import documents_settled


def on_documents_settled(*, statement_ids: list[int], now: datetime, **_: Any) -> None:
    """Documents are there (or cannot be made): what waited for them goes on."""
    with transaction.atomic():
        released = release_documents(now=now, statement_ids=statement_ids)
    if released:
        ring_channels()


def connect() -> None:
    """Called once, when the app is ready."""
    documents_settled.connect(on_documents_settled, dispatch_uid="notifications.documents_settled")
