"""The bells: one for a transaction, and a sweep behind every lost one."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from customers.ledger.accounts import create_contact, create_customer
from customers.ledger.events import record_fact
from notifications import tasks
from notifications.models import WebhookDelivery
from tests.notifications.receiver import Receiver
from tests.notifications.webhooks_out.conftest import Listen, happen, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often workers were told to look at the deliveries."""
    rung: list[str] = []
    monkeypatch.setattr(tasks.deliver_webhooks, "delay", lambda **_: rung.append("delay"))
    monkeypatch.setattr(tasks.deliver_webhooks, "apply_async", lambda **_: rung.append("apply"))
    return rung


def test_a_transaction_rings_once_however_much_it_records(
    listen: Listen, bells: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    listen()
    now = timezone.now()

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        customer = create_customer(values={"name": "Acme"}, now=now)
        create_contact(customer=customer, values={"name": "Jane"}, now=now)

    assert states() == ["queued", "queued"]
    assert len(bells) == 1


def test_nobody_is_rung_for_what_nobody_wants(
    listen: Listen, bells: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    listen("invoice.*")

    with django_capture_on_commit_callbacks(execute=True):
        happen()
        record_fact(type="api_key.created", object_type="api_key", object_id="1", data={}, now=timezone.now())

    assert bells == []


def test_the_task_hands_over_and_rings_for_the_next_batch(
    listen: Listen, shop: Receiver, bells: list[str], settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.WORK_BATCH_ROWS = 2
    listen()
    for name in ("North", "South", "East"):
        happen(name)
    bells.clear()

    with django_capture_on_commit_callbacks(execute=True):
        tasks.deliver_webhooks()
    assert (len(shop.heard), len(bells)) == (2, 1)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.deliver_webhooks()

    assert (len(shop.heard), len(bells)) == (3, 1)


def test_the_sweep_rings_for_what_is_due(
    listen: Listen, bells: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    listen()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_webhooks()
    assert bells == []
    happen()

    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_webhooks()

    assert bells == ["apply"]


def test_the_nightly_cleaning_forgets(listen: Listen, shop: Receiver) -> None:
    listen()
    happen()
    WebhookDelivery.objects.update(state="failed", created_at=timezone.now() - timedelta(days=400))

    tasks.forget_webhooks()

    assert states() == []
