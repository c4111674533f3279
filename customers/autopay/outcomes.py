"""What became of a charge, in the ledger: one transaction for whatever the gateway says, at any time.

News may come twice, late and from several sides (the answer, a look-up, the gateway's own events): all
meet under the account's lock, and what is known already changes nothing.
"""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from customers.autopay.gateways import Outcome, Status
from customers.autopay.schedule import next_attempt, next_look
from customers.autopay.sources import default_shown
from customers.autopay.trials import forget_declined, prove
from customers.dates import whole_second
from customers.errors import Refused
from customers.ledger.applying import Application, is_self_or_ancestor
from customers.ledger.changes import what_changed
from customers.ledger.claims import open_and_claimed
from customers.ledger.clearing import await_payment, clear_payment, fail_payment
from customers.ledger.events import record_event
from customers.ledger.locking import lock_accounts
from customers.ledger.paying import record_payment
from customers.ledger.plans import pause_plans
from customers.ledger.scheduling import SCHEDULE, schedule_after_decline
from customers.models import Charge, ChargeClaim, Company, Invoice, Payment, PaymentSource
from customers.signals import charge_failed
from customers.wire import describe

# Attempts that never reached the gateway are nobody's decline.
NOT_MADE = frozenset({"stood_down", "not_sent", "not_received"})

State = Charge.Status


def owners_of(charge: Charge) -> set[int]:
    """The accounts that a charge touches: its own and those of the invoices in its hands."""
    return {charge.customer_id, *charge.claims.values_list("invoice__customer_id", flat=True)}


@transaction.atomic
def record_outcome(*, charge: Charge, outcome: Outcome, now: datetime) -> Charge:
    """Bring charge, payment, claims and invoices in line with the gateway's word.

    What is final stays, but for one thing: money that arrived although the charge was taken for lost is
    recorded, too. An answer that was not read (`UNKNOWN`) ends nothing.
    """
    lock_accounts(owners_of(charge))
    charge = Charge.objects.select_related("customer", "source", "payment").get(pk=charge.pk)
    final = charge.status in (State.SUCCEEDED, State.FAILED)
    if outcome.status == Status.SUCCEEDED and charge.status != State.SUCCEEDED:
        _succeed(charge, outcome, now)
        prove(charge, now)
    elif outcome.status == Status.PENDING and not final and charge.status != State.PENDING:
        _await(charge, outcome, State.PENDING, now)
        prove(charge, now)
    elif outcome.status == Status.DECLINED and not final:
        _fail(charge, outcome, now)
    elif outcome.status == Status.UNKNOWN and charge.status in (State.SENT, State.UNKNOWN):
        _await(charge, outcome, State.UNKNOWN, now)
    return Charge.objects.get(pk=charge.pk)


def settle_charge(
    *, charge: Charge, status: str, now: datetime, code: str = "", message: str = "", usable: bool = True
) -> Charge:
    """Late news of a pending charge: it `succeeded` (cleared) or `failed` (came back).

    Raises Refused when the charge is not pending. Never call it inside a transaction: a source whose first
    charge came back is forgotten at its gateway.
    """
    word = Status.SUCCEEDED if status == State.SUCCEEDED else Status.DECLINED
    outcome = Outcome(word, code=code, message=message, usable=usable)
    return forget_declined(charge=_settle(charge, outcome, now), now=now)


@transaction.atomic
def _settle(charge: Charge, outcome: Outcome, now: datetime) -> Charge:
    lock_accounts(owners_of(charge))
    charge = Charge.objects.get(pk=charge.pk)
    if charge.status != State.PENDING:
        raise Refused("This charge is not pending.")
    return record_outcome(charge=charge, outcome=outcome, now=now)


def _succeed(charge: Charge, outcome: Outcome, now: datetime) -> None:
    _release(charge, now)
    _finish(charge, State.SUCCEEDED, outcome, now)
    applications = _fitting(charge)
    try:
        with transaction.atomic():
            _receive(charge, applications, now)
    except Refused:
        # The money is there, whatever became of what it was meant for: it stays unapplied.
        _receive(charge, (), now)


def _receive(charge: Charge, applications: Sequence[Application], now: datetime) -> None:
    waiting = charge.payment
    if waiting is not None and waiting.status == Payment.Status.PENDING:
        clear_payment(payment=waiting, applications=applications, charge=charge, now=now)
        return
    _record(charge, applications, Payment.Status.SUCCEEDED, now)


def _await(charge: Charge, outcome: Outcome, status: str, now: datetime) -> None:
    """The claim stays; a pending payment says that money is on its way, or may be."""
    named = outcome.gateway_id not in ("", charge.gateway_id)
    charge.status = status
    charge.gateway_id = outcome.gateway_id or charge.gateway_id
    charge.failure_code = outcome.code
    if status == State.PENDING:
        charge.next_look_at = None
    elif charge.next_look_at is None or charge.next_look_at <= now:
        charge.looks += 1
        charge.next_look_at = next_look(looks=charge.looks, now=now)
    if named and charge.payment is not None:
        await_payment(payment=charge.payment, charge=charge, now=now)
        return
    if charge.payment is not None:
        charge.save()
        return
    _record(charge, (), Payment.Status.PENDING, now)
    for invoice in _claimed(charge):
        _note_change(invoice, now, was_pending=False)


