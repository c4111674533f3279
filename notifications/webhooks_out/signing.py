"""Proof for the receiver that a body is ours (Invoiced guide, Webhooks)."""

import hashlib
import hmac
from datetime import datetime

from customers.vault import unseal
from notifications.models import WebhookEndpoint

SIGNATURE = "X-Invoiced-Signature"
# A header of its own: receivers compare the first one as a whole, a list in it would fail them all.
OLD_SIGNATURE = "X-Invoiced-Signature-Old"


def sign(body: bytes, secret: str) -> str:
    """HMAC-SHA256 of the raw body, in hexadecimal digits."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signatures(endpoint: WebhookEndpoint, body: bytes, *, now: datetime) -> dict[str, str]:
    """The headers that prove a body: with the secret, and for a day after a rotation with the old one.

    Raises `customers.vault.Sealed` when no encryption key opens the secret.
    """
    headers = {SIGNATURE: sign(body, unseal(endpoint.secret))}
    if endpoint.old_secret and endpoint.old_secret_until is not None and now < endpoint.old_secret_until:
        headers[OLD_SIGNATURE] = sign(body, unseal(endpoint.old_secret))
    return headers
