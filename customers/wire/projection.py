"""The keys of a resource, told once: how each is read from a row, and how the database hands it out.

Lists fetch plain tuples by id instead of rows: making a row of the ORM costs more than everything else
about it. Both ways are made from the same keys, and a test compares them for every column.

    PROJECTION = Projection(Contact, [Key("id"), constant("object", "contact"), Key("email", form=TEXT)])
    PROJECTION.of(row)                          # a row of the ORM as a dict
    PROJECTION.expressions("c")                 # the same as SQL, for the table under the alias c
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import orjson
from django.db import connection, models
from django.db.models.expressions import Col

from customers.models.base import MomentField
from customers.wire.values import metadata, seconds

WireObject = dict[str, Any]


class Form(Enum):
    """What becomes of a stored value on the wire."""

    PLAIN = "as it is stored"
    TEXT = "unset texts are null"
    SECONDS = "moments are whole Unix seconds"
    PAIRS = "JSON maps are maps"
    FIXED = "the same for every row"


PLAIN, TEXT, SECONDS, PAIRS = Form.PLAIN, Form.TEXT, Form.SECONDS, Form.PAIRS


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a wire object. `column` is the column it shows, the wire's name by default."""

    name: str
    column: str = ""
    form: Form = Form.PLAIN
    value: str | None = None

    @property
    def source(self) -> str:
        return self.column or self.name

    def of(self, row: Any) -> Any:
        if self.form is Form.FIXED:
            return self.value
        stored = getattr(row, self.source)
        if self.form is Form.TEXT:
            return stored or None
        if self.form is Form.SECONDS:
            return seconds(stored)
        return metadata(stored) if self.form is Form.PAIRS else stored


def constant(name: str, value: str) -> Key:
    return Key(name, form=Form.FIXED, value=value)


def later(name: str) -> Key:
    """A key whose value is put in by the resource; it keeps its place in the order."""
    return Key(name, form=Form.FIXED)


class Projection:
    """The wire object of one table, without what other tables add to it."""

    def __init__(self, model: type[models.Model], keys: Sequence[Key]) -> None:
        self.model = model
        self.keys = tuple(keys)
        self.names = tuple(key.name for key in keys)
        self.width = len(self.keys)

    @property
    def table(self) -> str:
        return connection.ops.quote_name(self.model._meta.db_table)

    def of(self, row: models.Model) -> WireObject:
        return {key.name: key.of(row) for key in self.keys}

    def expressions(self, alias: str) -> str:
        """What to select from the table under this alias, in the order of the keys."""
        return ", ".join(self._expression(key, alias) for key in self.keys)

    def read(self, values: Sequence[Any], start: int = 0) -> WireObject:
        """Those values as the wire object; in a row that holds more, they begin at `start`."""
        shape = dict(zip(self.names, values[start:] if start else values, strict=False))
        for name, convert in self._converters:
            if shape[name] is not None:
                shape[name] = convert(shape[name])
        return shape

    def by_id(self, ids: Sequence[int]) -> list[WireObject]:
        """The objects with these ids, in this order, for a table that needs no other. One query."""
        if not ids:
            return []
        sql = f"SELECT t.id, {self.expressions('t')} FROM {self.table} t WHERE t.id IN ({ids_in(ids)})"
        found = {pk: values for pk, *values in fetch(sql)}
        return [self.read(found[pk]) for pk in ids if pk in found]

    def _field(self, key: Key) -> "models.Field[Any, Any]":
        return next(field for field in self.model._meta.concrete_fields if field.attname == key.source)

    def _expression(self, key: Key, alias: str) -> str:
        if key.form is Form.FIXED:
            return "NULL" if key.value is None else f"'{key.value}'"
        field = self._field(key)
        column = f"{alias}.{connection.ops.quote_name(str(field.column))}"
        if key.form is Form.TEXT:
            return f"NULLIF({column}, '')"
        if key.form is Form.SECONDS and not isinstance(field, MomentField):
            return _whole_seconds(column)
        return column

    @cached_property
    def _converters(self) -> list[tuple[str, Callable[[Any], Any]]]:
        """What the driver leaves undone: JSON everywhere, booleans and decimals on SQLite."""
        found = []
        for key in self.keys:
            if key.form is Form.PAIRS:
                found.append((key.name, orjson.loads))
            elif key.form is Form.PLAIN and (convert := self._converter(key)) is not None:
                found.append((key.name, convert))
        return found

    def _converter(self, key: Key) -> Callable[[Any], Any] | None:
        expression = Col("", self._field(key))
        own = [*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection)]

        def convert(value: Any) -> Any:
            for step in own:
                value = step(value, expression, connection)
            return value

        return convert if own else None


def _whole_seconds(column: str) -> str:
    """The second a moment lies in. A bare cast would round up, and so would SQLite near the next second."""
    if connection.vendor == "postgresql":
        return f"floor(extract(epoch from {column}))::bigint"
    return f"CAST(strftime('%s', substr({column}, 1, 19)) AS INTEGER)"


def fetch(sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query that holds no values but ids."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def ids_in(ids: Collection[int]) -> str:
    return ", ".join(str(int(pk)) for pk in ids)
