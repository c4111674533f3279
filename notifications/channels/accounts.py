"""With which account a channel's vendor is used. No credential here is read in the sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from customers.vault import Sealed, unseal_map
from notifications.channels.base import Stopped
from notifications.channels.sandbox import is_sandbox
from notifications.models import VendorAccount


@dataclass(frozen=True, slots=True)
class Connection:
    """A connected vendor: its secrets, opened, and what staff chose for it."""

    vendor: str
    secrets: Mapping[str, str] = field(repr=False)
    options: Mapping[str, Any]


def connection_of(channel: str) -> Connection | None:
    """The channel's vendor; None when none is connected.

    Raises Stopped when no encryption key opens the credentials: the channel waits for staff then.
    """
    row = VendorAccount.objects.filter(channel=channel).exclude(credentials="").first()
    return None if row is None else opened(row)


def opened(row: VendorAccount) -> Connection:
    """The connection that a row holds. Raises Stopped as `connection_of` does."""
    try:
        secrets = unseal_map(row.credentials)
    except Sealed as sealed:
        raise Stopped(
            f"The stored credentials cannot be opened: {sealed} Connect the vendor again.", code="sealed"
        ) from sealed
    return Connection(row.vendor, {name: str(value) for name, value in secrets.items()}, row.settings)


def options_of(channel: str) -> Mapping[str, Any]:
    """What staff chose for the channel's vendor; nothing in the sandbox, where nobody is asked."""
    row = None if is_sandbox() else VendorAccount.objects.filter(channel=channel).first()
    return {} if row is None else row.settings


def is_connected(channel: str) -> bool:
    return VendorAccount.objects.filter(channel=channel).exclude(credentials="").exists()
