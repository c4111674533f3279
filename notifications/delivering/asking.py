"""Asks vendors: what became of messages whose fate is unclear, of those that no news came about, and
whether a letter can still be stopped.

An unclear message is never sent again by itself. Either the vendor knows it, or it has no key of its own
and waits for staff; where the vendor honours our key, a repetition finds what is there.
"""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet

from customers.leases import back_off, claim, release
from customers.ledger.events import record_event
from notifications.channels import CHANNELS
from notifications.channels.base import (
    Accepted,
    HandOverFailed,
    Line,
    Rejected,
    Stopped,
    TrackingEvent,
    Unavailable,
    Unclear,
)
from notifications.delivering.announcing import announce
from notifications.delivering.documents import document_of
from notifications.delivering.holding import is_open
from notifications.delivering.loop import Round, Watch, end_round
from notifications.delivering.progress import move
from notifications.delivering.recording import Hold, record_accepted, record_rejected
from notifications.delivering.settling import settle_items
from notifications.delivering.turns import Brake, wait_for_turn
from notifications.models import Message, MessageEvent

logger = logging.getLogger("duebook.delivery")

State = Message.State
_ASKED_ABOUT = (State.UNKNOWN, State.SENT)
LOOKS_FOR_UNWANTED = 2
_TOO_LATE = "The print house has begun with this letter: it cannot be stopped any more."


def ask_vendor(*, channel: str, now: datetime) -> int:
    """Ask about up to one batch of a channel's messages; returns about how many.

    Called outside transactions.
    """
    due = Message.objects.on_channel(channel).filter(ask_at__lte=now, state__in=_ASKED_ABOUT)
    return _with_each(channel, due.order_by("ask_at", "pk"), now, _ask)


def stop_letters(*, now: datetime) -> int:
    """Take letters out of production that staff want stopped; returns how many were looked at.

    Called outside transactions.
    """
    wanted = Message.objects.on_channel(Message.Channel.LETTER).filter(
        cancel_wanted_at__lte=now, state=State.SENT
    )
    return _with_each(Message.Channel.LETTER, wanted.order_by("cancel_wanted_at", "pk"), now, _stop)


def want_stopped(*, messages: QuerySet[Message], now: datetime) -> int:
    """Note which letters staff want stopped; returns how many the print house may still give back.

    Those being handed over, or of unclear fate, are stopped when they are found to be there.
    """
    letters = messages.filter(channel=Message.Channel.LETTER, cancel_wanted_at=None)
    there = letters.filter(state=State.SENT, cancelable_until__gt=now)
    coming = letters.filter(state__in=(State.SENDING, State.UNKNOWN))
    wanted = [*there.values_list("pk", flat=True), *coming.values_list("pk", flat=True)]
    with transaction.atomic():
        for first in range(0, len(wanted), 500):
            rows = Message.objects.filter(pk__in=wanted[first : first + 500])
            rows.update(cancel_wanted_at=now, updated_at=now)
            # Looked for from now on, where it was repeated under its key before.
            rows.filter(state=State.UNKNOWN).update(asked=0, ask_at=now)
    return len(wanted)


def asking_counts(*, now: datetime) -> dict[str, int]:
    """How many messages of each open channel the vendor is to be asked about now."""
    due = Message.objects.filter(ask_at__lte=now, state__in=_ASKED_ABOUT)
    counts = due.values_list("channel").annotate(count=Count("pk")).order_by("channel")
    return {channel: count for channel, count in counts if is_open(channel, now=now)}


def are_letters_to_stop(*, now: datetime) -> bool:
    wanted = Message.objects.filter(cancel_wanted_at__lte=now, state=State.SENT)
    return wanted.exists() and is_open(Message.Channel.LETTER, now=now)


Act = Callable[[Round, Hold, Line], None]


def _with_each(channel: str, due: QuerySet[Message], now: datetime, act: Act) -> int:
    """Lease due rows and do something about each, one after the other, while there is time."""
    if not is_open(channel, now=now):
        return 0
    brake = Brake(channel)
    round_ = Round(channel, Watch(now), brake, seconds=settings.WORK_NEW_ROW_SECONDS)
    held = claim(due, limit=1 if brake.is_trying else settings.WORK_BATCH_ROWS)
    rows = Message.objects.select_related("issued_statement", "customer", "run").in_bulk(list(held.ids))
    try:
        with ExitStack() as stack:
            line: Line | None = None
            for pk in held.ids:
                if round_.is_over:
                    break
                hold = Hold(rows[pk], held.token)
                try:
                    line = line or stack.enter_context(CHANNELS[channel].connect())
                except (Stopped, Unavailable) as failed:
                    end_round(round_, failed)
                    break
                wait = wait_for_turn(hold.message, most=round_.seconds - round_.watch.elapsed)
                if wait is None:
                    break
                time.sleep(wait)
                round_.batch.handled += 1
                act(round_, hold, line)
    finally:
        release(Message, held)
    return round_.batch.handled


