"""What a list may be sorted and filtered by: the allow-list each resource declares.

    columns = {
        "id": Column(Integer()),
        "name": Column(Text()),
        "email": Column(Text(), folded_in="email"),
        "number": Column(Text(), folded_in="number_key"),
        "total": Column(Amount(), minor_units=True),
        "parent_customer": Column(Integer(), source="parent_customer_id"),
        "created_at": Column(Timestamp()),
        "status": Column(Choice(STATUSES), narrow=with_status, sorted_by=status_words),
    }

Request words never reach the database as column names; only these do (Invoiced API, sorting, filtering).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    F,
    IntegerField,
    Model,
    Q,
    QuerySet,
    Value,
    When,
)

from customers.api.fields import LARGEST_INTEGER, Flag, Text, Timestamp
from customers.api.parameter import Field, Place
from customers.errors import Refused
from customers.models.base import document_key
from customers.money import currencies, exponent, to_amount, to_minor
from customers.wire.values import clean_text

Rows = QuerySet[Any]

_NULL_WORDS = frozenset({"null", "None"})


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of a list.

    `field` says how its values are written, `source` which column it is (the wire's name by default).
    `folded_in` names the column that holds the text without letter case: equal whatever its case, by
    index. `minor_units` stands for an integer column of minor units with
    the currency in the column `currency`. For attributes that are no column `narrow` filters by itself (the
    value is None for "unset") and `sorted_by` gives the expression to sort by.
    """

    field: Field
    source: str = ""
    folded_in: str = ""
    minor_units: bool = False
    sortable: bool = True
    filterable: bool = True
    narrow: Callable[[Rows, Any], Rows] | None = None
    sorted_by: Callable[[], Any] | None = None

    @property
    def sorts(self) -> bool:
        return self.sortable and (self.narrow is None or self.sorted_by is not None)


Columns = Mapping[str, Column]


def filtered(rows: Rows, columns: Columns, conditions: Mapping[str, Any]) -> Rows:
    """Rows that meet every `filter[name]=value`; raises `Refused` with the param `filter`."""
    for name, raw in conditions.items():
        column = columns.get(name)
        if column is None or not column.filterable:
            raise Refused(f"The list cannot be filtered by {name[:100]}.", "filter")
        if isinstance(raw, dict | list):
            raise Refused(f"The filter {name} must be one value.", "filter")
        source = column.source or name
        value = None if _means_null(column, raw) else _value(column, name, raw)
        if column.narrow:
            rows = column.narrow(rows, value)
        else:
            unset = value is None
            rows = rows.filter(_is_unset(rows, source, column) if unset else _equals(source, column, value))
    return rows


def ordering_of(rows: Rows, columns: Columns, sort: str) -> tuple[Rows, list[Any]]:
    """`name asc,id desc` as ordering expressions, and the rows with what these need; empty parts are
    ignored. Raises `Refused` with the param `sort`."""
    order: list[Any] = []
    for part in filter(None, map(str.strip, sort.split(","))):
        name, _, direction = part.partition(" ")
        direction = direction.strip().lower() or "asc"
        column = columns.get(name)
        if column is None or not column.sorts:
            raise Refused(f"The list cannot be sorted by {name[:100]}.", "sort")
        if direction not in ("asc", "desc"):
            raise Refused("The direction of sort must be asc or desc.", "sort")
        source = column.source or name
        if column.sorted_by is not None:
            # A name of its own: the row may have a column of the attribute's.
            source = f"sorted_{name}"
            rows = rows.annotate(**{source: column.sorted_by()})
        order.append(directed(rows.model, source, "desc" if direction == "desc" else "asc"))
    return rows, order


def directed(model: type[Model], source: str, direction: Literal["asc", "desc"]) -> Any:
    """One ordering expression. Unset values come last going up and first going down, on both databases."""
    if "__" in source or not is_nullable(model, source):
        return F(source).desc() if direction == "desc" else F(source).asc()
    return F(source).desc(nulls_first=True) if direction == "desc" else F(source).asc(nulls_last=True)


def first_of(conditions: Mapping[str, Q]) -> Case:
    """An attribute that is worked out, to be sorted by: the first word whose condition holds."""
    cases = [When(condition, then=Value(word)) for word, condition in conditions.items()]
    return Case(*cases, default=Value(""), output_field=CharField())


def derived(condition: Q) -> Column:
    """A yes-or-no attribute that is no column but follows from others; unset is "no"."""

    def narrow(rows: Rows, wanted: bool | None) -> Rows:
        return rows.filter(condition if wanted else ~condition)

    def sorted_by() -> Case:
        return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())

    return Column(Flag(), narrow=narrow, sorted_by=sorted_by)


def always_unset(field: Field) -> Column:
    """An attribute that is null in every answer: nothing equals it, and sorting by it changes nothing."""

    def narrow(rows: Rows, value: Any) -> Rows:
        return rows if value is None else rows.none()

    def sorted_by() -> Case:
        # Databases take a bare number for the place of a column.
        return Case(When(pk=None, then=Value(1)), default=Value(0), output_field=IntegerField())

    return Column(field, narrow=narrow, sorted_by=sorted_by)


def is_nullable(model: type[Model], source: str) -> bool:
    return any(field.null for field in model._meta.concrete_fields if source in (field.name, field.attname))


def _means_null(column: Column, raw: Any) -> bool:
    text = clean_text(str(raw))
    return not text or (text in _NULL_WORDS and not isinstance(column.field, Text))


def _is_unset(rows: Rows, source: str, column: Column) -> Q:
    unset = Q(**{f"{source}__isnull": True})
    if not isinstance(column.field, Text):
        return unset
    # One condition wherever it can be one: two of them read no index in order.
    nullable = "__" in source or is_nullable(rows.model, source)
    return unset | Q(**{source: ""}) if nullable else Q(**{source: ""})


def _value(column: Column, name: str, raw: Any) -> Any:
    try:
        return column.field.convert(raw, Place(name, name, form=True))
    except Refused as refused:
        raise Refused(refused.message, "filter") from None


def _equals(source: str, column: Column, value: Any) -> Q:
    if isinstance(column.field, Timestamp):
        # Columns with fractions of a second are shown in whole ones.
        return Q(**{f"{source}__gte": value, f"{source}__lt": value + timedelta(seconds=1)})
    if column.minor_units:
        return equals_amount(source, value)
    if isinstance(column.field, Flag):
        return Q(**{f"{source}__in": [value]})  # a bare "WHERE flag" uses no index on SQLite
    if column.folded_in:
        return Q(**{column.folded_in: document_key(value)})
    return Q(**{source: value})


def equals_amount(source: str, amount: Decimal) -> Q:
    """The same number is other minor units in yen than in dollars: one condition per sort of currency."""
    condition = Q(pk__in=[])
    for codes in _currencies_by_decimals():
        minor = to_minor(amount, codes[0])
        if to_amount(minor, codes[0]) == amount and abs(minor) <= LARGEST_INTEGER:
            condition |= Q(**{source: minor, "currency__in": codes})
    return condition


@lru_cache(maxsize=1)
def _currencies_by_decimals() -> list[list[str]]:
    groups: dict[int, list[str]] = {}
    for code in sorted(currencies()):
        groups.setdefault(exponent(code), []).append(code)
    return list(groups.values())
