"""Leases on work rows: who may work on a row, and for how long.

The database is the truth and its clock the only one. A row is leased by a conditional UPDATE; every
later write of the worker names the token (fencing), so one that wakes up late writes nothing. Rows
have the columns `lease_token` (empty: free) and `lease_until`.
"""

import random
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

FREE: dict[str, Any] = {"lease_token": "", "lease_until": None}


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows that one worker holds under one token, in the order in which they are due."""

    token: str
    ids: tuple[int, ...]


def claim(candidates: models.QuerySet[Any], *, limit: int) -> Claim:
    """Lease up to `limit` free rows of an ordered queryset.

    PostgreSQL passes over rows that another claim is looking at; SQLite lets one claim in at a time.
    """
    token = secrets.token_hex(16)
    free = Q(lease_until=None) | Q(lease_until__lt=Now())
    with transaction.atomic():
        wanted = candidates.filter(free).values_list("pk", flat=True)
        ids = list(wanted.select_for_update(skip_locked=True, of=("self",))[:limit])
        if not ids:
            return Claim(token, ())
        rows = candidates.model._default_manager.filter(free, pk__in=ids)
        if rows.update(lease_token=token, lease_until=lease_end()) != len(ids):
            held = set(rows.model._default_manager.filter(lease_token=token).values_list("pk", flat=True))
            ids = [pk for pk in ids if pk in held]
    return Claim(token, tuple(ids))


def release(model: type[models.Model], held: Claim) -> None:
    """Give back what was not worked on."""
    model._default_manager.filter(pk__in=held.ids, lease_token=held.token).update(**FREE)


def lease_end() -> Any:
    """The moment at which a lease taken now ends, by the database's clock."""
    return Now() + timedelta(seconds=settings.WORK_LEASE_SECONDS)


def back_off(attempt: int) -> timedelta:
    """How long to wait after the n-th failed try: full jitter under a doubling ceiling.

    Without jitter everything that failed together would knock again together.
    """
    doublings = min(max(0, attempt - 1), 32)  # more than that is beyond every ceiling, and beyond a float
    ceiling = min(settings.RETRY_MOST_SECONDS, settings.RETRY_FIRST_SECONDS * 2**doublings)
    return timedelta(seconds=random.uniform(min(1.0, ceiling), ceiling))  # noqa: S311  spreads load, hides nothing
