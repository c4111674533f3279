"""Proof that every stored figure equals what the dated rows say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import F

from customers.dates import LAST_DAY
from customers.ledger.entries import sums_before
from customers.ledger.open_items import held, open_items
from customers.ledger.settling import balances, credit_history
from customers.models import (
    Charge,
    Company,
    CreditBalance,
    CreditNote,
    Customer,
    Invoice,
    Payment,
    PaymentApplication,
)

CHUNK = 500
# Behind every moment that the wire accepts, and behind the last day in every zone.
END_OF_TIME = int(datetime.combine(LAST_DAY + timedelta(days=2), time.min, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored figure that is not what its rows add up to; minor units."""

    what: str
    stored: int
    computed: int

    def __str__(self) -> str:
        return f"{self.what}: stored {self.stored}, computed {self.computed}"


def differences(*, now: datetime, customer: Customer | None = None) -> Iterator[Difference]:
    """Walk every account and yield what does not agree; nothing means the books are right.

    Checks stored balances of documents and payments, credit anchors and their history, moments of
    applications, and for each account and currency that the account balance equals open items less
    unapplied payments.
    """
    ids = Customer.objects.order_by("pk").values_list("pk", flat=True)
    if customer is not None:
        ids = ids.filter(pk=customer.pk)
    batch: list[int] = []
    for pk in ids.iterator(chunk_size=CHUNK):
        batch.append(pk)
        if len(batch) == CHUNK:
            yield from _batch(batch, now)
            batch = []
    if batch:
        yield from _batch(batch, now)


def _batch(ids: list[int], now: datetime) -> Iterator[Difference]:
    for model in (Invoice, CreditNote, Payment):
        for pk, stored, computed in balances(model, customer_ids=ids):
            if stored != computed:
                yield Difference(f"balance of {model._meta.verbose_name} {pk}", stored, computed)
    yield from _credits(ids)
    yield from _moments(ids)
    yield from _charges(ids)
    for at in (int(now.timestamp()), END_OF_TIME):
        yield from _identity(ids, at)


def _credits(ids: list[int]) -> Iterator[Difference]:
    stored = {
        (row.customer_id, row.currency): row.amount
        for row in CreditBalance.objects.filter(customer_id__in=ids)
    }
    used = PaymentApplication.objects.filter(payer_id__in=ids, type__in=["credit", "applied_credit"])
    keys = set(stored) | set(used.values_list("payer_id", "currency"))
    for customer_id, currency in sorted(keys):
        history = credit_history(customer_id=customer_id, currency=currency)
        computed = history[-1][1] if history else 0
        if stored.get((customer_id, currency), 0) != computed:
            what = f"credit of customer {customer_id} in {currency}"
            yield Difference(what, stored.get((customer_id, currency), 0), computed)
        lowest = min((balance for _, balance in history), default=0)
        if lowest < 0:
            yield Difference(f"lowest credit of customer {customer_id} in {currency}", lowest, 0)


def _moments(ids: list[int]) -> Iterator[Difference]:
    rows = PaymentApplication.objects.filter(customer_id__in=ids, ended_at=None).order_by("pk")
    for row in rows.select_related("payment", "credit_note", "invoice").iterator(chunk_size=CHUNK):
        dates = [row.applied_at]
        dates += [part.date for part in (row.payment, row.credit_note, row.invoice) if part is not None]
        if row.effective_at != max(dates):
            yield Difference(
                f"moment of application {row.pk}",
                int(row.effective_at.timestamp()),
                int(max(dates).timestamp()),
            )


def _charges(ids: list[int]) -> Iterator[Difference]:
    """A charge that brought money is its payment, and holds no invoice any more."""
    rows = Charge.objects.filter(customer_id__in=ids).order_by("pk")
    received = rows.filter(status=Charge.Status.SUCCEEDED).exclude(amount=F("payment__amount"))
    for pk, amount, recorded in received.values_list("pk", "amount", "payment__amount"):
        yield Difference(f"payment of charge {pk}", recorded, amount)
    held = rows.exclude(status__in=Charge.OPEN).filter(claims__released_at=None, claims__isnull=False)
    for pk in held.values_list("pk", flat=True).distinct():
        yield Difference(f"invoices held by the ended charge {pk}", 1, 0)


def _identity(ids: list[int], at: int) -> Iterator[Difference]:
    """Account balance = open items - unapplied payments, at the same second."""
    zone = Company.get().zone
    moment = at
    account = {key: sums[0] for key, sums in sums_before(customer_ids=ids, moment=moment + 1).items()}
    other: dict[tuple[int, str], int] = {}
    for item in open_items(at=moment, zone=zone, customer_ids=ids):
        key = (item.customer_id, item.currency)
        other[key] = other.get(key, 0) + item.balance
    for key, figures in held(at=moment, customer_ids=ids).items():
        other[key] = other.get(key, 0) - figures.unapplied
    for key in sorted(set(account) | set(other)):
        if account.get(key, 0) != other.get(key, 0):
            what = f"open items less unapplied of customer {key[0]} in {key[1]} at {moment}"
            yield Difference(what, other.get(key, 0), account.get(key, 0))
