"""Balances of one account or many: what lists, the dashboard, the aging report and the API show."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from customers.ages import AgingRule
from customers.errors import Refused
from customers.ledger.aging import Ruler
from customers.ledger.claims import claimed_invoices, instalments_to_come
from customers.ledger.closed_unpaid import first_due_of_closed
from customers.ledger.open_items import OpenItem, open_items
from customers.ledger.settling import credit_history, running_credit
from customers.ledger.standing import DatedAhead, standing_of
from customers.models import Company, Customer, Invoice
from customers.money import is_currency

LONGEST_HISTORY = 100


@dataclass(frozen=True, slots=True)
class Receivable:
    """Open items of one account in one currency, added up; minor units.

    The buckets add up to `open_amount`. Those by days past due add up to `past_due_amount` from the
    first bound on, when that is one day.
    """

    customer_id: int
    currency: str
    open_count: int
    open_amount: int
    past_due_count: int
    past_due_amount: int
    buckets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """The balance of the wire (Invoiced API, Get current balance); minor units of `currency`."""

    currency: str
    total_outstanding: int
    due_now: int
    past_due: bool
    open_credit_notes: int
    available_credits: int
    history: tuple[tuple[datetime, int], ...]


def receivables(
    *,
    at: int,
    zone: ZoneInfo,
    customer_ids: Collection[int] | None = None,
    currency: str | None = None,
    aging: AgingRule | None = None,
) -> list[Receivable]:
    """One row for each account and currency with something open, ordered by account and currency.

    Invoices and credit notes count; `open_count` counts documents. Two queries.
    """
    items = open_items(at=at, zone=zone, customer_ids=customer_ids, currency=currency, aging=aging)
    return add_up(items)


def add_up(items: Iterable[OpenItem]) -> list[Receivable]:
    """Open items by account and currency; the result does not depend on their order."""
    groups: dict[tuple[int, str], list[OpenItem]] = defaultdict(list)
    for item in items:
        groups[item.customer_id, item.currency].append(item)
    return [
        Receivable(
            customer_id=customer_id,
            currency=currency,
            open_count=len(group),
            open_amount=sum(item.balance for item in group),
            past_due_count=sum(item.past_due for item in group),
            past_due_amount=sum(item.overdue for item in group),
            buckets=tuple(map(sum, zip(*(item.buckets for item in group), strict=True))),
        )
        for (customer_id, currency), group in sorted(groups.items())
    ]


def balance_of(
    *, customer: Customer, now: datetime, as_of: datetime | None = None, currency: str | None = None
) -> Balance:
    """What one account owes and holds, at present or as of a moment. Children are not included.

    `due_now` leaves out invoices that a charge has in hand, AutoPay invoices until they are past due,
    and plan invoices but for their due instalments. Raises Refused (`currency`) for an unknown code.
    """
    _check_currency(currency)
    at = int((as_of or now).timestamp())
    company = Company.get()
    chosen = currency or customer.currency or currencies_of([customer.pk], at=at)[customer.pk]
    chosen = chosen or company.currency
    items = open_items(at=at, zone=company.zone, customer_ids=[customer.pk])
    claimed = claimed_invoices(at=at, customer_ids=[customer.pk])
    history = [
        (when, amount)
        for when, amount in credit_history(customer_id=customer.pk, currency=chosen.lower())
        if when.timestamp() <= at
    ]
    closed_due = first_due_of_closed(customer_id=customer.pk, at=at)
    closed_late = Ruler.of(at, company.zone).is_late(closed_due)
    return _added_up(chosen.lower(), at, items, claimed, closed_late, history)


def currencies_of(customer_ids: Collection[int], *, at: int) -> dict[int, str | None]:
    """By account: its currency, else that of its newest issued invoice, else None. One query."""
    newest = Invoice.objects.issued().filter(customer=OuterRef("pk"), date__lte=at).order_by("-date", "-pk")
    rows = Customer.objects.filter(pk__in=customer_ids)
    chosen = Coalesce(NullIf("currency", Value("")), Subquery(newest.values("currency")[:1]))
    return dict(rows.values_list("pk", chosen))


def present_balance(*, customer_id: int, now: datetime, currency: str | None = None) -> Balance | None:
    """What one account owes and holds right now; None when there is no such account.

    Equal to `balance_of` without `as_of`, but its cost does not grow with what was paid long ago. One
    query, two more with payment plans. Raises Refused (`currency`) as well.
    """
    _check_currency(currency)
    at = int(now.timestamp())
    try:
        standing = standing_of(customer_id=customer_id, at=at)
    except DatedAhead:
        return balance_of(customer=Customer.objects.get(pk=customer_id), now=now, currency=currency)
    if standing is None:
        return None
    chosen = (currency or standing.currency).lower()
    history = running_credit(standing.credit.get(chosen, []))
    return _added_up(chosen, at, standing.items, standing.claimed, standing.closed_late, history)


def _added_up(
    currency: str,
    at: int,
    items: Collection[OpenItem],
    claimed: Collection[int],
    closed_late: bool,
    history: Sequence[tuple[datetime, int]],
) -> Balance:
    mine = [item for item in items if item.currency == currency]
    invoices = [item for item in mine if item.kind == "invoice"]
    planned = [item.id for item in invoices if item.has_plan]
    to_come = instalments_to_come(at=at, invoice_ids=planned) if planned else {}
    return Balance(
        currency=currency,
        total_outstanding=sum(item.balance for item in invoices),
        due_now=sum(_due_now(item, to_come) for item in invoices if item.id not in claimed),
        past_due=closed_late or any(item.past_due for item in items),
        open_credit_notes=-sum(item.balance for item in mine if item.kind == "credit_note"),
        available_credits=history[-1][1] if history else 0,
        history=tuple(reversed(history))[:LONGEST_HISTORY],
    )


def _check_currency(currency: str | None) -> None:
    if currency and not is_currency(currency):
        raise Refused(f"{currency} is not a currency.", param="currency")


def _due_now(item: OpenItem, to_come: Mapping[int, int]) -> int:
    if item.has_plan:
        return 0 if item.autopay else max(0, item.balance - to_come.get(item.id, 0))
    return item.balance if not item.autopay or item.past_due else 0
