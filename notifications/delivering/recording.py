"""What a hand-over came to, written down by fenced updates: a worker that lost its lease changes nothing."""

import logging
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from customers.leases import FREE, back_off, lease_end
from notifications.channels import CHANNELS
from notifications.channels.base import Accepted, HandOverFailed, Rejected, Unavailable
from notifications.delivering.announcing import announce
from notifications.delivering.building import Unbuilt
from notifications.delivering.progress import catch_up
from notifications.models import Message, MessageEvent, StatementRun

logger = logging.getLogger("duebook.delivery")

State = Message.State
# A vendor may report about these before our own note is written; these vendors never do.
_HEARD_OF = (State.SENT, State.UNKNOWN)
_SILENT = ("smtp", "sandbox")
# A vendor that has nothing but "not now" for a message has a fault that waiting does not mend.
LONGEST_PUT_OFF = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Hold:
    """A message in the hands of one worker."""

    message: Message
    token: str


def begin(hold: Hold) -> bool:
    """Commit `sending` at the row's turn, before the vendor hears of it.

    False when the row is no longer ours, was canceled, or its run was stopped in the meantime.
    """
    running = Q(run=None) | Q(run__state__in=StatementRun.ACTIVE_STATES)
    taken = Message.objects.filter(running, pk=hold.message.pk, lease_token=hold.token, state=State.QUEUED)
    first_tried_at = hold.message.first_tried_at or timezone.now()
    began = taken.update(
        state=State.SENDING,
        sending_since=Now(),
        first_tried_at=first_tried_at,
        lease_until=lease_end(),
        attempt=F("attempt") + 1,
    )
    hold.message.attempt += began
    hold.message.first_tried_at = first_tried_at
    return began == 1


def record_postponed(hold: Hold, *, until: datetime, now: datetime) -> bool:
    """Before its turn: a rule of ours lets it go later. No try, no fault of the vendor's."""
    return _finish(hold, {"state": State.QUEUED, "due_at": until}, now=now, state=State.QUEUED)


def record_refused(hold: Hold, rejected: Rejected, *, now: datetime) -> bool:
    """Before its turn: a rule of ours forbids it. The vendor never heard of it."""
    changes = {
        "state": State.FAILED,
        "reason": rejected.reason,
        "error_code": rejected.code,
        "error_text": rejected.text,
    }
    return _finish(hold, changes, now=now, state=State.QUEUED)


def record_accepted(
    hold: Hold, accepted: Accepted, *, now: datetime, state: Message.State = State.SENDING
) -> bool:
    """The vendor has it. `state`: what it was until now; one of unclear fate was found there."""
    changes: dict[str, Any] = {
        "state": State.SENT,
        "vendor": accepted.vendor,
        "vendor_id": accepted.vendor_id,
        "message_id": accepted.message_id,
        "request": accepted.request,
        "segments": accepted.segments,
        "expected_delivery_date": accepted.expected_delivery_date,
        "cancelable_until": accepted.cancelable_until,
        "sent_at": now,
        "handed_over_at": now,
        **({"note": accepted.note} if accepted.note else {}),
        "error_code": "",
        "error_text": "",
        "asked": 0,
    }
    changes["ask_at"] = _next_ask(hold.message, changes, now)
    return _finish(hold, changes, now=now, state=state)


def _next_ask(message: Message, changes: dict[str, Any], now: datetime) -> datetime | None:
    """When the vendor is asked about the message as it will be."""
    later = copy(message)
    for name, value in changes.items():
        setattr(later, name, value)
    return CHANNELS[message.channel].next_ask(later, now=now)


def record_rejected(
    hold: Hold, rejected: Rejected, *, now: datetime, state: Message.State = State.SENDING
) -> bool:
    changes = {
        "state": State.BOUNCED if rejected.bounced else State.FAILED,
        "reason": rejected.reason,
        "error_code": rejected.code,
        "error_text": rejected.text,
        "handed_over_at": now,
        "bounced_at": now if rejected.bounced else None,
        "ask_at": None,
    }
    return _finish(hold, changes, now=now, state=state)


