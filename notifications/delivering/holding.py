"""The brake of a channel: held until staff release it, or resting for a while."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from customers.leases import FREE
from customers.ledger.events import record_fact
from notifications.delivering.settling import pause
from notifications.models import Message, StatementRun, VendorAccount


def is_open(channel: str, *, now: datetime) -> bool:
    """Whether the channel may hand messages over at this moment."""
    account = VendorAccount.objects.filter(channel=channel).first()
    if account is None:
        return True
    resting = account.paused_until is not None and account.paused_until > now
    return account.held_at is None and not resting


def hold_channel(*, channel: str, reason: str, now: datetime, code: str = "") -> None:
    """Stop a channel: what waits is held, nothing fails one by one. Doing it again changes nothing.

    `code` is the vendor's own for what it refused; empty when staff stopped the channel.
    """
    with transaction.atomic():
        account, _ = VendorAccount.objects.get_or_create(channel=channel)
        stopped = VendorAccount.objects.filter(pk=account.pk, held_at=None)
        if stopped.update(held_at=now, held_reason=reason, held_code=code[:64]):
            _record("channel.held", channel, reason, now)
        hold_waiting(channel, now=now)


def hold_waiting(channel: str, *, now: datetime) -> None:
    """Put a held channel's waiting messages on hold, also those written after it was stopped.

    Runs that wait for them are paused: staff resume them when the channel runs again.
    """
    waiting = Message.objects.on_channel(channel).filter(state=Message.State.QUEUED)
    waiting.update(state=Message.State.HELD, **FREE)
    held = Message.objects.on_channel(channel).filter(state=Message.State.HELD, run__isnull=False)
    runs = StatementRun.objects.filter(state=StatementRun.State.RUNNING, pk__in=held.values("run_id"))
    for run in runs.order_by("pk"):
        pause(run, reason=f"The {channel} channel is stopped.", now=now)


def held_channels() -> list[str]:
    """The channels that staff have to release."""
    stopped = VendorAccount.objects.filter(held_at__isnull=False).order_by("channel")
    return list(stopped.values_list("channel", flat=True))


@dataclass(frozen=True, slots=True)
class Stop:
    """A channel that was stopped: since when, why, and how many messages wait for its release.

    `message` is the one that the vendor refused so; None when no message is to blame.
    """

    channel: str
    label: str
    held_at: datetime
    reason: str
    waiting: int
    message: Message | None = None


def list_stops() -> list[Stop]:
    """What staff have to release, with what they need to decide it."""
    labels = dict(Message.Channel.choices)
    return [
        Stop(
            channel=account.channel,
            label=str(labels[account.channel]),
            held_at=account.held_at,
            reason=account.held_reason,
            waiting=_held(account).count(),
            message=_cause(account),
        )
        for account in VendorAccount.objects.filter(held_at__isnull=False).order_by("channel")
        if account.held_at is not None
    ]


def _held(account: VendorAccount) -> QuerySet[Message]:
    return Message.objects.on_channel(account.channel).filter(state=Message.State.HELD)


def _cause(account: VendorAccount) -> Message | None:
    """The message that met the fault keeps its words; what was held with it has none."""
    if not account.held_reason:
        return None
    met = _held(account).filter(error_code=account.held_code, error_text=account.held_reason)
    return met.order_by("updated_at", "pk").first()


def release_channel(*, channel: str, now: datetime) -> int:
    """Let a channel run again; returns how many messages go on waiting for their turn."""
    with transaction.atomic():
        freed = VendorAccount.objects.filter(channel=channel).update(
            held_at=None, held_reason="", held_code="", paused_until=None, faults=0
        )
        if freed:
            _record("channel.released", channel, "", now)
        held = Message.objects.on_channel(channel).filter(state=Message.State.HELD)
        return held.update(state=Message.State.QUEUED)


def rest_channel(*, channel: str, until: datetime) -> None:
    """Leave the vendor alone for a while; the sweep rings again."""
    account, _ = VendorAccount.objects.get_or_create(channel=channel)
    VendorAccount.objects.filter(pk=account.pk).update(paused_until=until)


def _record(act: str, channel: str, reason: str, now: datetime) -> None:
    record_fact(type=act, object_type="channel", object_id=channel, data={"reason": reason}, now=now)
