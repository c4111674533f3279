"""Writing many rows at once: one executemany per table, ids and tokens drawn in bulk.

`bulk_create` builds an object for each row and asks every field about every value; that costs more
than the database. Here a table's unchanging values are prepared once. Only columns of the models are
named, values travel as parameters, and the database's constraints hold as ever.
"""

import os
import string
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

from customers.models.base import TOKEN_LENGTH

_ALPHABET = (string.ascii_letters + string.digits).encode()
# 248 = 4 x 62: bytes from there on are thrown away, so that every letter is equally likely.
_FAIR = 256 - 256 % len(_ALPHABET)
_LETTERS = bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))
_UNFAIR = bytes(range(_FAIR, 256))


class Inserter:
    """INSERTs for one model: `varying` columns come with each row, all others are constants or defaults.

    A row is a tuple: id, the varying values as they are stored, in the order given.
    """

    def __init__(self, model: type[models.Model], varying: Sequence[str], **constants: Any) -> None:
        meta = model._meta
        self.model = model
        fields = [field for field in meta.concrete_fields if not field.primary_key]
        named = {field.attname: field for field in fields}
        self._moments = [named[name] for name in ("created_at", "updated_at") if name in named]
        given = [named[name] for name in varying]
        self._constant = [field for field in fields if field not in given and field not in self._moments]
        self._constants = constants
        order = [meta.pk, *given, *self._constant, *self._moments]
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in order)
        marks = ", ".join(["%s"] * len(order))
        table = connection.ops.quote_name(meta.db_table)
        self._sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"

    def insert(self, rows: Iterable[tuple[Any, ...]], *, now: datetime) -> None:
        """Write rows; both moments of a row are `now`."""
        tail = (
            *(stored(field, self._value(field)) for field in self._constant),
            *(stored(field, now) for field in self._moments),
        )
        complete = [row + tail for row in rows]
        if complete:
            with connection.cursor() as cursor:
                cursor.executemany(self._sql, complete)

    def _value(self, field: "models.Field[Any, Any]") -> Any:
        return self._constants.get(field.attname, field.get_default())

    def reserve(self, count: int) -> range | list[int]:
        """Ids for so many new rows, in growing order; nobody else gets them."""
        return reserve_ids(self.model, count)


def stored(field: "models.Field[Any, Any]", value: Any) -> Any:
    """A value as this database's driver takes it."""
    return field.get_db_prep_save(value, connection)


def reserve_ids(model: type[models.Model], count: int) -> range | list[int]:
    """Take ids from the table's own sequence, inside a transaction that holds the write lock on SQLite."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), model._meta.pk.column, count],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        last = row[0] if row else 0
        return range(last + 1, last + 1 + count)


def new_tokens(count: int) -> list[str]:
    """Secret tokens as `new_token` draws them, many at once from the system's source of randomness."""
    wanted = count * TOKEN_LENGTH
    letters = b""
    while len(letters) < wanted:
        drawn = os.urandom((wanted - len(letters)) * 256 // _FAIR + TOKEN_LENGTH)
        letters += drawn.translate(_LETTERS, _UNFAIR)
    text = letters[:wanted].decode("ascii")
    return [text[start : start + TOKEN_LENGTH] for start in range(0, wanted, TOKEN_LENGTH)]


def as_ranges(ids: Iterable[int]) -> list[list[int]]:
    """Ids as ranges of first and last, short to store: they nearly always follow each other."""
    ranges: list[list[int]] = []
    for pk in sorted(ids):
        if ranges and pk == ranges[-1][1] + 1:
            ranges[-1][1] = pk
        else:
            ranges.append([pk, pk])
    return ranges
