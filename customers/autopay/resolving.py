"""Attempts whose end is not known: ask the gateway, as long as that can help.

While a charge is unclear its invoices stay in its hands, so nothing is charged twice.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from customers.autopay.attempts import ask_gateway, carry_out
from customers.autopay.gateways import GatewayRefused, Outcome, Status, open_gateway
from customers.autopay.outcomes import owners_of, record_outcome
from customers.autopay.refunds import resolve_refunds
from customers.autopay.trials import forget_declined, forget_declined_sources
from customers.errors import Refused
from customers.ledger.locking import lock_accounts
from customers.models import Charge

State = Charge.Status
MOST = 20


def settle_unclear_charges(*, now: datetime) -> int:
    """Look up every charge and refund that is due for it, and every declined source that is to be
    forgotten; how many were looked at."""
    unclear = Charge.objects.filter(
        status__in=[State.CREATED, State.SENT, State.UNKNOWN], next_look_at__lte=now
    )
    rows = list(unclear.select_related("gateway_account", "source").order_by("next_look_at", "pk")[:MOST])
    for charge in rows:
        resolve_charge(charge=charge, now=now)
    forgotten = forget_declined_sources(now=now, most=MOST)
    return len(rows) + forgotten + resolve_refunds(now=now, most=MOST)


def resolve_charge(*, charge: Charge, now: datetime) -> Charge:
    """Find out what became of an attempt whose process may have died.

    One that was surely never sent ends here. Of any other the gateway knows by its key; when it knows
    nothing, the request is repeated under the same key as long as gateways keep keys, later it is
    taken as never received. Never call it inside a transaction.
    """
    if charge.status == State.CREATED:
        charge = _withdraw(charge, now)
    else:
        charge = record_outcome(charge=charge, outcome=_look_up(charge, now), now=now)
    return forget_declined(charge=charge, now=now)


def resume_charge(*, charge: Charge, now: datetime) -> Charge:
    """For who repeats the request that made it: carry on where the first copy died."""
    if charge.status == State.CREATED:
        return carry_out(charge=charge, now=now)
    if charge.status in (State.SENT, State.UNKNOWN):
        return resolve_charge(charge=charge, now=now)
    return forget_declined(charge=charge, now=now)


@transaction.atomic
def _withdraw(charge: Charge, now: datetime) -> Charge:
    """End a prepared charge, so that a process that wakes up late cannot send it any more."""
    lock_accounts(owners_of(charge))
    charge = Charge.objects.get(pk=charge.pk)
    if charge.status != State.CREATED:
        return charge
    never = Outcome(Status.DECLINED, code="not_sent", message="The charge was not carried out.")
    return record_outcome(charge=charge, outcome=never, now=now)


def _look_up(charge: Charge, now: datetime) -> Outcome:
    try:
        gateway = open_gateway(charge.gateway, charge.gateway_account)
        outcome = gateway.look_up(key=charge.key)
    except (Refused, GatewayRefused) as problem:
        return Outcome(Status.UNKNOWN, code="unavailable", message=str(problem))
    if outcome is not None:
        return outcome
    sent_at = charge.sent_at or charge.created_at
    if now - sent_at < timedelta(seconds=settings.SAME_KEY_SECONDS):
        return ask_gateway(charge)
    return Outcome(Status.DECLINED, code="not_received", message="The gateway never received this charge.")
