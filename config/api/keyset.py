"""Pages that begin where the page before ended, behind ordinary page numbers.

After each page its last sort values are kept for some minutes under the key, the path, the query and the
number. The next page asks for what comes after them: it costs the same however deep it lies, and a row
that moves while somebody walks by `updated_at` is met again instead of pushing another one past the reader.
Several may walk under one key at once: as long as an end is kept, later pages begin at the earliest of them.
A row may then come twice, but none is passed over.
Who jumps to a page that was not walked to gets it by counting from the start.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, QuerySet, Value
from django.db.models.expressions import OrderBy

from config.api.remembering import recall, remember
from customers.api.columns import is_nullable

KEPT_SECONDS = 300
# Ends that are kept until the same moment need only one entry, so these are few.
_STEP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Term:
    """One column of an order. Unset values count as the greatest of all, on both databases."""

    name: str
    falling: bool
    nullable: bool

    def equals(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def passed(self, value: Any) -> Q | None:
        """What comes strictly after a value; None when nothing can."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if self.falling else None
        if self.falling:
            return Q(**{f"{self.name}__lt": value})
        above = Q(**{f"{self.name}__gt": value})
        return above | Q(**{f"{self.name}__isnull": True}) if self.nullable else above

    def reached(self, value: Any) -> Q:
        """A bound that an index can begin at; no condition where there is none."""
        if value is None:
            return Q() if self.falling else Q(**{f"{self.name}__isnull": True})
        if self.falling:
            return Q(**{f"{self.name}__lte": value})
        return Q() if self.nullable else Q(**{f"{self.name}__gte": value})


def terms_of(rows: QuerySet[Any]) -> list[Term] | None:
    """The order of a queryset, down to the first unique column; None when it is not made of plain columns."""
    terms: list[Term] = []
    for part in rows.query.order_by:
        if isinstance(part, str):
            name, falling = part.removeprefix("-"), part.startswith("-")
        elif isinstance(part, OrderBy) and isinstance(part.expression, F):
            name, falling = str(getattr(part.expression, "name", "")), part.descending
        else:
            return None
        name = "pk" if name == rows.model._meta.pk.name else name
        if "__" in name:
            return None
        if all(term.name != name for term in terms):
            terms.append(Term(name, falling, name != "pk" and is_nullable(rows.model, name)))
        if name == "pk":
            return terms
    return None


def after(rows: QuerySet[Any], terms: Sequence[Term], values: Sequence[Any]) -> QuerySet[Any]:
    """The rows behind the one with these sort values."""
    return rows.filter(_behind(terms, values))


def comes_after(terms: Sequence[Term], values: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether these sort values lie behind others; not for texts, of which databases have their own order."""
    for term, value, other in zip(terms, values, others, strict=True):
        if value != other:
            is_greater = value is None or (other is not None and value > other)
            return is_greater is not term.falling
    return False


def is_after(terms: Sequence[Term], values: Sequence[Any]) -> ExpressionWrapper[Any]:
    """The same as a column, worked out by the database."""
    return ExpressionWrapper(_behind(terms, values), output_field=BooleanField())


def _behind(terms: Sequence[Term], values: Sequence[Any]) -> "Q | _Behind":
    if len({term.falling for term in terms}) == 1 and not any(term.nullable for term in terms):
        # One comparison of both rows: an index finds its place by all columns at once.
        return _Behind(terms, values)
    condition = Q(pk__in=[])
    for term, value in reversed(list(zip(terms, values, strict=True))):
        condition = term.equals(value) & condition
        if (passed := term.passed(value)) is not None:
            condition = passed | condition
    return terms[0].reached(values[0]) & condition


class _Behind(Func):
    """`(updated_at, id) > (…, …)`; both databases compare rows like this."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, terms: Sequence[Term], values: Sequence[Any]) -> None:
        super().__init__(*(F(term.name) for term in terms), *(Value(value) for value in values))
        self.sign = "<" if terms[0].falling else ">"

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        width = len(self.source_expressions) // 2
        columns = self.source_expressions[:width]
        # A column may be worked out by the database: then it brings parameters of its own.
        compiled = [compiler.compile(column) for column in columns]
        names = ", ".join(sql for sql, _ in compiled)
        marks = ", ".join(["%s"] * width)
        values: Any = zip(columns, self.source_expressions[width:], strict=True)
        params = [column.output_field.get_db_prep_value(value.value, connection) for column, value in values]
        own = [param for _, more in compiled for param in more]
        return f"({names}) {self.sign} ({marks})", (*own, *params)


@dataclass(frozen=True, slots=True)
class End:
    """The sort values of the last row of a page, and until when (in seconds) some reader may rely on them."""

    until: int
    values: list[Any]


class Walk:
    """One list as one key asks for it: where its pages ended.

    Of each page are kept the ends that readers got within the last minutes, the earliest in the order first.
    """

    def __init__(
        self, *, key_id: Any, path: str, query: Sequence[tuple[str, str]], size: int, terms: Sequence[Term]
    ) -> None:
        text = f"{key_id} {path} {sorted(query)} {size} {[term.name for term in terms]}"
        self._name = "api-ends:" + hashlib.sha256(text.encode()).hexdigest()

    def ends_of(self, number: int) -> list[End]:
        kept = recall(f"{self._name}:{number}") or []
        return [End(until, values) for until, values in kept if until > time.time()]

    def keep_end(self, number: int, values: Sequence[Any], *, behind: Sequence[End] = ()) -> None:
        """Keep the end of a page beside those it lies behind.

        Whoever relies on another end is served by this one: it comes earlier and is kept for longer.
        """
        until = (int(time.time()) + KEPT_SECONDS) // _STEP_SECONDS * _STEP_SECONDS + _STEP_SECONDS
        ends = list(behind)
        if not ends or ends[-1].until < until:
            ends.append(End(until, list(values)))
        kept = [(end.until, end.values) for end in ends]
        remember(f"{self._name}:{number}", kept, seconds=KEPT_SECONDS + _STEP_SECONDS)
