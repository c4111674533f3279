"""The API key: as Basic user name with an empty password, or as a Bearer token."""

import base64
import binascii
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, connection
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from customers.models import ApiKey

logger = logging.getLogger("duebook.api")

CHALLENGE = 'Basic realm="Invoiced"'
LAST_USED_EVERY = timedelta(minutes=30)
LONGEST_KEY = 200

# Written by hand: every request begins with it, and putting it together took longer than running it.
_READ = ("id", "name", "last4", "role", "user_id")
_LOOK_UP = (
    f"SELECT {', '.join(_READ)}, COALESCE(last_used_at > %s, FALSE) FROM {ApiKey._meta.db_table}"
    " WHERE digest = %s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %s)"
)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a request acts as: a key with its role, not a member of staff."""

    key: ApiKey
    pk: None = None
    is_authenticated: bool = True
    is_anonymous: bool = False
    is_active: bool = True

    @property
    def role(self) -> str:
        return self.key.role

    def __str__(self) -> str:
        return str(self.key)


class ApiKeyAuthentication(BaseAuthentication):
    """`request.auth` is the `ApiKey`, `request.user` its `Principal`.

    The door has already looked the key up (authentication comes before routing); without the door the
    class does it by itself.
    """

    def authenticate(self, request: Request) -> tuple[Principal, ApiKey]:
        key = getattr(request._request, "api_key", None) or find_key(request._request, now=timezone.now())
        if key is None:
            raise AuthenticationFailed
        return Principal(key), key

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def find_key(request: HttpRequest, *, now: datetime) -> ApiKey | None:
    """The live key that the request shows, or None. Looked up by digest, so no comparison leaks timing."""
    text = shown_key(request)
    if text is None:
        return None
    adapted = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        moments = [adapted(now - LAST_USED_EVERY), adapted(now)]
        cursor.execute(_LOOK_UP, [moments[0], ApiKey.digest_of(text), moments[1]])
        row = cursor.fetchone()
    if row is None:
        return None
    *values, is_noted = row
    key = ApiKey.from_db(connection.alias, _READ, values)
    if not is_noted:
        _note_use(key, now)
    return key


def shown_key(request: HttpRequest) -> str | None:
    """The text of the key in the Authorization header; None when the header is missing or malformed."""
    scheme, _, rest = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    rest = rest.strip()
    key = None
    if scheme.lower() == "bearer":
        key = rest
    elif scheme.lower() == "basic":
        key = _basic_user(rest)
    return key if key and len(key) <= LONGEST_KEY and key.isprintable() else None


def _basic_user(encoded: str) -> str | None:
    try:
        text = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    user, colon, password = text.partition(":")
    return user if colon and not password else None


def _note_use(key: ApiKey, now: datetime) -> None:
    """Write the time of use, at most every half hour; a busy database must not fail the request."""
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - LAST_USED_EVERY)
    try:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    except OperationalError:
        logger.warning("The time of use of an API key could not be written.")
