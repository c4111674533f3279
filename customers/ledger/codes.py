"""Ids that integrators choose for tax rates and items, unique among those in use."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError

from customers.errors import Refused

_ATTEMPTS = 100


def claim_code(model: Any, wanted: str | None) -> str:
    """The id to store: the caller's own when no row in use has it, else a new one.

    New ids are digits alone: one official client reads nothing else. Raises Refused (`id`).
    """
    if wanted:
        if model.objects.filter(code=wanted, archived_at=None).exists():
            raise _in_use(model, wanted)
        return wanted
    for _ in range(_ATTEMPTS):
        code = str(100_000 + secrets.randbelow(900_000))
        if not model.objects.filter(code=code).exists():
            return code
    raise Refused("No free id was found; give one yourself.", param="id")


@contextmanager
def claimed_code(model: Any, code: str) -> Iterator[None]:
    """Around the write of a row with a claimed id: of two that claim the same at once, the database
    refuses the second. Raises Refused (`id`) for that one."""
    try:
        yield
    except IntegrityError as clash:
        # PostgreSQL names the constraint, SQLite the column.
        if "code_unique" in str(clash) or ".code" in str(clash):
            raise _in_use(model, code) from clash
        raise


def _in_use(model: Any, code: str) -> Refused:
    return Refused(f"The {model._meta.verbose_name} id {code} is already in use.", param="id")
