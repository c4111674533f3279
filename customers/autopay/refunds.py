"""Giving a charge back through its gateway (Invoiced API, Refunds)."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, Sum

from customers.autopay import attempts
from customers.autopay.gateways import GatewayRefused, Outcome, RefundOrder, Status, open_gateway
from customers.autopay.schedule import next_look
from customers.dates import whole_second
from customers.errors import Refused
from customers.ledger.locking import lock_accounts, lock_settlements
from customers.ledger.paying import changed_payment
from customers.ledger.refunding import give_back
from customers.models import Charge, ChargeRefund, Payment
from customers.money import to_amount
from customers.wire import describe

logger = logging.getLogger(__name__)

State = ChargeRefund.Status


def refund_charge(*, charge: Charge, amount: int, now: datetime, request_key: str = "") -> ChargeRefund:
    """Give a charge back, as a whole or in part; `amount` in minor units.

    What the charge had paid is open again by it: the unapplied part goes first, then credit, then the
    invoices that were settled last. The refund that comes back has `succeeded`, is `pending` or
    `unknown`, or has `failed` with the gateway's words. Raises Refused, with nothing given back, for a
    charge that has not been received and for more than is left of it. Never call it inside a
    transaction.
    """
    refund = _prepare(charge, amount, now, request_key)
    attempts.after_commit("refund prepared")
    outcome = _ask(refund)
    attempts.after_commit("refund asked")
    return record_refund(refund=refund, outcome=outcome, now=now)


def find_refund(*, request_key: str, since: datetime) -> ChargeRefund | None:
    """What an earlier copy of a marked request has given back."""
    rows = ChargeRefund.objects.filter(request_key=request_key, created_at__gt=since)
    return rows.select_related("charge__gateway_account").order_by("pk").first()


def resume_refund(*, refund: ChargeRefund, now: datetime) -> ChargeRefund:
    """For who repeats the request that made it, and for the sweep: find out what became of it."""
    if refund.status not in (State.CREATED, State.UNKNOWN):
        return refund
    return record_refund(refund=refund, outcome=_look_up(refund, now), now=now)


def resolve_refunds(*, now: datetime, most: int) -> int:
    unclear = ChargeRefund.objects.filter(status__in=[State.CREATED, State.UNKNOWN], next_look_at__lte=now)
    rows = list(unclear.select_related("charge__gateway_account").order_by("next_look_at", "pk")[:most])
    for refund in rows:
        resume_refund(refund=refund, now=now)
    return len(rows)


@transaction.atomic
def record_refund(*, refund: ChargeRefund, outcome: Outcome, now: datetime) -> ChargeRefund:
    """Bring refund and ledger in line with the gateway's word; what is final stays."""
    _lock(refund.charge)
    refund = ChargeRefund.objects.select_related("charge__payment").get(pk=refund.pk)
    if refund.status in (State.SUCCEEDED, State.FAILED):
        return refund
    before, known = _told(refund), _word(refund)
    refund.gateway_id = outcome.gateway_id or refund.gateway_id
    if outcome.status == Status.DECLINED:
        refund.status, refund.next_look_at = State.FAILED, None
        refund.failure_message = (outcome.message or "The refund failed.")[:500]
    elif outcome.status == Status.UNKNOWN:
        _wait(refund, State.UNKNOWN, now)
    elif _book(refund, outcome, before, now):
        return refund
    refund.save()
    if _word(refund) != known:
        _note_change(refund.charge, now)
        changed_payment(_payment_of(refund), before, now)
    return refund


def _lock(charge: Charge) -> None:
    """Hold at once all accounts that giving back will touch: one after the other may end in a deadlock."""
    payment = Payment.objects.filter(charge=charge).first()
    if payment is None:
        lock_accounts([charge.customer_id])
    else:
        lock_settlements(payment, others=[charge.customer_id])


def _word(refund: ChargeRefund) -> tuple[str, str, str]:
    """What an event tells of a refund: not how often it was looked up."""
    return refund.status, refund.gateway_id, refund.failure_message


def _told(refund: ChargeRefund) -> dict[str, Any]:
    """The payment as events told of it so far: without a refund of which the gateway said nothing yet."""
    rows = ChargeRefund.objects.order_by("pk")
    if refund.status == State.CREATED:
        rows = rows.exclude(pk=refund.pk)
    payments = Payment.objects.select_related("charge").prefetch_related(Prefetch("charge__refunds", rows))
    return describe(payments.get(charge=refund.charge_id))


