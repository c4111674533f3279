"""What staff decide about messages whose fate is unclear, that failed, or that should not go."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Q, QuerySet, Value, When

from customers.errors import Refused
from customers.leases import FREE
from customers.ledger.events import record_event
from notifications.channels.email.blocking import blocked_among, key_of
from notifications.delivering.announcing import announce
from notifications.delivering.asking import want_stopped
from notifications.delivering.forgetting import is_forgotten
from notifications.delivering.reopening import reopen_items, reopen_runs, runs_of
from notifications.delivering.settling import settle_items
from notifications.models import Message, MessageEvent

State = Message.State
_AGAIN = (State.UNKNOWN, State.FAILED, State.BOUNCED)


def send_again(*, messages: Iterable[Message], now: datetime) -> int:
    """Put unclear or failed messages back into the queue; a mail keeps its Message-ID.

    Returns how many. Others are left alone, so that pressing the button twice sends once; so are mails
    to blocked addresses and messages whose words are no longer kept. A finished run goes on until they
    are through. Raises Refused for messages of a canceled run, when all addresses are blocked, and when
    no words are kept.
    """
    rows = _unblocked(_worded(list(messages)))
    with transaction.atomic():
        # Locked first, as whoever cancels or ends a run does: neither happens in between.
        list(runs_of(rows).order_by("pk").select_for_update(of=("self",)))
        done = _settle_by_hand(
            rows,
            _AGAIN,
            now=now,
            remark="send_again",
            changes={
                "state": State.QUEUED,
                "due_at": now,
                "attempt": 0,
                "reason": "",
                "error_code": "",
                "error_text": "",
                "handed_over_at": None,
                "bounced_at": None,
                "deferred_at": None,
                "in_transit_at": None,
                "ask_at": None,
                "asked": 0,
                "cancel_wanted_at": None,
                **_next_key(now),
            },
        )
        _print_first(rows)
    return done


def _print_first(rows: list[Message]) -> None:
    """Receipts that could not be printed wait for their document again, and do not go without it."""
    lacking = [row.pk for row in rows if row.payment_id and row.reason == Message.Reason.DOCUMENT]
    Message.objects.filter(pk__in=lacking, state=State.QUEUED, document_file="").update(due_at=None)


def _worded(messages: list[Message]) -> list[Message]:
    kept = [row for row in messages if not is_forgotten(row)]
    if messages and not kept:
        raise Refused("What this message said is no longer kept: send a new one.")
    return kept


def _unblocked(messages: list[Message]) -> list[Message]:
    blocked = blocked_among(row.recipient for row in messages if row.channel == Message.Channel.EMAIL)
    free = [row for row in messages if row.channel != "email" or key_of(row.recipient) not in blocked]
    if messages and not free:
        raise Refused(f"{messages[0].recipient} is blocked: lift that first.", param="to")
    return free


def _next_key(now: datetime) -> dict[str, Any]:
    """What had a definite end goes under a new key; of unclear fate, only when the vendor forgot the old."""
    forgotten = now - timedelta(seconds=settings.SAME_KEY_SECONDS)
    ended = Q(state__in=(State.FAILED, State.BOUNCED)) | Q(first_tried_at__lte=forgotten)
    return {
        "key_number": Case(
            When(ended, then=F("key_number") + 1),
            default=F("key_number"),
            output_field=PositiveSmallIntegerField(),
        ),
        "first_tried_at": Case(When(ended, then=Value(None)), default=F("first_tried_at")),
    }


def mark_as_sent(*, messages: Iterable[Message], now: datetime) -> int:
    """Settle unclear messages as sent: somebody has seen them arrive. Returns how many."""
    return _settle_by_hand(
        messages,
        (State.UNKNOWN,),
        now=now,
        remark="mark_as_sent",
        changes={
            "state": State.SENT,
            "sent_at": F("sending_since"),
            "vendor": "staff",
            "ask_at": None,
            "error_code": "",
            "error_text": "",
        },
    )


def cancel_messages(*, messages: Iterable[Message], now: datetime) -> int:
    """Stop messages that are not yet being handed over, and give up unclear ones. Returns how many.

    An unclear letter is looked for at the print house first, and taken out of production when it is
    there; canceled a second time it is given up at once. Should a vendor tell later that it carried one
    all the same, its word counts.
    """
    rows = list(messages)
    letters = Message.objects.filter(pk__in=[row.pk for row in rows], state=State.UNKNOWN)
    with transaction.atomic():
        wanted = _locked(letters.on_channel(Message.Channel.LETTER).filter(cancel_wanted_at=None))
        want_stopped(messages=Message.objects.filter(pk__in=[row.pk for row in wanted]), now=now)
        for letter in wanted:
            _note(letter, "cancel", now)
        looked_for = {letter.pk for letter in wanted}
        return len(wanted) + _settle_by_hand(
            [row for row in rows if row.pk not in looked_for],
            (State.QUEUED, State.HELD, State.UNKNOWN),
            now=now,
            remark="cancel",
            changes={"state": State.CANCELED, "due_at": None, "ask_at": None, "cancel_wanted_at": None},
        )


def is_looked_for(message: Message) -> bool:
    """Whether canceling this message asks the print house first."""
    unclear = message.channel == Message.Channel.LETTER and message.state == State.UNKNOWN
    return unclear and message.cancel_wanted_at is None


def _settle_by_hand(
    messages: Iterable[Message],
    states: tuple[State, ...],
    *,
    now: datetime,
    remark: str,
    changes: dict[str, object],
) -> int:
    ids = sorted(message.pk for message in messages)
    with transaction.atomic():
        rows = _locked(Message.objects.filter(pk__in=ids, state__in=states))
        chosen = [row.pk for row in rows]
        changed = Message.objects.filter(pk__in=chosen, state__in=states).update(
            **changes, **FREE, updated_at=now
        )
        after = list(Message.objects.filter(pk__in=chosen).order_by("pk"))
        for row in after:
            _note(row, remark, now)
            announce(row, now=now)
        if remark == "send_again":
            reopen_runs(after, now=now)
            reopen_items(after)
        settle_items(after)
    return changed


def _note(row: Message, act: str, now: datetime) -> None:
    MessageEvent.objects.create(
        message=row, type=MessageEvent.Type.RESOLVED, occurred_at=now, data={"act": act}
    )
    record_event(type=f"message.{act}", row=row, now=now)


def _locked(rows: QuerySet[Message]) -> list[Message]:
    return list(rows.order_by("pk").select_for_update(of=("self",)))
