"""From ledger to statement, for one account or many, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import FilteredRelation, Q

from customers.ages import AgingRule
from customers.ledger.entries import Entry, entries_between, printing_order, sums_before
from customers.ledger.families import members_of
from customers.ledger.open_items import Held, OpenItem, held, open_items
from customers.models import Company, Customer, PaymentSource
from statements.autopay import with_autopay
from statements.balance_forward import Movement, build_balance_forward
from statements.open_item import build_open_item
from statements.statement import Aging, Member, Memo, OpenLine, Options, Statement

Row = TypeVar("Row", Entry, OpenItem)
_SOURCE = tuple(f"payment_source__{name}" for name in ("kind", "brand", "bank_name", "last4"))


@dataclass(frozen=True, slots=True)
class _Facts:
    """Everything read for a batch, by customer id."""

    members: dict[int, tuple[int, ...]]
    people: dict[int, Member]
    currencies: dict[int, str]
    items: dict[int, list[OpenItem]]
    held: dict[tuple[int, str], Held]
    entries: dict[int, list[Entry]]
    opening: dict[int, dict[str, tuple[int, int]]]
    closings: dict[tuple[int, str], int]
    sources: dict[int, str]
    company_currency: str
    rule: AgingRule
    zone: ZoneInfo
    now: datetime | None


def build_statement(*, customer: Customer, options: Options, now: datetime | None = None) -> Statement:
    """The statement of one account in the asked currency or its default one; never empty-handed.

    Default currency: the customer's; else that of its newest invoice that is still open at `end` or,
    balance forward, in the period; else of such a one of its children; else the company's. Writes nothing.

    `now` is given by who makes a document of today, whatever its `end`: it then says what AutoPay will
    collect; nothing else asks for it.
    """
    facts = _read([customer.pk], options, now)
    currency = options.currency or _default_currency(facts, customer.pk)
    return _build(facts, customer.pk, currency, options)


def rebuild(*, sent: Statement) -> Statement | None:
    """The same statement by what the ledger says now; None when its customer is gone."""
    customer = Customer.objects.filter(pk=sent.member.id).first()
    if customer is None:
        return None
    return build_statement(customer=customer, options=replace(sent.options, currency=sent.currency))


def build_statements(
    *, customer_ids: Collection[int], options: Options, now: datetime | None = None
) -> dict[int, tuple[Statement, ...]]:
    """Statements of many accounts: one for each currency that has something to tell.

    `now` as for `build_statement`. An account with nothing gets an empty tuple. The number of queries does
    not depend on how many accounts or documents there are.
    """
    facts = _read(customer_ids, options, now)
    return {
        pk: tuple(
            statement
            for currency in _currencies(facts, pk, options)
            if not (statement := _build(facts, pk, currency, options)).is_empty
        )
        for pk in customer_ids
    }


def _read(customer_ids: Collection[int], options: Options, now: datetime | None) -> _Facts:
    company = Company.get()
    members: dict[int, tuple[int, ...]] = {pk: (pk,) for pk in customer_ids}
    if options.include_children:
        members |= members_of(customer_ids, on_statement=True)
    ids = sorted({pk for group in members.values() for pk in group})
    entries: list[Entry] = []
    opening: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    if options.type == "balance_forward" and options.start is not None:
        entries = entries_between(customer_ids=ids, start=options.start, end=options.end)
        for (owner, currency), sums in sums_before(customer_ids=ids, moment=options.start).items():
            opening[owner][currency] = sums
    people = _people({*ids, *(entry.other_id for entry in entries if entry.other_id)}, options)
    return _Facts(
        members=members,
        people={pk: Member(pk, name, number) for pk, name, number, *_ in people},
        currencies={row[0]: row[3] for row in people},
        items=_by_customer(
            open_items(at=options.end, zone=company.zone, customer_ids=ids, aging=company.aging)
        ),
        held=held(at=options.end, customer_ids=ids),
        entries=_by_customer(entries),
        opening=opening,
        closings={(row[0], row[-2]): row[-1] for row in people if row[-2]},
        sources={row[0]: _source(row) for row in people if now and row[4]},
        company_currency=company.currency,
        rule=company.aging,
        zone=company.zone,
        now=now,
    )


def _people(ids: Collection[int], options: Options) -> list[tuple[Any, ...]]:
    """Id, name, number, currency and payment source of customers; then currency and closing balance of the
    statements they had of the period that ended right before `start`, oldest first."""
    rows = Customer.objects.filter(pk__in=ids).order_by("pk")
    words = ("pk", "name", "number", "currency", "payment_source__chargeable", *_SOURCE)
    if options.start is None:
        return [(*row, None, None) for row in rows.values_list(*words)]
    last = FilteredRelation(
        "issued_statements",
        condition=Q(
            issued_statements__type="balance_forward",
            issued_statements__end_at=datetime.fromtimestamp(options.start - 1, UTC),
            issued_statements__canceled_at=None,
            issued_statements__facts__options__include_children=options.include_children,
        ),
    )
    rows = rows.annotate(last=last).order_by("pk", "last__number")
    return list(rows.values_list(*words, "last__currency", "last__headline"))


def _source(row: tuple[Any, ...]) -> str:
    return str(PaymentSource(**{name.rpartition("__")[2]: row[5 + n] for n, name in enumerate(_SOURCE)}))


def _by_customer(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(row)
    return found


def _default_currency(facts: _Facts, pk: int) -> str:
    if facts.currencies.get(pk):
        return facts.currencies[pk]
    for owners in ((pk,), facts.members[pk]):
        newest = [
            (item.at, item.id, item.currency)
            for owner in owners
            for item in facts.items[owner]
            if item.kind == "invoice"
        ]
        newest += [
            (entry.at, entry.id, entry.currency)
            for owner in owners
            for entry in facts.entries[owner]
            if entry.type == "invoice"
        ]
        if newest:
            return max(newest)[2]
    return facts.company_currency


def _currencies(facts: _Facts, pk: int, options: Options) -> list[str]:
    if options.currency:
        return [options.currency]
    group = set(facts.members[pk])
    found = {item.currency for owner in group for item in facts.items[owner]}
    if options.type == "balance_forward":
        found |= {entry.currency for owner in group for entry in facts.entries[owner]}
        for owner in group:
            found |= {currency for currency, sums in facts.opening.get(owner, {}).items() if any(sums)}
    return sorted(found)


def _build(facts: _Facts, pk: int, currency: str, options: Options) -> Statement:
    items = _items(facts, facts.members[pk], currency)
    statement = _arrange(facts, pk, currency, options, items)
    if facts.now is None:
        return statement
    return with_autopay(
        statement=statement, items=items, sources=facts.sources, zone=facts.zone, now=facts.now
    )


def _arrange(facts: _Facts, pk: int, currency: str, options: Options, items: list[OpenItem]) -> Statement:
    group = facts.members[pk]
    memo = _memo(facts, group, currency)
    options = replace(options, currency=currency)
    members = [facts.people[member] for member in group]
    if options.type == "open_item":
        return build_open_item(
            options=options, currency=currency, member=facts.people[pk], members=members,
            items=[_line(item) for item in items], aging=_aging(facts.rule, items), memo=memo,
        )  # fmt: skip
    opening = [facts.opening.get(owner, {}).get(currency, (0, 0)) for owner in group]
    carried = sum(account for account, _ in opening)
    movements = _movements(facts, group, currency)
    return build_balance_forward(
        options=options,
        currency=currency,
        member=facts.people[pk],
        members=members,
        opening=carried,
        movements=[_move(facts, entry) for entry in movements if not entry.wallet],
        opening_credit=sum(wallet for _, wallet in opening),
        credit_movements=[_move(facts, entry) for entry in movements if entry.wallet],
        aging=_aging(facts.rule, items),
        past_due=sum(item.overdue for item in items),
        memo=memo,
        changed_since=_changed_since(facts.closings.get((pk, currency)), carried, options),
    )


def _changed_since(closing: int | None, opening: int, options: Options) -> tuple[int, int] | None:
    """What was entered, changed or voided behind our last statement, which ended right before this one."""
    if closing is None or closing == opening or options.start is None:
        return None
    return options.start - 1, opening - closing


def _aging(rule: AgingRule, items: list[OpenItem]) -> Aging:
    sums = tuple(sum(column) for column in zip(*(item.buckets for item in items), strict=True))
    return Aging(sums or (0,) * rule.size, rule.bounds, rule.basis)


def _items(facts: _Facts, group: tuple[int, ...], currency: str) -> list[OpenItem]:
    items = [item for owner in group for item in facts.items[owner] if item.currency == currency]
    return sorted(items, key=lambda item: (item.at, item.total, item.number, item.id))


def _movements(facts: _Facts, group: tuple[int, ...], currency: str) -> list[Entry]:
    """The group's entries; transfers between its own members cancel out and are not shown."""
    inside = set(group)
    entries = [
        entry
        for owner in group
        for entry in facts.entries[owner]
        if entry.currency == currency and not (entry.type == "transfer" and entry.other_id in inside)
    ]
    return sorted(entries, key=printing_order)


def _memo(facts: _Facts, group: tuple[int, ...], currency: str) -> Memo:
    parts = [facts.held.get((owner, currency), Held()) for owner in group]
    return Memo(
        unapplied=sum(part.unapplied for part in parts),
        credit=sum(part.credit for part in parts),
        pending=sum(part.pending for part in parts),
    )


def _line(item: OpenItem) -> OpenLine:
    return OpenLine(
        type="invoice" if item.kind == "invoice" else "credit_note",
        at=item.at,
        number=item.number,
        total=item.total,
        balance=item.balance,
        due_at=item.due_at,
        days_late=item.days_late,
        overdue=item.overdue,
        member_id=item.customer_id,
        purchase_order=item.purchase_order,
    )


def _move(facts: _Facts, entry: Entry) -> Movement:
    return Movement(
        type=entry.type,
        at=entry.at,
        amount=entry.amount,
        number=entry.number,
        member_id=entry.customer_id,
        method=entry.method,
        fee=entry.fee,
        counterparty=facts.people[entry.other_id].name if entry.other_id in facts.people else "",
    )
