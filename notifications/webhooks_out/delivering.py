"""The worker's loop: lease a few due deliveries, call each receiver at its turn, write down the outcome."""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from customers.encoding import to_json
from customers.leases import Claim, claim, release
from customers.vault import Sealed
from customers.wire.event import describe_event
from notifications.models import WebhookDelivery
from notifications.outgoing import NoAnswer, NotAllowed, Resolver, check_target, look_up, post, read_address
from notifications.webhooks_out.queueing import due_deliveries
from notifications.webhooks_out.recording import Hold, Outcome, begin, record
from notifications.webhooks_out.signing import signatures

logger = logging.getLogger("duebook.webhooks")

USER_AGENT = "Duebook-Webhooks/1"
EVENT_ID = "X-Invoiced-Event-Id"
# A receiver that cannot be reached would hold up all others, one time-out after the other.
_REST_SECONDS = 300

State = WebhookDelivery.State


@dataclass(slots=True)
class Batch:
    """What one round came to: rows leased, rows whose turn came, receivers that could not be reached."""

    leased: int = 0
    handled: int = 0
    unreachable: set[int] = field(default_factory=set)

    @property
    def was_full(self) -> bool:
        """More may be waiting: ring again."""
        return self.leased >= settings.WORK_BATCH_ROWS


def deliver_batch(*, now: datetime, resolver: Resolver = look_up) -> Batch:
    """Hand over up to one batch of due deliveries, outside transactions."""
    held = claim(due_deliveries(now).order_by("due_at", "pk"), limit=settings.WORK_BATCH_ROWS)
    batch = Batch(leased=len(held.ids))
    if held.ids:
        _work_off(held, batch, now, resolver)
    return batch


def _work_off(held: Claim, batch: Batch, now: datetime, resolver: Resolver) -> None:
    rows = WebhookDelivery.objects.select_related("endpoint", "event__user").in_bulk(list(held.ids))
    begun = time.monotonic()
    try:
        for pk in held.ids:
            passed = time.monotonic() - begun
            if passed > settings.WORK_NEW_ROW_SECONDS:
                break
            if pk not in rows or rows[pk].endpoint_id in batch.unreachable:
                continue
            hold, moment = Hold(rows[pk], held.token), now + timedelta(seconds=passed)
            if begin(hold, now=moment):
                batch.handled += 1
                _hand_over(hold, batch, moment, resolver)
    finally:
        release(WebhookDelivery, held)
        _let_rest(batch.unreachable, now + timedelta(seconds=time.monotonic() - begun))


def _hand_over(hold: Hold, batch: Batch, now: datetime, resolver: Resolver) -> None:
    begun, status, error = time.monotonic(), None, ""
    try:
        status = _call(hold.delivery, now, resolver)
    except (NotAllowed, NoAnswer) as failed:
        error = str(failed)
        batch.unreachable.add(hold.delivery.endpoint_id)
    except Sealed:
        error = "The secret of the webhook cannot be opened: see ENCRYPTION_KEYS."
    except Exception as fault:
        # One delivery that cannot be built fails alone and never stops the others.
        logger.exception("webhook delivery %s could not be sent", hold.delivery.pk)
        error = f"A fault of ours: {type(fault).__name__}."
    passed = time.monotonic() - begun
    outcome = Outcome(started_at=now, milliseconds=int(passed * 1000), status=status, error=error)
    record(hold, outcome, now=now + timedelta(seconds=passed))


def _call(delivery: WebhookDelivery, now: datetime, resolver: Resolver) -> int:
    """The receiver's status. The address is read and its name looked up anew at each try."""
    target = read_address(delivery.endpoint.url)
    body = to_json(event_of(delivery))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        # The same at every try: the receiver's way to tell that it has had this one.
        EVENT_ID: f"test-{delivery.pk}" if delivery.event is None else str(delivery.event.pk),
        **signatures(delivery.endpoint, body, now=now),
    }
    addresses = check_target(target, resolver=resolver)
    return post(
        target, addresses=addresses, body=body, headers=headers, seconds=settings.VENDOR_TIMEOUT_SECONDS
    )


def event_of(delivery: WebhookDelivery) -> Any:
    """The event as the API shows it."""
    return delivery.payload if delivery.event is None else describe_event(delivery.event)


def _let_rest(endpoints: set[int], now: datetime) -> None:
    """Put off what else waits for receivers that cannot be reached; these rows' tries do not count."""
    until = now + timedelta(seconds=min(_REST_SECONDS, settings.WEBHOOK_RETRY_SECONDS))
    if endpoints:
        waiting = WebhookDelivery.objects.filter(endpoint__in=endpoints, state=State.QUEUED, lease_token="")
        waiting.filter(payload__isnull=True, due_at__lt=until).update(due_at=until)
