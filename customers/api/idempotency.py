"""A retried request never does its work twice (Invoiced API, Idempotency).

The key is committed as running before the work, the answer is written in the work's transaction. A
second copy replays the answer byte for byte; while the first still runs it waits a little, then asks to
come back. Answers below 500 are kept for a day, refusals too; a 5xx frees the key.
"""

import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from customers.encoding import to_json
from customers.errors import Refused
from customers.models import ApiKey
from customers.models.idempotency import KEPT_FOR, IdempotencyKey

HEADER = "Idempotency-Key"
METHODS = frozenset({"POST", "PATCH", "PUT"})
SHORTEST, LONGEST = 6, 64

# Longer than any request may take; its owner is dead when it ends.
LEASE = timedelta(seconds=60)
WAIT_SECONDS = 5.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do the work of one marked request.

    `retaken`: an earlier copy began and never finished (it crashed). Work with effects outside of the
    database must then report what was done under this key instead of doing it again.
    """

    pk: int
    token: str
    retaken: bool

    def keep(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Store the answer; call it in the work's transaction. Raises `Throttled` when the claim is lost.

        Without `headers` those that were kept before stay: a body is replaced to hide a secret.
        """
        answer: dict[str, Any] = {"status": status, "body": body}
        if headers is not None:
            answer["headers"] = dict(headers)
        mine = IdempotencyKey.objects.filter(pk=self.pk, lease_token=self.token)
        if mine.update(state=IdempotencyKey.State.DONE, **answer) != 1:
            raise Throttled(wait=1)

    def abandon(self) -> None:
        """Let the next copy take over at once, knowing that this one may have acted already."""
        IdempotencyKey.objects.filter(pk=self.pk, lease_token=self.token).update(lease_until=timezone.now())

    def free(self) -> None:
        """Forget the request, so that it may be tried again."""
        IdempotencyKey.objects.filter(
            pk=self.pk, lease_token=self.token, state=IdempotencyKey.State.RUNNING
        ).delete()


class Replay(HttpResponse):
    """The stored answer, byte for byte."""

    def __init__(self, row: IdempotencyKey) -> None:
        # Kept answers are JSON; those of an earlier version have no headers.
        headers = {"Content-Type": "application/json", **row.headers}
        super().__init__(bytes(row.body), status=row.status, headers=headers)
        self["Idempotent-Replayed"] = "true"


def marked_with(request: Request) -> str | None:
    """The request's key; None for methods and requests without one. Raises `Refused` for a bad one."""
    key: str | None = request.headers.get(HEADER) if request.method in METHODS else None
    if key is None:
        return None
    key = key.strip()
    if not SHORTEST <= len(key) <= LONGEST or not key.isprintable():
        raise Refused(f"The {HEADER} must have {SHORTEST} to {LONGEST} characters.", HEADER)
    return key


def fingerprint_of(request: Request, parameters: Any) -> str:
    """Equal for the same method, path and parameters, however the body was written."""
    content = to_json([request.method, request.path, _sorted(parameters)])
    return hashlib.sha256(content).hexdigest()


def claim(api_key: ApiKey, *, key: str, fingerprint: str) -> Claim | Replay:
    """Claim the work or find its answer. Never call it inside a transaction.

    Raises `Refused` when the key was used for another request, `Throttled` while another copy runs.
    """
    give_up_at = time.monotonic() + WAIT_SECONDS
    while True:
        now = timezone.now()
        outcome = _begin(api_key, key, fingerprint, now) or _take_over(api_key, key, fingerprint, now)
        if outcome is not None:
            return outcome
        if time.monotonic() >= give_up_at:
            raise Throttled(wait=1)
        time.sleep(POLL_SECONDS)


def _begin(api_key: ApiKey, key: str, fingerprint: str, now: datetime) -> Claim | None:
    """Write the key as running; None when it is there already."""
    token = secrets.token_hex(16)
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(
                api_key=api_key,
                key=key,
                fingerprint=fingerprint,
                lease_token=token,
                lease_until=now + LEASE,
                created_at=now,
            )
    except IntegrityError:
        return None
    return Claim(row.pk, token, retaken=False)


def _take_over(api_key: ApiKey, key: str, fingerprint: str, now: datetime) -> Claim | Replay | None:
    """Replay a finished request, or continue one that has expired or died; None while it runs."""
    row = IdempotencyKey.objects.filter(api_key=api_key, key=key).first()
    if row is None:
        return None
    expired = row.created_at <= now - KEPT_FOR
    if not expired and row.fingerprint != fingerprint:
        raise Refused(f"This {HEADER} was used for another request.", HEADER)
    if not expired and row.state == IdempotencyKey.State.DONE:
        return Replay(row)
    if not expired and row.lease_until > now:
        return None
    token = secrets.token_hex(16)
    changes: dict[str, Any] = {"lease_token": token, "lease_until": now + LEASE}
    if expired:
        running = IdempotencyKey.State.RUNNING
        changes |= {
            "fingerprint": fingerprint,
            "created_at": now,
            "state": running,
            "status": None,
            "headers": {},
            "body": b"",
        }
    taken = IdempotencyKey.objects.filter(pk=row.pk, lease_token=row.lease_token).update(**changes)
    return Claim(row.pk, token, retaken=not expired) if taken == 1 else None


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
