"""What the list of customers can be narrowed, sorted and enriched by (Invoiced API, List customers)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from customers.api.codes import Country, Currency, Language
from customers.api.columns import Column
from customers.api.customer_shape import TYPES
from customers.api.expansion import WireObject
from customers.api.fields import Amount, Choice, Flag, Integer, Text, Timestamp
from customers.api.parameter import Place, spoken
from customers.ledger.balances import currencies_of
from customers.ledger.credit_now import holds_credit
from customers.ledger.open_items import OpenItem, open_items
from customers.models import Company, Customer, Invoice
from customers.money import to_amount
from customers.wire.values import clean_text

Rows = QuerySet[Customer]

COLUMNS: dict[str, Column] = {
    "id": Column(Integer()),
    "number": Column(Text(), folded_in="number_key"),
    "email": Column(Text(), folded_in="email"),
    **{
        name: Column(Text())
        for name in (
            "name", "payment_terms", "attention_to", "address1", "address2", "city", "state", "postal_code",
            "phone", "tax_id", "avalara_entity_use_code", "avalara_exemption_number",
        )
    },
    **{
        name: Column(Flag())
        for name in ("autopay", "chase", "credit_hold", "taxable", "bill_to_parent", "consolidated")
    },
    **{
        name: Column(Integer(), source=f"{name}_id")
        for name in ("chasing_cadence", "next_chase_step", "owner", "parent_customer", "sign_up_page")
    },
    "autopay_delay_days": Column(Integer()),
    "country": Column(Country()),
    "language": Column(Language()),
    "currency": Column(Currency()),
    "credit_limit": Column(Amount()),
    "type": Column(Choice(TYPES)),
    "created_at": Column(Timestamp()),
    "updated_at": Column(Timestamp()),
}  # fmt: skip


def narrowed(rows: Rows, query: Mapping[str, Any], *, now: datetime) -> Rows:
    """`payment_source`, `open_balance`, `balance` and `owner` beside the filters of every list.

    Raises `Refused` for values that mean neither yes nor no, and for an owner that is no number.
    """
    if (wanted := _flag(query, "payment_source")) is not None:
        rows = rows.filter(payment_source__isnull=not wanted)
    if (wanted := _flag(query, "open_balance")) is not None:
        owing = Invoice.objects.open().filter(customer=OuterRef("pk"), date__lte=now)
        rows = rows.filter(Exists(owing) if wanted else ~Exists(owing))
    if (wanted := _flag(query, "balance")) is not None:
        holds = holds_credit(now=now)
        rows = rows.filter(holds if wanted else ~holds)
    if (owner := _value(query, "owner")) is not None:
        pk = Integer(minimum=-1).convert(owner, _place("owner"))
        rows = rows.filter(owner_id=None) if pk == -1 else rows.filter(owner_id=pk)
    return rows


def add_aging(objects: list[WireObject]) -> None:
    """`include=aging`: what is open by age, in the currency in which the balance is answered."""
    company = Company.get()
    lowest = (0, *company.aging.bounds)
    items: dict[tuple[int, str], list[OpenItem]] = defaultdict(list)
    ids = [row["id"] for row in objects]
    at = int(timezone.now().timestamp())
    currencies = currencies_of(ids, at=at)
    for item in open_items(at=at, zone=company.zone, customer_ids=ids, aging=company.aging):
        items[item.customer_id, item.currency].append(item)
    for row in objects:
        currency = currencies.get(row["id"]) or company.currency
        own = items[row["id"], currency]
        row["aging"] = [_bucket(own, index, age, currency) for index, age in enumerate(lowest)]


def add_disabled_methods(objects: list[WireObject]) -> None:
    """`include=disabled_payment_methods`: ways to pay that this customer may not use."""
    rows = Customer.objects.filter(pk__in=[row["id"] for row in objects])
    methods = dict(rows.values_list("pk", "disabled_payment_methods"))
    for row in objects:
        row["disabled_payment_methods"] = methods.get(row["id"], [])


def _bucket(items: list[OpenItem], index: int, age: int, currency: str) -> WireObject:
    parts = [item.buckets[index] for item in items if item.buckets[index]]
    return {"age_lower": age, "amount": to_amount(sum(parts), currency), "count": len(parts)}


def _value(query: Mapping[str, Any], name: str) -> Any:
    """One list parameter; None when it is absent, empty, or the way a client writes "nothing"."""
    raw = query.get(name)
    return None if isinstance(raw, str) and clean_text(raw) in ("", "None", "null") else raw


def _flag(query: Mapping[str, Any], name: str) -> bool | None:
    raw = _value(query, name)
    return None if raw is None else bool(Flag().convert(raw, _place(name)))


def _place(name: str) -> Place:
    return Place(name, spoken(name), form=True)
