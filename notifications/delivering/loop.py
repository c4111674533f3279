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

from customers.leases import Claim, claim, release
from notifications.channels import CHANNELS
from notifications.channels.base import Line, Postponed, Rejected, Stopped, Unavailable, Unclear
from notifications.delivering.building import Unbuilt, build, words_of
from notifications.delivering.holding import (
    held_channels,
    hold_channel,
    hold_waiting,
    is_open,
)
from notifications.delivering.recording import (
    Hold,
    begin,
    record_accepted,
    record_postponed,
    record_refused,
    record_rejected,
    record_stopped,
    record_unavailable,
    record_unbuilt,
    record_unknown,
)
from notifications.delivering.settling import settle_items, slow_down
from notifications.delivering.turns import Brake, wait_for_turn
from notifications.models import Message

logger = logging.getLogger("duebook.delivery")


@dataclass(slots=True)
class Batch:
    """What one round came to: rows leased, rows whose turn came."""

    leased: int = 0
    handled: int = 0
    stopped: bool = False
    limit: int = 0

    @property
    def was_full(self) -> bool:
        """More may be waiting: ring again."""
        return not self.stopped and self.leased >= (self.limit or settings.WORK_BATCH_ROWS)


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


@dataclass(slots=True)
class Round:
    """One round of one channel: its clock, its time, and what it has come to."""

    channel: str
    watch: Watch
    brake: Brake
    seconds: float
    is_awaited: bool = False
    batch: Batch = field(default_factory=Batch)
    touched: list[Message] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.batch.stopped or self.watch.elapsed > self.seconds


def deliver_batch(*, channel: str, now: datetime, run_id: int | None = None) -> Batch:
    """Hand over up to one batch of a channel's due messages (of one run only, if given)."""
    if not is_open(channel, now=now):
        if channel in held_channels():
            hold_waiting(channel, now=now)
        return Batch(stopped=True)
    due = Message.objects.on_channel(channel).due(now=now).order_by("due_at", "pk")
    if run_id is not None:
        due = due.filter(run_id=run_id)
    brake = Brake(channel)
    limit = 1 if brake.is_trying else settings.WORK_BATCH_ROWS
    held = claim(due, limit=limit)
    round_ = Round(channel, Watch(now), brake, seconds=settings.WORK_NEW_ROW_SECONDS)
    return _work_off(round_, held, limit=limit)


def deliver_now(*, messages: Sequence[Message], now: datetime, seconds: float = 10) -> None:
    """Hand these messages over inside the caller's request; what is not reached stays due.

    Used for single sends. The rows are refreshed with their outcome.
    """
    watch = Watch(now)
    for channel in sorted({message.channel for message in messages}):
        ids = [message.pk for message in messages if message.channel == channel]
        if is_open(channel, now=now):
            due = Message.objects.filter(pk__in=ids).due(now=now).order_by("pk")
            round_ = Round(channel, watch, Brake(channel), seconds=seconds, is_awaited=True)
            _work_off(round_, claim(due, limit=len(ids)), limit=len(ids))
    for message in messages:
        message.refresh_from_db()


def _work_off(round_: Round, held: Claim, *, limit: int) -> Batch:
    if connection.in_atomic_block and not _in_test_transaction():
        raise RuntimeError("Messages are handed over outside transactions.")
    batch = round_.batch
    batch.leased, batch.limit = len(held.ids), limit
    if not held.ids:
        return batch
    rows = Message.objects.select_related("issued_statement", "customer", "run").in_bulk(list(held.ids))
    try:
        with ExitStack() as stack:
            line: Line | None = None
            for pk in held.ids:
                if round_.is_over:
                    break
                hold = Hold(rows[pk], held.token)
                try:
                    line = line or stack.enter_context(CHANNELS[round_.channel].connect())
                except (Stopped, Unavailable) as failed:
                    end_round(round_, failed)
                    break
                if not _may_go(round_, hold, line) or not begin(hold):
                    continue
                batch.handled += 1
                round_.touched.append(hold.message)
                _hand_over(round_, hold, line)
    finally:
        release(Message, held)
        settle_items(round_.touched)
        slow_down(round_.touched, now=round_.watch.now)
    return batch


def _may_go(round_: Round, hold: Hold, line: Line) -> bool:
    """Whether the message's turn has come: our own rules first, then the vendor's rate.

    Who waited for the rate is looked at again: the night may have begun meanwhile.
    """
    if not _admit(round_, hold, line):
        return False
    wait = wait_for_turn(hold.message, most=round_.seconds - round_.watch.elapsed)
    if wait is None:
        round_.batch.stopped = True
        return False
    if not wait:
        return True
    time.sleep(wait)
    return _admit(round_, hold, line)


def _admit(round_: Round, hold: Hold, line: Line) -> bool:
    now = round_.watch.now
    try:
        line.admit(hold.message, now=now)
    except Postponed as postponed:
        record_postponed(hold, until=postponed.until, now=now)
        return False
    except Rejected as refused:
        if record_refused(hold, refused, now=now):
            round_.touched.append(hold.message)
        return False
    return True


def _hand_over(round_: Round, hold: Hold, line: Line) -> None:
    line.patience = max(0.0, round_.seconds - round_.watch.elapsed) if round_.is_awaited else None
    try:
        prepared = build(hold.message, line)
    except Rejected as refused:
        _record_rejected(round_, hold, refused)
    except Unbuilt as failed:
        record_unbuilt(hold, failed, now=round_.watch.now)
    else:
        _give_to_vendor(round_, hold, line, prepared)


def _give_to_vendor(round_: Round, hold: Hold, line: Line, prepared: Any) -> None:
    try:
        accepted = line.hand_over(hold.message, prepared)
    except (Stopped, Unavailable, Rejected, Unclear) as failed:
        _record_failure(round_, hold, failed)
    except Exception as fault:
        # A fault of ours while the vendor was on the line: it is not known how far the message got.
        logger.exception("message %s could not be handed over", hold.message.public_id)
        record_unknown(hold, text=words_of(fault), code="fault", now=round_.watch.now)
    else:
        round_.brake.worked()
        record_accepted(hold, accepted, now=round_.watch.now)


def _record_failure(round_: Round, hold: Hold, failed: Stopped | Unavailable | Rejected | Unclear) -> None:
    now = round_.watch.now
    if isinstance(failed, Rejected):
        round_.brake.worked()
        _record_rejected(round_, hold, failed)
        return
    if isinstance(failed, Stopped):
        record_stopped(hold, text=failed.text, code=failed.code, now=now)
    elif isinstance(failed, Unclear):
        record_unknown(hold, text=failed.text, code=failed.code, now=now)
    else:
        record_unavailable(hold, failed, now=now)
    end_round(round_, failed)


def _record_rejected(round_: Round, hold: Hold, rejected: Rejected) -> None:
    now = round_.watch.now
    record_rejected(hold, rejected, now=now)
    CHANNELS[round_.channel].learn(hold.message, reason=rejected.reason, now=now)


def end_round(round_: Round, failed: Stopped | Unavailable | Unclear) -> None:
    """Leave the vendor alone when the next message would fare no better."""
    now = round_.watch.now
    if isinstance(failed, Stopped):
        round_.batch.stopped = True
        hold_channel(channel=round_.channel, reason=failed.text, code=failed.code, now=now)
    elif round_.brake.failed(failed, now=now):
        round_.batch.stopped = True


def _in_test_transaction() -> bool:
    """Whether the only open blocks are those a test case wraps around its class and itself."""
    return all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)
