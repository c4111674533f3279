"""Credentials at rest: encrypted with keys from the environment, never with one from the database.

`ENCRYPTION_KEYS` are tried in order; the first encrypts, all decrypt, so that keys can be rotated.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Sealed(Exception):
    """A secret that none of the configured keys can open."""


def seal(secret: str) -> str:
    """Encrypt a text. Two seals of the same text differ."""
    return _lock(tuple(settings.ENCRYPTION_KEYS)).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again; empty stays empty. Raises `Sealed` when no key fits."""
    if not sealed:
        return ""
    try:
        return _lock(tuple(settings.ENCRYPTION_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as problem:
        raise Sealed("No configured encryption key opens this secret.") from problem


def seal_map(values: Mapping[str, Any]) -> str:
    """Encrypt several named values together."""
    return seal(json.dumps(dict(values), sort_keys=True))


def unseal_map(sealed: str) -> dict[str, Any]:
    """The named values again; empty text is the empty map. Raises `Sealed` when no key fits."""
    values: dict[str, Any] = json.loads(unseal(sealed) or "{}")
    return values


def reseal(sealed: str) -> str:
    """The same secret under the newest key, for `rotate_credentials`. Raises `Sealed` when no key fits."""
    return seal(unseal(sealed)) if sealed else ""


@lru_cache(maxsize=8)
def _lock(keys: tuple[str, ...]) -> MultiFernet:
    # Any text may be a key: its digest has the length that the cipher wants.
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys]
    )