def record_unavailable(hold: Hold, failed: Unavailable, *, now: datetime) -> bool:
    """Back to waiting with a growing, jittered pause; given up after the last try.

    That is not before the channel's patience is at its end: some faults last for hours. Being asked for
    fewer requests is no try: only time ends that.
    """
    attempt = hold.message.attempt if failed.counts else max(0, hold.message.attempt - 1)
    text = failed.text
    if failed.counts:
        is_last = attempt >= settings.WORK_MAX_ATTEMPTS and not _is_early(hold.message, now)
    elif is_last := _is_put_off_too_long(hold.message, now):
        text = f"Asked to wait for too long: {text}"
    if is_last:
        given_up = Rejected(text, code=failed.code, reason="timed_out", bounced=not failed.channel_wide)
        return record_rejected(hold, given_up, now=now)
    pause = back_off(max(1, attempt))
    if failed.retry_after is not None:
        pause = max(pause, timedelta(seconds=failed.retry_after))
    return _try_later(hold, failed, at=now + pause, attempt=attempt, now=now)


def record_unbuilt(hold: Hold, failed: Unbuilt, *, now: datetime) -> bool:
    """A fault on our own side: tried again, for `most` times in all. Nothing has left us."""
    attempt = hold.message.attempt
    if attempt >= failed.most:
        return record_rejected(hold, Rejected(failed.text, code=failed.code), now=now)
    return _try_later(hold, failed, at=now + back_off(max(1, attempt)), attempt=attempt, now=now)


def _try_later(hold: Hold, failed: HandOverFailed, *, at: datetime, attempt: int, now: datetime) -> bool:
    changes = {
        "state": State.QUEUED,
        "due_at": at,
        "attempt": attempt,
        "error_code": failed.code,
        "error_text": failed.text,
    }
    return _finish(hold, changes, now=now)


def _is_early(message: Message, now: datetime) -> bool:
    """Whether the channel tries such a message for longer yet."""
    least = CHANNELS[message.channel].tries_for()
    return bool(least) and message.first_tried_at is not None and now < message.first_tried_at + least


def _is_put_off_too_long(message: Message, now: datetime) -> bool:
    longest = max(LONGEST_PUT_OFF, CHANNELS[message.channel].tries_for())
    return message.first_tried_at is not None and now >= message.first_tried_at + longest


def record_unknown(hold: Hold, *, text: str, code: str, now: datetime) -> bool:
    """The vendor may have it or not: staff or a look-up decide, nothing is sent again by itself."""
    changes: dict[str, Any] = {
        "state": State.UNKNOWN,
        "error_code": code,
        "error_text": text,
        "handed_over_at": now,
        "asked": 0,
    }
    changes["ask_at"] = _next_ask(hold.message, changes, now)
    return _finish(hold, changes, now=now)


def record_stopped(hold: Hold, *, text: str, code: str, now: datetime) -> bool:
    """Not the message's fault: it waits, on hold, for the channel; the try does not count."""
    changes = {
        "state": State.HELD,
        "error_code": code,
        "error_text": text,
        "attempt": max(0, hold.message.attempt - 1),
    }
    return _finish(hold, changes, now=now)


def _finish(
    hold: Hold, changes: dict[str, Any], *, now: datetime, state: Message.State = State.SENDING
) -> bool:
    message = hold.message
    ours = Message.objects.filter(pk=message.pk, lease_token=hold.token, state=state)
    with transaction.atomic():
        if ours.update(**changes, **FREE, updated_at=now) == 1:
            for name, value in changes.items():
                setattr(message, name, value)
            message.updated_at = now
            announce(message, now=now)
            if changes["state"] in _HEARD_OF and changes.get("vendor") not in _SILENT:
                catch_up(message, now=now)
            return True
    if state == State.SENDING:
        _remember_late(message, changes, now)
    return False


def _remember_late(message: Message, changes: dict[str, Any], now: datetime) -> None:
    """We were too slow and somebody else has decided; what we learned is kept for staff."""
    logger.warning("late outcome of message %s: %s", message.public_id, changes["state"])
    MessageEvent.objects.create(
        message=message,
        type=MessageEvent.Type.LATE_OUTCOME,
        occurred_at=now,
        vendor=str(changes.get("vendor", "")),
        data={name: str(changes.get(name) or "") for name in ("state", "vendor_id", "error_text")},
    )
