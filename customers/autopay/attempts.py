"""One attempt to charge, from its row to the gateway and back: prepared → sent → recorded.

Each step is a commit. A process may die between any two of them: what is `created` has surely not been
sent, what is `sent` may have been, and both are found again by their date (`resolving`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.autopay.gateways import ChargeOrder, Outcome, Status, open_gateway
from customers.autopay.outcomes import owners_of, record_outcome
from customers.autopay.schedule import next_look
from customers.autopay.trials import forget_declined
from customers.errors import Refused
from customers.ledger.applying import Application
from customers.ledger.locking import lock_accounts
from customers.models import Charge, ChargeClaim, Customer, GatewayAccount, Invoice, PaymentSource

logger = logging.getLogger(__name__)

STOOD_DOWN = "stood_down"


def _nothing(step: str) -> None:
    """What happens between two commits: nothing."""


# Called after each commit with what was committed. Crash tests die here.
after_commit: Callable[[str], None] = _nothing


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a charge takes the money from: a stored source, or a token that is used once."""

    method: str
    gateway: str
    account: GatewayAccount | None
    token: str
    shown: dict[str, Any] | None
    source: PaymentSource | None = None


def prepare_charge(
    *,
    customer: Customer,
    instrument: Instrument,
    amount: int,
    currency: str,
    applications: list[Application],
    now: datetime,
    automatic: bool = False,
    request_key: str = "",
    receipt_email: str = "",
    trial: str = "",
) -> Charge:
    """Write the attempt and put its invoices into its hands. Called in a transaction, under the lock."""
    charge = Charge.objects.create(
        customer=customer,
        currency=currency,
        amount=amount,
        method=instrument.method,
        gateway=instrument.gateway,
        gateway_account=instrument.account,
        gateway_token=instrument.token,
        source=instrument.source,
        source_shown=instrument.shown,
        trial=trial,
        splits=[
            {"type": part.type, "amount": part.amount, "invoice": part.invoice.pk if part.invoice else None}
            for part in applications
        ],
        receipt_email=receipt_email or (instrument.source.receipt_email if instrument.source else ""),
        automatic=automatic,
        request_key=request_key,
        next_look_at=next_look(looks=0, now=now),
        created_at=now,
    )
    ChargeClaim.objects.bulk_create(
        ChargeClaim(charge=charge, invoice=part.invoice, amount=part.amount)
        for part in applications
        if part.invoice is not None
    )
    return charge


def carry_out(*, charge: Charge, now: datetime) -> Charge:
    """Send a prepared charge and record what became of it. Never call it inside a transaction.

    Whoever comes second finds it sent and only reports; the last look may stand it down.
    """
    after_commit("prepared")
    if not _send(charge, now):
        return forget_declined(charge=Charge.objects.get(pk=charge.pk), now=now)
    after_commit("sent")
    outcome = ask_gateway(charge)
    after_commit("asked")
    charge = record_outcome(charge=charge, outcome=outcome, now=now)
    after_commit("recorded")
    return forget_declined(charge=charge, now=now)


def ask_gateway(charge: Charge) -> Outcome:
    """The gateway's answer. The same key is sent each time, so asking twice takes no money twice."""
    try:
        gateway = open_gateway(charge.gateway, charge.gateway_account)
    except Refused as refused:
        return Outcome(Status.UNKNOWN, code="unavailable", message=refused.message)
    order = ChargeOrder(
        key=charge.key,
        amount=charge.amount,
        currency=charge.currency,
        token=charge.gateway_token,
        customer=charge.source.gateway_customer if charge.source else "",
        description=f"Charge {charge.pk}",
    )
    try:
        return gateway.charge(order)
    except Exception:
        # Whatever went wrong, the money may have moved: nothing else may be claimed here.
        logger.exception("The gateway %s answered charge %s with a fault.", charge.gateway, charge.pk)
        return Outcome(Status.UNKNOWN, code="fault")


@transaction.atomic
def _send(charge: Charge, now: datetime) -> bool:
    """The last look under the lock, then the mark that from here on the money may move."""
    lock_accounts(owners_of(charge))
    reason = _obstacle(charge)
    prepared = Charge.objects.filter(pk=charge.pk, status=Charge.Status.CREATED)
    if reason and prepared.exists():
        record_outcome(
            charge=charge, outcome=Outcome(Status.DECLINED, code=STOOD_DOWN, message=reason), now=now
        )
        return False
    return prepared.update(status=Charge.Status.SENT, sent_at=now, updated_at=now) == 1


def _obstacle(charge: Charge) -> str:
    """Why a prepared charge must not go out after all; empty when nothing has changed."""
    if charge.source_id is not None or charge.automatic:
        source = PaymentSource.objects.filter(charges=charge).first()
        if source is None or not source.chargeable:
            return "The payment source was removed."
    claims = ChargeClaim.objects.filter(charge=charge, released_at=None).select_related("invoice")
    for claim in claims:
        invoice: Invoice = claim.invoice
        if invoice.draft or invoice.voided or invoice.closed_at is not None or invoice.balance < claim.amount:
            return f"Invoice {invoice.number} has changed."
    return ""
