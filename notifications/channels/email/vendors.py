"""Mails through any other Django mail backend (django-anymail's vendors): their answers in our words."""

from typing import Any

from django.core.mail import EmailMessage

from notifications.channels.base import Rejected, Stopped, Unavailable, Unclear

_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSING = {"invalid": "invalid", "rejected": "blocked", "failed": "other"}


def send_through(backend: Any, mail: EmailMessage) -> str:
    """Hand one mail to a backend; returns the vendor's id for it, empty when it names none.

    No mail vendor honours an idempotency key, so an answer that never came is Unclear.
    """
    import requests
    from anymail.exceptions import (  # type: ignore[import-untyped]
        AnymailAPIError,
        AnymailError,
        AnymailRecipientsRefused,
    )

    try:
        sent = backend.send_messages([mail])
    except AnymailRecipientsRefused as refused:
        raise Rejected(str(refused), reason="invalid", bounced=True) from refused
    except AnymailAPIError as failed:
        _raise_for_status(failed)
    except AnymailError as failed:
        raise Rejected(str(failed)) from failed
    except requests.ConnectionError as failed:
        raise Unavailable(f"The mail vendor is out of reach: {failed}", channel_wide=True) from failed
    except requests.RequestException as failed:
        raise Unclear(f"The mail vendor's answer never came: {failed}") from failed
    if not sent:
        raise Rejected("The mail backend did not take the mail.")
    return _vendor_id(mail)


def _raise_for_status(failed: Any) -> None:
    status = failed.status_code
    if status in (401, 403):
        raise Stopped(str(failed), code=str(status)) from failed
    if status == 429:
        raise Unavailable(str(failed), code="429", channel_wide=True) from failed
    if status is None or status in _TEMPORARY:
        raise Unclear(str(failed), code=str(status or "")) from failed
    raise Rejected(str(failed), code=str(status)) from failed


def _vendor_id(mail: EmailMessage) -> str:
    status = getattr(mail, "anymail_status", None)
    if status is None:
        return ""
    for recipient in status.recipients.values():
        if recipient.status in _REFUSING:
            raise Rejected(
                f"The mail vendor answered {recipient.status}.",
                code=recipient.status,
                reason=_REFUSING[recipient.status],
                bounced=True,
            )
        return str(recipient.message_id or "")
    return ""
