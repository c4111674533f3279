"""A list of everything in the order of the ids: what synchronizing clients walk through page by page.

By hand, because to word these questions takes the ORM longer than the database to answer them. Every
other list is asked for through the ORM.
"""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from config.api.keyset import Term


def is_whole(rows: Any) -> bool:
    """Whether it is every row of a table, and no other kind of list."""
    if not isinstance(rows, QuerySet):
        return False
    query = rows.query
    return not (query.where or query.distinct or query.combinator or query.is_sliced)


def by_id_alone(terms: list[Term]) -> bool:
    return len(terms) == 1 and terms[0].name == "pk"


def ids_of_all(
    rows: QuerySet[Any], *, falling: bool, behind: int | None, start: int, most: int
) -> list[tuple[int]]:
    """Ids behind one that is known, else from a place in the order on."""
    column = _column(rows)
    bound = "" if behind is None else f" WHERE {column} {'<' if falling else '>'} {int(behind)}"
    place = f" OFFSET {start}" if behind is None and start else ""
    return _fetched(f"SELECT {column} FROM {_table(rows)}{bound}{_first(column, falling, most)}{place}")


def first_ids_of_all(rows: QuerySet[Any], *, falling: bool, most: int) -> tuple[list[tuple[int]], int]:
    """The first ids, and how many there are: the count is taken once, on the way."""
    column, table = _column(rows), _table(rows)
    count = f"(SELECT COUNT(*) FROM {table})"
    found = _fetched(f"SELECT {column}, {count} FROM {table}{_first(column, falling, most)}")
    return [(pk,) for pk, _ in found], found[0][1] if found else 0


def count_of_all(rows: QuerySet[Any]) -> int:
    return int(_fetched(f"SELECT COUNT(*) FROM {_table(rows)}")[0][0])


def _first(column: str, falling: bool, most: int) -> str:
    return f" ORDER BY {column} {'DESC' if falling else 'ASC'} LIMIT {int(most)}"


def _fetched(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[Any] = cursor.fetchall()
        return found


def _column(rows: QuerySet[Any]) -> str:
    return connection.ops.quote_name(str(rows.model._meta.pk.column))


def _table(rows: QuerySet[Any]) -> str:
    return connection.ops.quote_name(rows.model._meta.db_table)
