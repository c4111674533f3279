"""Connects Twilio and Lob: what was entered is checked for its form, shown to the vendor, then sealed.

The sandbox keeps what was entered and asks nobody: live credentials are not used there.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from customers.errors import Refused
from customers.ledger.events import record_fact
from customers.models import Company
from customers.vault import seal_map
from notifications.channels.accounts import Connection, connection_of, opened
from notifications.channels.base import HandOverFailed, Rejected, Stopped
from notifications.channels.letter import lob
from notifications.channels.letter.channel import sender_problem
from notifications.channels.letter.request import BLANK_PAGE, PLACEMENTS
from notifications.channels.sandbox import is_sandbox
from notifications.channels.sms import twilio
from notifications.models import VendorAccount

# By whom a channel is carried, where a vendor can be connected.
VENDORS = {"sms": twilio.VENDOR, "letter": lob.VENDOR}
_NAMES = {"sms": "Twilio", "letter": "Lob"}
_LOB_KEY = re.compile(r"(test|live)_[A-Za-z0-9_]{8,200}")
_SECRET = re.compile(r"[\x21-\x7e]{8,255}")


def connect_twilio(
    *,
    account_sid: str,
    auth_token: str,
    sender: str,
    now: datetime,
    api_key: str = "",
    api_secret: str = "",
) -> VendorAccount:
    """Connect text messages. Secrets left empty stay as they are. Raises Refused, with nothing saved.

    `sender` is a number, a short code, a name or a messaging service (MG…). The auth token checks what
    Twilio reports, also where an API key is used for sending. Not to be called inside a transaction.
    """
    known = _known("sms")
    secrets = {
        "account_sid": account_sid.strip() or known.get("account_sid", ""),
        "auth_token": auth_token.strip() or known.get("auth_token", ""),
        "api_key": api_key.strip() or known.get("api_key", ""),
        "api_secret": api_secret.strip() or known.get("api_secret", ""),
    }
    sender = sender.strip()
    if not twilio.ACCOUNT_SID.fullmatch(secrets["account_sid"]):
        raise Refused("An account SID is AC and 32 digits or letters a to f.", param="account_sid")
    if not _SECRET.fullmatch(secrets["auth_token"]):
        raise Refused("The auth token is needed: it checks what Twilio reports.", param="auth_token")
    if bool(secrets["api_key"]) != bool(secrets["api_secret"]):
        raise Refused("An API key and its secret belong together.", param="api_secret")
    if secrets["api_key"] and not twilio.KEY_SID.fullmatch(secrets["api_key"]):
        raise Refused("An API key is SK and 32 digits or letters a to f.", param="api_key")
    if not (twilio.SENDER.fullmatch(sender) or twilio.SERVICE_SID.fullmatch(sender)):
        raise Refused(
            "Name the sender: a number such as +16175550100, a short code, a name, or a messaging service "
            "(MG…).",
            param="sender",
        )
    return _connect("sms", secrets, {"sender": sender}, now)


def connect_lob(
    *,
    api_key: str,
    now: datetime,
    webhook_secret: str = "",
    address_placement: str = BLANK_PAGE,
    color: bool = False,
    double_sided: bool = True,
    return_envelope: bool = False,
    allow_test_key: bool = False,
) -> VendorAccount:
    """Connect letters. Secrets left empty stay as they are. Raises Refused, with nothing saved.

    The company must have a complete address in the United States. A test key prints nothing, so it is
    taken only when that is meant. Not to be called inside a transaction.
    """
    known = _known("letter")
    secrets = {
        "api_key": api_key.strip() or known.get("api_key", ""),
        "webhook_secret": webhook_secret.strip() or known.get("webhook_secret", ""),
    }
    if problem := sender_problem(Company.get()):
        raise Refused(problem)
    if not _LOB_KEY.fullmatch(secrets["api_key"]):
        raise Refused("A secret key of Lob begins with live_ or test_.", param="api_key")
    if secrets["api_key"].startswith(lob.TEST_KEY) and not allow_test_key:
        raise Refused(
            "This is a test key: Lob would take letters and print none. Allow it if that is meant.",
            param="api_key",
        )
    if secrets["webhook_secret"] and not _SECRET.fullmatch(secrets["webhook_secret"]):
        raise Refused("The secret of the webhook is not complete.", param="webhook_secret")
    if address_placement not in PLACEMENTS:
        raise Refused(f"The address goes to {' or '.join(PLACEMENTS)}.", param="address_placement")
    options = {
        "address_placement": address_placement,
        "color": color,
        "double_sided": double_sided,
        "return_envelope": return_envelope,
    }
    return _connect("letter", secrets, options, now)


def check_vendor(*, channel: str, now: datetime) -> str:
    """Sign in at the vendor with what is stored; returns what it said. Raises Refused when it refuses.

    Not to be called inside a transaction.
    """
    name = _NAMES[channel]
    if is_sandbox():
        raise Refused(f"In the sandbox {name} is not asked.")
    try:
        found = connection_of(channel)
    except Stopped as stopped:
        raise Refused(stopped.text) from stopped
    if found is None:
        raise Refused(f"{name} is not connected.")
    said = _sign_in(channel, found)
    VendorAccount.objects.filter(channel=channel).update(checked_at=now)
    return said


def disconnect_vendor(*, channel: str, now: datetime) -> bool:
    """Forget the credentials; what waits is held at its turn. False when nothing was connected."""
    with transaction.atomic():
        connected = VendorAccount.objects.filter(channel=channel).exclude(credentials="")
        gone = connected.update(vendor="", credentials="", connected_at=None, checked_at=None, updated_at=now)
        if gone:
            _record("disconnected", channel, {"vendor": VENDORS[channel]}, now)
    return gone == 1


def _connect(
    channel: str, secrets: Mapping[str, str], options: Mapping[str, Any], now: datetime
) -> VendorAccount:
    vendor = VENDORS[channel]
    if not is_sandbox():
        _sign_in(channel, Connection(vendor, secrets, options))
    with transaction.atomic():
        row, _ = VendorAccount.objects.get_or_create(channel=channel)
        row = VendorAccount.objects.select_for_update().get(pk=row.pk)
        row.vendor, row.credentials, row.settings = vendor, seal_map(secrets), dict(options)
        row.connected_at = now
        row.checked_at = None if is_sandbox() else now
        row.save(
            update_fields=["vendor", "credentials", "settings", "connected_at", "checked_at", "updated_at"]
        )
        _record("connected", channel, {"vendor": vendor, **options, **_shown(secrets)}, now)
    return row


def _sign_in(channel: str, found: Connection) -> str:
    if connection.in_atomic_block and not _in_test_transaction():
        raise RuntimeError("Vendors are asked outside transactions.")
    name = _NAMES[channel]
    client = (
        twilio.Twilio(twilio.TwilioLogin.of(found)) if channel == "sms" else lob.Lob(found.secrets["api_key"])
    )
    try:
        return f"{name} takes the credentials of {client.check_account() or 'this account'}."
    except (Stopped, Rejected) as refused:
        param = "auth_token" if channel == "sms" else "api_key"
        raise Refused(f"{name} refused the credentials: {refused.text}", param=param) from refused
    except HandOverFailed as failed:
        raise Refused(f"{name} could not be asked, so nothing was saved: {failed.text}") from failed
    finally:
        client.close()


def _known(channel: str) -> Mapping[str, str]:
    """The secrets that are stored; none when no key opens them."""
    row = VendorAccount.objects.filter(channel=channel).exclude(credentials="").first()
    try:
        return {} if row is None else opened(row).secrets
    except Stopped:
        return {}


def _shown(secrets: Mapping[str, str]) -> dict[str, str]:
    """For the audit trail: enough to tell accounts apart, nothing to sign in with."""
    name = "account_sid" if "account_sid" in secrets else "api_key"
    return {"account": f"…{secrets[name][-4:]}"}


def _record(act: str, channel: str, data: Mapping[str, Any], now: datetime) -> None:
    record_fact(type=f"vendor.{act}", object_type="vendor", object_id=channel, data=data, now=now)


def _in_test_transaction() -> bool:
    return all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)
