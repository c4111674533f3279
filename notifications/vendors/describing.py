"""How each channel's vendor is, in plain words: for the back office and for `doctor`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.utils.timezone import now as read_clock

from notifications.channels.sandbox import is_sandbox
from notifications.models import Message, VendorAccount

Word = Literal["sandbox", "not connected", "connected", "refused", "held", "resting"]
_CREDENTIALS = frozenset(
    {"20003", "401", "403", "535", "530", "unauthorized", "unauthorized_token", "invalid_api_key", "sealed"}
)
_NAMES = {"email": "Mail server", "sms": "Twilio", "letter": "Lob"}


@dataclass(frozen=True, slots=True)
class VendorState:
    """One channel: who carries it, whether it can, and why not.

    `stored` says whether credentials are kept; in the sandbox they are not used. `tells` where the
    vendor is to report to, empty when it reports nothing.
    """

    channel: str
    label: str
    name: str
    word: Word
    text: str
    stored: bool
    account: VendorAccount | None
    tells: tuple[str, ...] = ()


def describe_vendors(*, now: datetime | None = None) -> list[VendorState]:
    rows = {row.channel: row for row in VendorAccount.objects.order_by("channel")}
    return [_describe(str(channel), rows.get(str(channel)), now) for channel in Message.Channel.values]


def describe_vendor(channel: str, *, now: datetime | None = None) -> VendorState:
    return _describe(channel, VendorAccount.objects.filter(channel=channel).first(), now)


def _describe(channel: str, row: VendorAccount | None, now: datetime | None) -> VendorState:
    stored = _is_stored(channel, row)
    word, text = _word(channel, row, stored, now or read_clock())
    return VendorState(
        channel=channel,
        label=str(dict(Message.Channel.choices)[Message.Channel(channel)]),
        name=_mail_name() if channel == "email" else _NAMES[channel],
        word=word,
        text=text,
        stored=stored,
        account=row,
        tells=_tells(channel),
    )


def _word(channel: str, row: VendorAccount | None, stored: bool, now: datetime) -> tuple[Word, str]:
    if row is not None and row.held_at is not None:
        refused = row.held_code in _CREDENTIALS
        return ("refused" if refused else "held"), row.held_reason
    if is_sandbox():
        kept = " What is stored here is not used." if stored and channel != "email" else ""
        return "sandbox", f"Everything is recorded, nothing leaves this machine.{kept}"
    if not stored:
        return "not connected", _not_connected(channel)
    if row is not None and row.paused_until is not None and row.paused_until > now:
        return (
            "resting",
            f"Left alone until {row.paused_until:%H:%M:%S} UTC after a fault or on its own wish.",
        )
    return "connected", _connected(channel, row)


def _connected(channel: str, row: VendorAccount | None) -> str:
    if channel == "email" or row is None:
        return f"Mails go by {_mail_name()}."
    unchecked = "" if row.checked_at else " The credentials were not checked yet."
    if channel == "sms":
        return f"Texts go from {row.settings.get('sender', '')}.{unchecked}"
    color = "in colour" if row.settings.get("color") else "in black"
    sides = "on both sides" if row.settings.get("double_sided", True) else "on one side"
    return f"Letters are printed {color}, {sides}.{unchecked}"


def _not_connected(channel: str) -> str:
    if channel == "email":
        return "Set EMAIL_HOST, or EMAIL_BACKEND and ANYMAIL."
    return "Sending is refused, runs pass over it."


def _is_stored(channel: str, row: VendorAccount | None) -> bool:
    if channel == "email":
        return bool(settings.EMAIL_HOST) or "smtp" not in settings.EMAIL_BACKEND
    return row is not None and bool(row.credentials)


def _mail_name() -> str:
    if "smtp" in settings.EMAIL_BACKEND:
        return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if settings.EMAIL_HOST else "no mail server"
    return str(settings.EMAIL_BACKEND).removeprefix("anymail.backends.").partition(".")[0]


def _tells(channel: str) -> tuple[str, ...]:
    base = settings.PUBLIC_URL.rstrip("/")
    return {"sms": (f"{base}/webhooks/twilio/inbound",), "letter": (f"{base}/webhooks/lob",)}.get(channel, ())
