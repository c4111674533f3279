"""Keeping the present balances true: recomputed from the dated rows, in the same transaction."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from customers.errors import Refused
from customers.ledger.changes import what_changed, with_balance
from customers.ledger.claims import CLAIMED
from customers.ledger.enrolment import MANUAL, SHOWN, leave_to_customer
from customers.ledger.entries import in_list
from customers.ledger.events import record_event
from customers.ledger.given_back import GIVEN_BACK
from customers.ledger.plans import note_balance
from customers.ledger.scheduling import SCHEDULE, schedule
from customers.models import CreditBalance, CreditNote, Invoice, Payment
from customers.money import to_amount
from customers.wire import describe
from customers.wire.invoice import is_paid

_PLUS = "COALESCE((SELECT SUM({amount}) FROM {table} x WHERE x.{key} = d.id{where}), 0)"


def _total(table: str, key: str, where: str = "", amount: str = "x.amount") -> str:
    return _PLUS.format(amount=amount, table=f"customers_{table}", key=key, where=where)


_LIVE = " AND x.ended_at IS NULL"
_CASH = _LIVE + " AND x.type IN ('invoice', 'credit', 'convenience_fee')"

# What a present balance is, for each kind of document. Voided ones owe nothing; a payment that is
# voided or not received has all of its amount left.
_COMPUTED: dict[type[Model], str] = {
    Invoice: "CASE WHEN d.voided_at IS NOT NULL THEN 0 ELSE d.total - "
    + _total("paymentapplication", "invoice_id", _LIVE)
    + " - "
    + _total("writeoff", "invoice_id", _LIVE)
    + " END",
    CreditNote: "CASE WHEN d.voided_at IS NOT NULL THEN 0 ELSE d.total - "
    + _total("paymentapplication", "credit_note_id", _LIVE)
    + " END",
    Payment: "CASE WHEN d.voided_at IS NOT NULL OR d.status <> 'succeeded' THEN d.amount ELSE d.amount - "
    + _total("paymentapplication", "payment_id", _CASH)
    + " - "
    + _total("refund", "payment_id", amount="x.amount - x.fee")
    + " - "
    + _total("reversal", "payment_id")
    + " END",
}


class Stored(NamedTuple):
    """A document's stored balance beside what its rows add up to; minor units."""

    id: int
    stored: int
    computed: int