def _fail(charge: Charge, outcome: Outcome, now: datetime) -> None:
    claimed, was_pending = _claimed(charge), charge.payment is not None
    _release(charge, now)
    _finish(charge, State.FAILED, outcome, now)
    if charge.trial:
        # Its source is forgotten in a moment; should the process die before, the sweep sees to it.
        charge.looks, charge.next_look_at = 0, next_look(looks=0, now=now)
    if charge.payment is not None:
        fail_payment(payment=charge.payment, charge=charge, now=now)
    else:
        charge.save()
    made = outcome.code not in NOT_MADE
    for invoice in claimed:
        if made and charge.automatic:
            _count_attempt(invoice, outcome, now, was_pending=was_pending)
        elif was_pending:
            _note_change(invoice, now, was_pending=True)
    if made and not outcome.usable and charge.source is not None:
        _retire(charge.source, outcome.message, now)
    record_event(type="charge.failed", row=charge, now=now)
    charge_failed.send_robust(sender=Charge, charge_id=charge.pk, customer_id=charge.customer_id, now=now)


def _finish(charge: Charge, status: str, outcome: Outcome, now: datetime) -> None:
    failed = status == State.FAILED
    charge.status, charge.final_at, charge.next_look_at = status, now, None
    charge.gateway_id = outcome.gateway_id or charge.gateway_id
    charge.failure_code = outcome.code if failed else ""
    charge.failure_message = (outcome.message or "The charge failed.")[:500] if failed else ""


def _release(charge: Charge, now: datetime) -> None:
    ChargeClaim.objects.filter(charge=charge, released_at=None).update(released_at=now)


def _record(charge: Charge, applications: Sequence[Application], status: str, now: datetime) -> None:
    record_payment(
        customer=charge.customer,
        amount=charge.amount,
        currency=charge.currency,
        applications=applications,
        values={
            "method": charge.method,
            "reference": charge.gateway_id,
            "source": "autopay" if charge.automatic else "api",
            "status": status,
        },
        charge=charge,
        now=now,
    )


def _fitting(charge: Charge) -> list[Application]:
    """What the money was meant for, as far as it still has room there. Staff decide about the rest."""
    rows = Invoice.objects.select_related("customer").in_bulk(
        [split["invoice"] for split in charge.splits if split["invoice"]]
    )
    found = []
    for split in charge.splits:
        invoice, amount = rows.get(split["invoice"]), split["amount"]
        if split["invoice"]:
            if invoice is None or not _takes_money(invoice, charge):
                continue
            open_now, claimed = open_and_claimed(invoice)
            amount = min(amount, open_now - claimed)
        if amount > 0:
            found.append(Application(type=split["type"], amount=amount, invoice=invoice))
    return found


def _takes_money(invoice: Invoice, charge: Charge) -> bool:
    if invoice.draft or invoice.voided or invoice.closed_at is not None:
        return False
    return invoice.currency == charge.currency and is_self_or_ancestor(charge.customer, invoice.customer)


def _count_attempt(invoice: Invoice, outcome: Outcome, now: datetime, *, was_pending: bool) -> None:
    """A decline counts on the invoice: when to try again, and since when it is past due."""
    days, declined_at = settings.AUTOPAY_RETRY_DAYS, whole_second(now)

    def retry(count: int) -> datetime | None:
        if not outcome.usable:
            return None
        zone = Company.get().zone
        return next_attempt(attempt_count=count, declined_at=declined_at, days=days, zone=zone)

    changed = copy(invoice)
    schedule_after_decline(changed, retry=retry, now=now)
    _note_change(invoice, now, was_pending=was_pending, **{name: getattr(changed, name) for name in SCHEDULE})


def _note_change(invoice: Invoice, now: datetime, *, was_pending: bool, **columns: Any) -> None:
    """Change an invoice and record it; being in a charge's hands or not shows in its status, too."""
    invoice.claimed = was_pending  # type: ignore[attr-defined]  # read by its projection
    before = describe(invoice)
    Invoice.objects.filter(pk=invoice.pk).update(**columns, updated_at=now)
    invoice = Invoice.objects.get(pk=invoice.pk)
    previous = what_changed(before, describe(invoice))
    if previous:
        record_event(type="invoice.updated", row=invoice, now=now, previous=previous)


def _claimed(charge: Charge) -> list[Invoice]:
    rows = Invoice.objects.filter(charge_claims__charge=charge, charge_claims__released_at=None)
    return list(rows.order_by("pk"))


def _retire(source: PaymentSource, reason: str, now: datetime) -> None:
    """The gateway says that this source is of no more use: it is not charged again."""
    before = describe(source)
    with default_shown(source, now):
        source.chargeable, source.failure_reason = False, reason[:255]
        source.save()
        previous = what_changed(before, describe(source))
        record_event(type="payment_source.updated", row=source, now=now, previous=previous)
    if source.customer.payment_source_id == source.pk:
        pause_plans(customer=source.customer, now=now)
