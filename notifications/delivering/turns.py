"""How fast a vendor is asked: its rate, shared by all workers, and its rest after faults in a row."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from customers.leases import back_off
from notifications.channels import CHANNELS
from notifications.channels.base import Unavailable, Unclear
from notifications.delivering.holding import rest_channel
from notifications.models import Message, VendorAccount

# A moment so far ahead was not reserved by anybody: a clock was set back.
_FURTHEST = timedelta(minutes=10)


def wait_for_turn(message: Message, *, most: float) -> float | None:
    """Reserve a place in the vendor's rate; returns the seconds to wait for it.

    None, with nothing reserved, when that would be more than `most`. One row for each channel is the
    bucket of all workers, and the database's clock the only one. Up to one second's worth may go at
    once.
    """
    channel = CHANNELS[message.channel]
    rate = channel.per_second()
    if not rate:
        return 0.0
    with transaction.atomic():
        row = _account(message.channel)
        clock: datetime = row.clock  # type: ignore[attr-defined]
        free_at = max(clock, row.next_slot_at or clock)
        if free_at - clock > _FURTHEST:
            free_at = clock
        wait = (free_at - clock).total_seconds() - (max(1.0, rate) - 1) / rate
        if wait > most:
            return None
        taken = free_at + timedelta(seconds=channel.cost(message) / rate)
        VendorAccount.objects.filter(pk=row.pk).update(next_slot_at=taken)
    return max(0.0, wait)


class Brake:
    """One worker's part in counting a vendor's faults; the count itself is shared."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        row = VendorAccount.objects.filter(channel=channel).values_list("faults", flat=True).first()
        self._faults = row or 0

    @property
    def is_trying(self) -> bool:
        """The vendor failed too often in a row: one message at a time until it works again."""
        return self._faults >= settings.VENDOR_FAULTS_IN_A_ROW

    def worked(self) -> None:
        """A usable answer, whatever it said."""
        if self._faults:
            VendorAccount.objects.filter(channel=self._channel).update(faults=0)
            self._faults = 0

    def failed(self, failure: Unavailable | Unclear, *, now: datetime) -> bool:
        """Count a fault and let the vendor rest if need be; returns whether the round is over."""
        if isinstance(failure, Unavailable) and not failure.channel_wide:
            self.worked()
            return False
        if isinstance(failure, Unavailable) and not failure.counts:
            self._rest(failure.retry_after, 1, now)
            return True
        VendorAccount.objects.get_or_create(channel=self._channel)
        rows = VendorAccount.objects.filter(channel=self._channel)
        rows.filter(faults__lt=1000).update(faults=F("faults") + 1)
        self._faults = rows.values_list("faults", flat=True)[0]
        if isinstance(failure, Unavailable):
            self._rest(failure.retry_after, self._faults, now)
            return True
        if self.is_trying:
            self._rest(None, self._faults - settings.VENDOR_FAULTS_IN_A_ROW + 1, now)
        return self.is_trying

    def _rest(self, retry_after: float | None, faults: int, now: datetime) -> None:
        """At least as long as the vendor wishes, longer with every fault in a row."""
        pause = back_off(faults)
        if retry_after is not None:
            asked = timedelta(seconds=retry_after)
            pause = asked if faults == 1 else max(pause, asked)
        rest_channel(channel=self._channel, until=now + pause)


def _account(channel: str) -> VendorAccount:
    VendorAccount.objects.get_or_create(channel=channel)
    return VendorAccount.objects.select_for_update().annotate(clock=Now()).get(channel=channel)
