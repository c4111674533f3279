"""Texts that the network could not deliver for now: they go once more, later, at most twice."""

from datetime import datetime, timedelta
from typing import Any

from customers.leases import back_off
from notifications.channels.base import TrackingEvent
from notifications.delivering.reopening import reopen_items, runs_of
from notifications.models import Message, MessageEvent, StatementRun

SOON, TOMORROW = "soon", "tomorrow"
MOST_TIMES = 2
_ACT = "sent again by itself"
# The network had its chance to try for hours already: a few minutes at least, where it is not a day.
_FIRST_PAUSE = 4

State = Message.State


def resend(row: Message, event: TrackingEvent, *, now: datetime) -> dict[str, Any]:
    """What a locked text that failed becomes when it is worth another try; empty when it is not.

    A finished run goes on until it is through. The rules of texts are looked at again at its turn.
    """
    when = event.data.get("again")
    if not when or row.state not in (State.SENT, State.UNKNOWN):
        return {}
    times = _times(row)
    if times >= MOST_TIMES or not _reopen(row, now):
        return {}
    MessageEvent.objects.create(
        message=row, type=MessageEvent.Type.RESOLVED, occurred_at=now, data={"act": _ACT}
    )
    pause = timedelta(days=1) if when == TOMORROW else back_off(_FIRST_PAUSE + times)
    return {
        "state": State.QUEUED,
        "due_at": now + pause,
        # A definite end: what goes now is another sending, and news of the earlier one come too late.
        "key_number": row.key_number + 1,
        "first_tried_at": None,
        "handed_over_at": None,
        "ask_at": None,
        "asked": 0,
        "error_code": str(event.data.get("code", "")),
        "error_text": str(event.data.get("description", ""))[:500],
    }


def _times(row: Message) -> int:
    """How often it went by itself since staff decided about it last."""
    remarks = MessageEvent.objects.filter(message=row, type=MessageEvent.Type.RESOLVED)
    acts = [data.get("act") for data in remarks.order_by("-pk").values_list("data", flat=True)]
    return acts[: acts.index("send_again")].count(_ACT) if "send_again" in acts else acts.count(_ACT)


def _reopen(row: Message, now: datetime) -> bool:
    """Let its run go on; False when it was canceled. Locked, so that it does not end in between."""
    for run in runs_of([row]).order_by("pk").select_for_update(of=("self",)):
        if run.state == StatementRun.State.CANCELED:
            return False
        if run.state == StatementRun.State.FINISHED:
            StatementRun.objects.filter(pk=run.pk).update(
                state=StatementRun.State.RUNNING, finished_at=None, updated_at=now
            )
    reopen_items([row])
    return True
