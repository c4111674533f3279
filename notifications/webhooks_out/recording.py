"""What a try came to, written down by fenced updates: a worker that lost its lease changes nothing."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from customers.leases import FREE, lease_end
from notifications.models import WebhookAttempt, WebhookDelivery
from notifications.webhooks_out.endpoints import switch_off
from notifications.webhooks_out.queueing import of_live_endpoints

logger = logging.getLogger("duebook.webhooks")

State = WebhookDelivery.State
GONE = 410


@dataclass(frozen=True, slots=True)
class Hold:
    """A delivery in the hands of one worker."""

    delivery: WebhookDelivery
    token: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended: with a status, or with a sentence about why there is none."""

    started_at: datetime
    milliseconds: int
    status: int | None = None
    error: str = ""

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def said(self) -> str:
        return self.error or f"The receiver answered {self.status}."


def begin(hold: Hold, *, now: datetime) -> bool:
    """Commit `sending` at the row's turn; False when it is no longer ours or its endpoint was stopped."""
    ours = WebhookDelivery.objects.filter(
        of_live_endpoints(), pk=hold.delivery.pk, lease_token=hold.token, state=State.QUEUED
    )
    began = ours.update(
        state=State.SENDING, lease_until=lease_end(), attempt=F("attempt") + 1, updated_at=now
    )
    hold.delivery.attempt += began
    return began == 1


def record(hold: Hold, outcome: Outcome, *, now: datetime) -> bool:
    """Write down a try: delivered, to be tried again, or given up. False when the lease was lost."""
    ours = WebhookDelivery.objects.filter(pk=hold.delivery.pk, lease_token=hold.token, state=State.SENDING)
    return settle(ours, hold.delivery, outcome, now=now)


def settle(ours: Any, delivery: WebhookDelivery, outcome: Outcome, *, now: datetime) -> bool:
    """The same for any condition under which the row still is the caller's."""
    changes = _changes(delivery, outcome, now)
    with transaction.atomic():
        if ours.update(**changes, **FREE, updated_at=now) != 1:
            logger.warning("late outcome of webhook delivery %s", delivery.pk)
            return False
        _keep_attempt(delivery, outcome)
        if changes["state"] == State.FAILED and delivery.payload is None:
            switch_off(endpoint_id=delivery.endpoint_id, reason=_reason(delivery, outcome), now=now)
    for name, value in changes.items():
        setattr(delivery, name, value)
    return True


def _changes(delivery: WebhookDelivery, outcome: Outcome, now: datetime) -> dict[str, Any]:
    if outcome.succeeded:
        return {"state": State.SUCCEEDED}
    is_test = delivery.payload is not None
    if is_test or outcome.status == GONE or delivery.attempt >= settings.WEBHOOK_MAX_ATTEMPTS:
        return {"state": State.FAILED}
    return {"state": State.QUEUED, "due_at": now + timedelta(seconds=settings.WEBHOOK_RETRY_SECONDS)}


def _keep_attempt(delivery: WebhookDelivery, outcome: Outcome) -> None:
    # Sending again begins to count anew; the numbers go on.
    last = WebhookAttempt.objects.filter(delivery=delivery).aggregate(last=Max("number"))["last"] or 0
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=last + 1,
        started_at=outcome.started_at,
        milliseconds=outcome.milliseconds,
        status=outcome.status,
        error=outcome.error[:500],
    )


def _reason(delivery: WebhookDelivery, outcome: Outcome) -> str:
    if outcome.status == GONE:
        return "The receiver answered 410: it is gone for good."
    return f"{delivery.event_type} could not be delivered in {delivery.attempt} tries. {outcome.said}"
