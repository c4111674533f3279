"""Changing the attributes of one row, and recording it when something did change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, models

from customers.encoding import same_json
from customers.errors import Refused
from customers.ledger.events import record_event
from customers.wire import describe

Row = TypeVar("Row", bound=models.Model)


def still_there(row: Row) -> Row:
    """The row read afresh and held until the transaction ends. Raises Refused when it was removed
    since it was found."""
    # By hand: to word the query for fifty columns takes the ORM longer than to run it.
    options = row._meta
    held = " FOR UPDATE" if connection.features.has_select_for_update else ""
    sql = f"SELECT * FROM {options.db_table} WHERE {options.pk.column} = %s{held}"
    found: Row | None = next(iter(type(row)._default_manager.raw(sql, [row.pk])), None)
    if found is None:
        raise Refused(f"This {row._meta.verbose_name} was removed meanwhile.")
    return found


def what_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The old values of what is another one after a change: the `previous` of its event.

    Not the moment of the change, which every change moves.
    """
    return {
        key: value
        for key, value in before.items()
        # Most of it is the same, most of that is text: neither needs the closer look.
        if (new := after.get(key)) is not value
        and not (value == new and (type(value) is str or same_json(value, new)))
        and key != "updated_at"
    }


@contextmanager
def with_balance(document: Any, balance: int) -> Iterator[None]:
    """Look at an invoice or credit note as it was with another balance (minor units)."""
    present, document.balance = document.balance, balance
    try:
        yield
    finally:
        document.balance = present


def change_row(*, row: models.Model, type: str, changes: Mapping[str, Any], now: datetime) -> bool:
    """Set columns and save; the event `type` holds what the wire form had before.

    Whether anything changed: a row that is sent back as it is leaves no trace.
    """
    before = describe(row)
    for name, value in changes.items():
        setattr(row, name, value)
    previous = what_changed(before, describe(row))
    if not previous:
        return False
    row.save()
    record_event(type=type, row=row, now=now, previous=previous)
    return True
