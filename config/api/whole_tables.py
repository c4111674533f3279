"""A list of everything in the order of the ids: what synchronizing clients walk through page by page.

By hand, because to word these two questions takes the ORM longer than the database to answer them. Every
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
    table, column = _table(rows), connection.ops.quote_name(str(rows.model._meta.pk.column))
    bound = "" if behind is None else f" WHERE {column} {'<' if falling else '>'} {int(behind)}"
    place = f" OFFSET {start}" if behind is None and start else ""
    direction = "DESC" if falling else "ASC"
    sql = f"SELECT {column} FROM {table}{bound} ORDER BY {column} {direction} LIMIT {most}{place}"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[int]] = cursor.fetchall()
        return found


def count_of_all(rows: QuerySet[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {_table(rows)}")
        return int(cursor.fetchone()[0])


def _table(rows: QuerySet[Any]) -> str:
    return connection.ops.quote_name(rows.model._meta.db_table)
