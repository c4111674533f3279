"""What becomes of a source that is stored with its first charge: it is on trial until that charge ends.

A card that declines must cost the customer neither the default that works nor let payment plans begin. So
the wish stands on the charge (`Charge.trial`), and whoever learns of the outcome carries it out: what the
ledger can do in the transaction that records it, what the gateway must do afterwards.
"""

import logging
from datetime import datetime

from customers.autopay.detaching import detached
from customers.autopay.schedule import next_look
from customers.autopay.sources import choose_source, delete_source
from customers.errors import Refused
from customers.models import Charge, PaymentSource

logger = logging.getLogger(__name__)

State = Charge.Status


def prove(charge: Charge, now: datetime) -> None:
    """Its money came or is on its way: the source may be the default. Called under the account's lock.

    A debit under way can still come back: until it has settled, its source takes no place that another
    one fills.
    """
    if not charge.trial:
        return
    settled = charge.status == State.SUCCEEDED
    if charge.source is not None:
        wished = settled and charge.trial == Charge.Trial.DEFAULT
        choose_source(source=charge.source, make_default=wished, now=now)
    if settled:
        _end(charge)


def forget_declined(*, charge: Charge, now: datetime) -> Charge:
    """When its first charge failed, a source is forgotten, at its gateway, too; else nothing happens.

    One that was charged again meanwhile stays: those charges decide about it. When the gateway refuses,
    it is asked again like about a charge without an answer, and after that the source stays. Doing it
    twice does no harm; never call it inside a transaction.
    """
    if not charge.trial or charge.status != State.FAILED:
        return charge
    source = PaymentSource.objects.select_related("gateway_account").filter(charges=charge).first()
    if source is not None and not _charged_again(source, charge):
        try:
            with detached(sources=[source], now=now):
                delete_source(source=source, now=now)
        except Refused as refused:
            logger.warning("The source of charge %s is not forgotten: %s", charge.pk, refused.message)
            looks = charge.looks + 1
            Charge.objects.filter(pk=charge.pk).update(
                looks=looks, next_look_at=next_look(looks=looks, now=now)
            )
            return Charge.objects.get(pk=charge.pk)
    _end(charge)
    return Charge.objects.get(pk=charge.pk)


def forget_declined_sources(*, now: datetime, most: int) -> int:
    """For the sweep: those whose process died before, or whose gateway refused; how many were due."""
    due = Charge.objects.filter(status=State.FAILED, next_look_at__lte=now).exclude(trial="")
    rows = list(due.order_by("next_look_at", "pk")[:most])
    for charge in rows:
        forget_declined(charge=charge, now=now)
    return len(rows)


def _charged_again(source: PaymentSource, first: Charge) -> bool:
    return source.charges.exclude(pk=first.pk).exclude(status=State.FAILED).exists()


def _end(charge: Charge) -> None:
    Charge.objects.filter(pk=charge.pk).update(trial="", next_look_at=None)
