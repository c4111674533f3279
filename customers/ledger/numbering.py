"""Numbers of customers and documents: `CUST-0001`, `INV-0001`, `CN-0001`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, models

from customers.errors import Refused
from customers.ledger.sequences import TEMPLATES
from customers.models import Counter
from customers.models.base import document_key

_ATTEMPTS = 100


def next_number(model: type[models.Model]) -> str:
    """Take the next free number of a kind inside the creating transaction.

    One UPDATE advances the sequence, so concurrent creates wait for each other instead of
    colliding; texts already taken by hand are passed over.
    """
    for _ in range(_ATTEMPTS):
        number = _advance(model)
        if not taken(model, number):
            return number
    raise Refused("No free number was found; give one yourself.", param="number")


def _advance(model: type[models.Model]) -> str:
    kind = model._meta.model_name or ""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [kind])
        row = cursor.fetchone()
        if row is None:
            Counter.objects.get_or_create(pk=kind, defaults={"template": TEMPLATES[model]})
            cursor.execute(_ADVANCE, [kind])
            row = cursor.fetchone()
    template, next_value = row
    return str(template % (next_value - 1))


# One statement on both databases; the ORM would need three.
_ADVANCE = (
    f"UPDATE {Counter._meta.db_table} SET next_value = next_value + 1 WHERE kind = %s"
    " RETURNING template, next_value"
)


def taken(model: Any, number: str, *, but: int | None = None) -> bool:
    with connection.cursor() as cursor:
        sql = f"SELECT 1 FROM {model._meta.db_table} WHERE number_key = %s AND id <> %s"
        cursor.execute(sql, [document_key(number), but or 0])
        return cursor.fetchone() is not None


def claim_number(model: type[models.Model], wanted: str | None, *, but: int | None = None) -> str:
    """The number to store: the caller's own when it is free, else the next of the sequence.

    Raises Refused (`number`) for a number in use; letter case and outer blanks do not matter.
    """
    if not wanted or not wanted.strip():
        return next_number(model)
    number = wanted.strip()
    check_free(model, number, but=but)
    return number


def check_free(model: type[models.Model], number: str, *, but: int | None = None) -> None:
    """Raises Refused (`number`) for a number in use by another row than `but`."""
    if taken(model, number, but=but):
        raise _in_use(model, number)


@contextmanager
def claimed(model: type[models.Model], number: str) -> Iterator[None]:
    """Around the write of a row with a claimed number: two that claim the same at once both find it
    free, and the database refuses the second. Raises Refused (`number`) for that one."""
    try:
        yield
    except IntegrityError as clash:
        # PostgreSQL names the constraint, SQLite the column.
        if "number_unique" in str(clash) or "number_key" in str(clash):
            raise _in_use(model, number) from clash
        raise


def _in_use(model: type[models.Model], number: str) -> Refused:
    return Refused(f"The {model._meta.verbose_name} number {number} is already in use.", param="number")