def _payment_of(refund: ChargeRefund) -> Payment:
    assert refund.charge.payment is not None, "a charge that succeeded has its payment"
    return refund.charge.payment


def _note_change(charge: Charge, now: datetime) -> None:
    """Its refunds are part of a charge: who follows `updated_at` must see them."""
    Charge.objects.filter(pk=charge.pk).update(updated_at=now)


def _book(refund: ChargeRefund, outcome: Outcome, before: dict[str, Any], now: datetime) -> bool:
    """The money is on its way back: from now on the ledger says so. Whether it could be written there."""
    look_at, payment = refund.next_look_at, _payment_of(refund)
    refund.failure_message, refund.next_look_at = "", None
    refund.status = State.PENDING if outcome.status == Status.PENDING else State.SUCCEEDED
    try:
        with transaction.atomic():
            _note_change(refund.charge, now)
            give_back(payment=payment, amount=refund.amount, charge_refund=refund, before=before, now=now)
    except Refused as refused:
        # Credit that was there before the gateway was asked is spent: staff must make room for it.
        refund.refund, refund.next_look_at = None, look_at
        refund.failure_message = refused.message[:500]
        _wait(refund, State.UNKNOWN, now)
        return False
    return True


def _wait(refund: ChargeRefund, status: str, now: datetime) -> None:
    refund.status = status
    if refund.next_look_at is None or refund.next_look_at <= now:
        refund.looks += 1
        refund.next_look_at = next_look(looks=refund.looks, now=now)


@transaction.atomic
def _prepare(charge: Charge, amount: int, now: datetime, request_key: str) -> ChargeRefund:
    _lock(charge)
    charge = Charge.objects.select_related("payment", "gateway_account").get(pk=charge.pk)
    if charge.status != Charge.Status.SUCCEEDED or charge.payment is None:
        raise Refused("This charge has not been received, so it cannot be refunded.")
    gone = charge.refunds.exclude(status=State.FAILED).aggregate(sum=Sum("amount"))["sum"] or 0
    if amount <= 0:
        raise Refused("The amount must be more than zero.", param="amount")
    if amount > charge.amount - gone:
        left = f"{to_amount(charge.amount - gone, charge.currency):,} {charge.currency.upper()}"
        raise Refused(f"Only {left} of this charge are left to refund.", param="amount")
    open_gateway(charge.gateway, charge.gateway_account)
    # Rehearsed, because what the ledger refuses must be known before the money moves.
    with transaction.atomic():
        give_back(payment=charge.payment, amount=amount, now=now)
        transaction.set_rollback(True)
    return ChargeRefund.objects.create(
        charge=charge,
        currency=charge.currency,
        amount=amount,
        gateway=charge.gateway,
        date=whole_second(now),
        request_key=request_key,
        next_look_at=next_look(looks=0, now=now),
        created_at=now,
    )


def _ask(refund: ChargeRefund) -> Outcome:
    charge = refund.charge
    order = RefundOrder(
        key=refund.key, amount=refund.amount, currency=refund.currency, charge_id=charge.gateway_id
    )
    try:
        return open_gateway(refund.gateway, charge.gateway_account).refund(order)
    except Refused as refused:
        return Outcome(Status.UNKNOWN, code="unavailable", message=refused.message)
    except Exception:
        logger.exception("The gateway %s answered refund %s with a fault.", refund.gateway, refund.pk)
        return Outcome(Status.UNKNOWN, code="fault")


def _look_up(refund: ChargeRefund, now: datetime) -> Outcome:
    try:
        gateway = open_gateway(refund.gateway, refund.charge.gateway_account)
        outcome = gateway.look_up(key=refund.key)
    except (Refused, GatewayRefused) as problem:
        return Outcome(Status.UNKNOWN, code="unavailable", message=str(problem))
    if outcome is not None:
        return outcome
    if now - refund.created_at < timedelta(seconds=settings.SAME_KEY_SECONDS):
        return _ask(refund)
    return Outcome(Status.DECLINED, code="not_received", message="The gateway never received this refund.")
