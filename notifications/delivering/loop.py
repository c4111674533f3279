"""The worker's loop: lease a few due rows, hand each over at its turn, write down what came of it."""

import logging
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from customers.leases import Claim, back_off, claim, release
from notifications.channels import CHANNELS
from notifications.channels.base import Line, Rejected, Stopped, Unavailable, Unclear
from notifications.delivering.documents import document_of
from notifications.delivering.holding import (
    held_channels,
    hold_channel,
    hold_waiting,
    is_open,
    rest_channel,
)
from notifications.delivering.recording import (
    Hold,
    begin,
    record_accepted,
    record_rejected,
    record_stopped,
    record_unavailable,
    record_unknown,
)
from notifications.delivering.settling import settle_items, slow_down
from notifications.models import Message

logger = logging.getLogger("duebook.delivery")


@dataclass(slots=True)
class Batch:
    """What one round came to: rows leased, rows whose turn came."""

    leased: int = 0
    handled: int = 0
    stopped: bool = False

    @property
    def was_full(self) -> bool:
        """More may be waiting: ring again."""
        return not self.stopped and self.leased >= settings.WORK_BATCH_ROWS


@dataclass(slots=True)
class Watch:
    """The clock of one round: `now` was read by the caller, the rest is measured."""

    started: datetime
    _begun: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._begun

    @property
    def now(self) -> datetime:
        return self.started + timedelta(seconds=self.elapsed)


def deliver_batch(*, channel: str, now: datetime, run_id: int | None = None) -> Batch:
    """Hand over up to one batch of a channel's due messages (of one run only, if given)."""
    if not is_open(channel, now=now):
        if channel in held_channels():
            hold_waiting(channel, now=now)
        return Batch(stopped=True)
    due = Message.objects.on_channel(channel).due(now=now).order_by("due_at", "pk")
    if run_id is not None:
        due = due.filter(run_id=run_id)
    held = claim(due, limit=settings.WORK_BATCH_ROWS)
    return _work_off(channel, held, Watch(now), seconds=settings.WORK_NEW_ROW_SECONDS)


def deliver_now(*, messages: Sequence[Message], now: datetime, seconds: float = 10) -> None:
    """Hand these messages over inside the caller's request; what is not reached stays due.

    Used for single sends. The rows are refreshed with their outcome.
    """
    watch = Watch(now)
    for channel in sorted({message.channel for message in messages}):
        ids = [message.pk for message in messages if message.channel == channel]
        if is_open(channel, now=now):
            due = Message.objects.filter(pk__in=ids).due(now=now).order_by("pk")
            _work_off(channel, claim(due, limit=len(ids)), watch, seconds=seconds)
    for message in messages:
        message.refresh_from_db()


def _work_off(channel: str, held: Claim, watch: Watch, *, seconds: float) -> Batch:
    if connection.in_atomic_block and not _in_test_transaction():
        raise RuntimeError("Messages are handed over outside transactions.")
    batch = Batch(leased=len(held.ids))
    if not held.ids:
        return batch
    rows = Message.objects.select_related("issued_statement", "customer", "run").in_bulk(list(held.ids))
    touched: list[Message] = []
    try:
        with ExitStack() as stack:
            line: Line | None = None
            for pk in held.ids:
                if batch.stopped or watch.elapsed > seconds:
                    break
                hold = Hold(rows[pk], held.token)
                if not begin(hold):
                    continue
                batch.handled += 1
                touched.append(hold.message)
                try:
                    line = line or stack.enter_context(CHANNELS[channel].connect())
                except (Stopped, Unavailable) as failed:
                    _record_failure(channel, hold, failed, batch, watch)
                    continue
                _hand_over(channel, hold, line, batch, watch)
    finally:
        release(Message, held)
        settle_items(touched)
        slow_down(touched, now=watch.now)
    return batch


def _hand_over(channel: str, hold: Hold, line: Line, batch: Batch, watch: Watch) -> None:
    try:
        prepared = _prepare(hold, line)
        accepted = line.hand_over(hold.message, prepared)
    except (Stopped, Unavailable, Rejected, Unclear) as failed:
        _record_failure(channel, hold, failed, batch, watch)
    except Exception as fault:
        # A fault of ours while the vendor was on the line: it is not known how far the message got.
        logger.exception("message %s could not be handed over", hold.message.public_id)
        record_unknown(hold, text=_fault(fault), code="fault", now=watch.now)
    else:
        record_accepted(hold, accepted, now=watch.now)


def _prepare(hold: Hold, line: Line) -> Any:
    """The request, ready to go. One message that cannot be built fails alone and never stops a run."""
    try:
        return line.prepare(hold.message, document_of(hold.message))
    except Rejected:
        raise
    except Exception as fault:
        logger.exception("message %s could not be built", hold.message.public_id)
        raise Rejected(_fault(fault), code="fault") from fault


def _fault(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:500]


def _record_failure(
    channel: str,
    hold: Hold,
    failed: Stopped | Unavailable | Rejected | Unclear,
    batch: Batch,
    watch: Watch,
) -> None:
    now = watch.now
    if isinstance(failed, Rejected):
        record_rejected(hold, failed, now=now)
    elif isinstance(failed, Unclear):
        record_unknown(hold, text=failed.text, code=failed.code, now=now)
    elif isinstance(failed, Stopped):
        batch.stopped = True
        record_stopped(hold, text=failed.text, code=failed.code, now=now)
        hold_channel(channel=channel, reason=failed.text, now=now)
    else:
        record_unavailable(hold, failed, now=now)
        if failed.channel_wide:
            batch.stopped = True
            pause = timedelta(seconds=failed.retry_after or 0) or back_off(1)
            rest_channel(channel=channel, until=now + pause)


def _in_test_transaction() -> bool:
    """Whether the only open blocks are those a test case wraps around its class and itself."""
    return all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)
