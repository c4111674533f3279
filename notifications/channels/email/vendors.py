"""Mails through any other Django mail backend (django-anymail's vendors): their answers in our words."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels.base import Rejected, Stopped, Unavailable, Unclear
from notifications.channels.email.replies import TooBig
from notifications.channels.email.ses import is_ses, send_by_ses

_LATER = frozenset({408, 425})
_TOO_BIG = 413
# What a vendor says of a recipient it does not take: an address that is none, or one on its own list.
_REFUSING = {"invalid": "invalid", "rejected": "blocked", "failed": "other"}


@dataclass(frozen=True, slots=True)
class Features:
    """What a backend can be asked for beside carrying the mail."""

    metadata: bool = False
    tags: bool = False
    opens: bool = False
    reports: bool = False

    @property
    def counts_opens(self) -> bool:
        """Whether opens are the vendor's to count: then our own picture stays out of the mail."""
        return self.opens and self.reports


def features_of(backend: BaseEmailBackend) -> Features:
    """Asked of the backend's own payload, so that any vendor of django-anymail is known."""
    from anymail.backends.base import AnymailBaseBackend, BasePayload  # type: ignore[import-untyped]

    if not isinstance(backend, AnymailBaseBackend):
        return Features()
    sample = EmailMessage("-", "-", "sample@example.com", ["sample@example.com"])
    payload = type(backend.build_message_payload(sample, {}))

    def takes(name: str) -> bool:
        return getattr(payload, name) is not getattr(BasePayload, name)

    return Features(
        metadata=takes("set_metadata"),
        tags=takes("set_tags"),
        opens=takes("set_track_opens"),
        reports=bool(settings.ANYMAIL.get("WEBHOOK_SECRET")),
    )


def ask_for(mail: EmailMessage, features: Features, *, delivery: str, tag: str) -> None:
    """What the vendor is to remember of a mail, and to report about it."""
    if features.metadata:
        mail.metadata = {"delivery": delivery}  # type: ignore[attr-defined]
    if features.tags and tag:
        mail.tags = [tag]  # type: ignore[attr-defined]
    if features.opens:
        mail.track_opens = settings.TRACK_OPENS and features.reports  # type: ignore[attr-defined]


def send_through(backend: Any, mail: EmailMessage, *, recipient: str) -> str:
    """Hand one mail to a backend; returns the vendor's id for it, empty when it names none.

    No mail vendor honours an idempotency key, so an answer that never came is Unclear. Raises TooBig
    when the vendor would take a smaller mail.
    """
    from anymail.exceptions import (  # type: ignore[import-untyped]
        AnymailAPIError,
        AnymailError,
        AnymailRecipientsRefused,
    )

    if is_ses(backend):
        send_by_ses(backend, mail)
        return _raise_for_recipient(mail, recipient)
    try:
        sent = backend.send_messages([mail])
    except AnymailRecipientsRefused as refused:
        _raise_for_recipient(mail, recipient)
        raise Rejected(str(refused), reason="blocked") from refused
    except AnymailAPIError as failed:
        _raise_for_answer(failed)
    except AnymailError as failed:
        raise Rejected(str(failed)) from failed
    except OSError as lost:
        raise Unclear(f"The mail vendor's answer never came: {lost}") from lost
    if not sent:
        raise Rejected("The mail backend did not take the mail.")
    return _raise_for_recipient(mail, recipient)


def _raise_for_answer(failed: Any) -> None:
    status, said = failed.status_code, str(failed)[:500]
    if status is None:
        if _never_arrived(failed.__cause__):
            raise Unavailable(f"The mail vendor is out of reach: {said}", channel_wide=True) from failed
        raise Unclear(f"The mail vendor's answer never came: {said}") from failed
    code = str(status)
    if status in (401, 403):
        raise Stopped(said, code=code) from failed
    if status == 429:
        wish = _seconds(failed.response.headers.get("Retry-After"))
        raise Unavailable(said, code=code, channel_wide=True, retry_after=wish, counts=False) from failed
    if status < 400 or status >= 500 or status in _LATER:
        # Taken, perhaps: what was answered does not say.
        raise Unclear(said, code=code) from failed
    rejected = Rejected(said, code=code)
    if status == _TOO_BIG:
        raise TooBig(rejected) from failed
    raise rejected from failed


def _never_arrived(cause: BaseException | None) -> bool:
    """Whether the request surely never left: nobody answered the door."""
    import requests
    from urllib3.exceptions import MaxRetryError, NewConnectionError
    from urllib3.exceptions import SSLError as HandshakeFailed

    if isinstance(cause, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    told = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    return isinstance(told, MaxRetryError) and isinstance(told.reason, NewConnectionError | HandshakeFailed)


def _raise_for_recipient(mail: EmailMessage, recipient: str) -> str:
    """The vendor's id for this recipient. Raises Rejected when it was not taken."""
    status = getattr(mail, "anymail_status", None)
    if status is None:
        return ""
    known = {address.casefold(): found for address, found in status.recipients.items()}
    found = known.get(recipient.casefold())
    if found is None:
        return str(status.message_id or "")
    if found.status in _REFUSING:
        raise Rejected(
            f"The mail vendor answered {found.status}.", code=found.status, reason=_REFUSING[found.status]
        )
    return str(found.message_id or "")


def _seconds(wish: str | None) -> float | None:
    """`Retry-After` in seconds; the form with a date is read as no wish."""
    return float(wish) if wish is not None and wish.isascii() and wish.isdigit() else None