def balances(
    model: type[Model], *, ids: Iterable[int] = (), customer_ids: Iterable[int] = ()
) -> list[Stored]:
    """Stored and computed present balances of documents, by their ids or by account. One query."""
    wanted, column = (ids, "id") if ids else (customer_ids, "customer_id")
    if not wanted:
        return []
    sql = (
        f"SELECT d.id, d.balance, CAST({_COMPUTED[model]} AS BIGINT) FROM {model._meta.db_table} d "
        f"WHERE d.{column} IN {in_list(set(wanted))} ORDER BY d.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [Stored(*row) for row in cursor.fetchall()]


def settle_documents(
    *, invoices: Iterable[int] = (), credit_notes: Iterable[int] = (), payments: Iterable[int] = ()
) -> None:
    """Recompute the stored balances of these documents from their applications and events.

    Called under the account's lock after every change; raises Refused when more would be applied
    than there is, so that a caller's check and the database's constraint never disagree. Invoices on
    which nothing is open any more get their `invoice.paid`, whatever it was that settled them; others
    their `invoice.updated`, credit notes their `credit_note.updated`.
    """
    before: Balances = {}
    for model, ids in ((Invoice, invoices), (CreditNote, credit_notes), (Payment, payments)):
        for pk, stored, computed in balances(model, ids=ids):
            if computed < 0:
                row = model._default_manager.get(pk=pk)
                raise Refused(f"More would be applied to {row} than there is.", param="applied_to")
            if computed != stored:
                # A changed balance is a change of the object: who follows `updated_at` must see it.
                model._default_manager.filter(pk=pk).update(balance=computed, updated_at=timezone.now())
                # Of a payment tells who changed it: what it is applied to is its own.
                if model is not Payment:
                    before[model, pk] = stored
    waiting = _before.get()
    if waiting is None:
        _record_changes(before)
    else:
        waiting.update({key: stored for key, stored in before.items() if key not in waiting})


# Balances of documents, by kind and id.
Balances = dict[tuple[type[Model], int], int]

# What they were before the change that is being made, while it takes several steps.
_before: ContextVar[Balances | None] = ContextVar("before", default=None)


@contextmanager
def settling_as_one() -> Iterator[None]:
    """All that is settled inside is one change of each document: recorded at the end, if it is one at all."""
    before: Balances = {}
    token = _before.set(before)
    try:
        yield
    finally:
        _before.reset(token)
    _record_changes(before)


def _record_changes(before: Balances) -> None:
    """What events tell of documents whose balance was this."""
    _record_invoices({pk: stored for (model, pk), stored in before.items() if model is Invoice})
    notes = {pk: stored for (model, pk), stored in before.items() if model is CreditNote}
    rows = CreditNote.objects.filter(pk__in=notes).prefetch_related("items", "levies__tax_rate")
    for note in rows.order_by("pk") if notes else ():
        if note.balance != notes[note.pk]:
            _record_update(note, _shown_with(note, notes[note.pk]))


def _record_invoices(before: dict[int, int]) -> None:
    """Written-off and voided ones owe nothing either, but are not paid."""
    rows = Invoice.objects.filter(pk__in=before).annotate(claimed=CLAIMED, given_back=GIVEN_BACK)
    rows = rows.select_related("customer__payment_source").prefetch_related(*SHOWN)
    for invoice in rows.order_by("pk") if before else ():
        was = before[invoice.pk]
        if invoice.balance == was:
            continue
        if is_paid(invoice):
            _reschedule(invoice, was, timezone.now())
            record_event(type="invoice.paid", row=invoice, now=timezone.now())
        else:
            shown = _shown_with(invoice, was)
            _reschedule(invoice, was, timezone.now())
            _record_update(invoice, shown)
        note_balance(invoice, before=was, now=timezone.now())


def reschedule_invoices(*, before: Mapping[int, int], now: datetime) -> None:
    """Balances were written in bulk and without events; AutoPay follows them as it does any other.

    `before` are the old ones by the ids of the invoices, in minor units. Called under the accounts' locks.
    """
    rows = Invoice.objects.filter(pk__in=before, autopay=True).select_related("customer__payment_source")
    rows = rows.annotate(given_back=GIVEN_BACK)
    for invoice in rows.prefetch_related("payment_plans__instalments").order_by("pk"):
        _reschedule(invoice, before[invoice.pk], now)


_FOLLOWING = tuple(dict.fromkeys((*SCHEDULE, *MANUAL)))


def _reschedule(invoice: Invoice, balance: int, now: datetime) -> None:
    """AutoPay has nothing more to do for a paid invoice, goes on with the next instalment of a plan, and
    comes back to what is open again, or leaves it to its customer."""
    before = [getattr(invoice, name) for name in _FOLLOWING]
    schedule(invoice, now=now, balance_before=balance)
    leave_to_customer(invoice, balance_before=balance, now=now)
    after = {name: getattr(invoice, name) for name in _FOLLOWING}
    if list(after.values()) != before:
        Invoice.objects.filter(pk=invoice.pk).update(**after)


def _shown_with(document: Invoice | CreditNote, balance: int) -> dict[str, Any]:
    """What the wire shows of it while this is the balance: `paid` and `status` follow from it."""
    with with_balance(document, balance):
        return describe(document)


def _record_update(document: Invoice | CreditNote, before: dict[str, Any]) -> None:
    after = describe(document)
    kind, previous = f"{after['object']}.updated", what_changed(before, after)
    record_event(type=kind, row=document, now=timezone.now(), previous=previous, shape=after)


def credit_history(*, customer_id: int, currency: str) -> list[tuple[datetime, int]]:
    """The credit balance after each moment at which it changed, oldest first, in minor units. One query."""
    with connection.cursor() as cursor:
        changes = f"SELECT moment, amount FROM ({credit_changes_sql(customer_id)}) h WHERE currency = %s"
        cursor.execute(changes, [currency])
        return running_credit(cursor.fetchall())


def running_credit(changes: Iterable[tuple[int, int]]) -> list[tuple[datetime, int]]:
    """Changes by moment (Unix seconds) as balances after each of them, oldest first."""
    history, balance = [], 0
    for moment, amount in sorted(changes):
        balance += int(amount)
        history.append((datetime.fromtimestamp(moment, UTC), balance))
    return history


def credit_changes_sql(customer_id: int) -> str:
    """By how much an account's credit changed: currency, moment, amount. One row for each moment."""
    pk = int(customer_id)
    # A use that was taken back at the very moment it began never counted.
    used = (
        f"FROM customers_paymentapplication WHERE payer_id = {pk} AND type IN ('credit', 'applied_credit')"
        " AND (ended_at IS NULL OR ended_at <> effective_at)"
    )
    return f"""
SELECT currency, moment, SUM(amount) AS amount FROM (
  SELECT currency, date AS moment, amount FROM customers_creditadjustment WHERE customer_id = {pk}
  UNION ALL
  SELECT currency, effective_at, CASE type WHEN 'credit' THEN amount ELSE -amount END {used}
  UNION ALL
  SELECT currency, ended_at, CASE type WHEN 'credit' THEN -amount ELSE amount END {used}
    AND ended_at IS NOT NULL
) c GROUP BY currency, moment
"""


def settle_credit(*, customer_id: int, currency: str, param: str = "amount") -> int:
    """Recompute the anchor of a credit balance; refuse what would have it below zero on any day."""
    history = credit_history(customer_id=customer_id, currency=currency)
    lowest = min((balance for _, balance in history), default=0)
    if lowest < 0:
        missing = to_amount(-lowest, currency)
        raise Refused(
            f"The credit balance would fall below zero: {missing:,} {currency.upper()} are missing.",
            param=param,
        )
    balance = history[-1][1] if history else 0
    CreditBalance.objects.update_or_create(
        customer_id=customer_id, currency=currency, defaults={"amount": balance}
    )
    return balance