def _ask(round_: Round, hold: Hold, line: Line) -> None:
    message = hold.message
    try:
        news = line.ask(message, document_of(message))
    except Rejected as refused:
        round_.brake.worked()
        if message.state == State.UNKNOWN:
            with transaction.atomic():
                record_rejected(hold, refused, now=round_.watch.now, state=State.UNKNOWN)
                settle_items([message])
        else:
            _ask_later(round_, hold)
    except (Stopped, Unavailable, Unclear) as failed:
        # A repetition under our key that broke off tells nothing new; a question was not answered.
        _ask_later(round_, hold, counts=isinstance(failed, Unclear))
        end_round(round_, failed)
    except Exception:
        logger.exception("message %s could not be asked about", message.public_id)
        _ask_later(round_, hold)
    else:
        round_.brake.worked()
        _take(round_, hold, news)


def _take(round_: Round, hold: Hold, news: Accepted | TrackingEvent | None) -> None:
    now = round_.watch.now
    if isinstance(news, Accepted):
        with transaction.atomic():
            if record_accepted(hold, news, now=now, state=State.UNKNOWN):
                _remark(hold.message, "found at the vendor", now)
                # Its run may be finished: nobody else would look at it again.
                settle_items([hold.message])
        return
    if isinstance(news, TrackingEvent):
        with transaction.atomic():
            row = Message.objects.select_for_update(of=("self",)).get(pk=hold.message.pk)
            move(row, news, now=now)
        hold.message.state = row.state
    if news is None and _is_given_up(hold.message):
        _cancel(hold, "not found at the print house", now, state=State.UNKNOWN)
        return
    _ask_later(round_, hold)


def _is_given_up(message: Message) -> bool:
    """Nobody wants the letter, and the print house did not know it twice."""
    unwanted = message.state == State.UNKNOWN and message.cancel_wanted_at is not None
    return unwanted and message.asked + 1 >= LOOKS_FOR_UNWANTED


def _ask_later(round_: Round, hold: Hold, *, counts: bool = True) -> None:
    """Choose the next moment to ask; none when the vendor was asked often enough."""
    message, now = hold.message, round_.watch.now
    next_at: datetime | None
    if message.state not in _ASKED_ABOUT:
        next_at = None
    elif counts:
        message.asked += 1
        next_at = CHANNELS[round_.channel].next_ask(message, now=now)
    else:
        next_at = now + back_off(max(1, message.asked))
    ours = Message.objects.filter(pk=message.pk, lease_token=hold.token, state=message.state)
    ours.update(asked=message.asked, ask_at=next_at)


def _stop(round_: Round, hold: Hold, line: Line) -> None:
    message, now = hold.message, round_.watch.now
    try:
        line.cancel(message)
    except Rejected as refused:
        round_.brake.worked()
        _give_up_stopping(hold, refused, now)
    except (Stopped, Unavailable, Unclear) as failed:
        _try_to_stop_later(hold, failed, now)
        end_round(round_, failed)
    else:
        round_.brake.worked()
        _cancel(hold, "stopped at the print house", now, state=State.SENT)


def _cancel(hold: Hold, remark: str, now: datetime, *, state: Message.State) -> None:
    message = hold.message
    with transaction.atomic():
        ours = Message.objects.filter(pk=message.pk, lease_token=hold.token, state=state)
        changes = {"state": State.CANCELED, "cancel_wanted_at": None, "cancelable_until": None}
        if ours.update(**changes, ask_at=None, updated_at=now):
            message.refresh_from_db()
            _remark(message, remark, now)
            record_event(type="message.cancel", row=message, now=now)
            announce(message, now=now)
            settle_items([message])


def _give_up_stopping(hold: Hold, refused: HandOverFailed, now: datetime) -> None:
    ours = Message.objects.filter(pk=hold.message.pk, lease_token=hold.token)
    ours.update(cancel_wanted_at=None, cancelable_until=None, updated_at=now)
    _remark(hold.message, f"{_TOO_LATE} {refused.text}", now)


def _try_to_stop_later(hold: Hold, failed: HandOverFailed, now: datetime) -> None:
    """Taking a letter out twice does no harm, so that a broken answer is simply asked for again."""
    message = hold.message
    if message.cancelable_until is not None and now >= message.cancelable_until:
        _give_up_stopping(hold, failed, now)
        return
    ours = Message.objects.filter(pk=message.pk, lease_token=hold.token)
    ours.update(cancel_wanted_at=now + back_off(1))


def _remark(message: Message, text: str, now: datetime) -> None:
    MessageEvent.objects.create(
        message=message, type=MessageEvent.Type.RESOLVED, occurred_at=now, data={"act": text[:500]}
    )
