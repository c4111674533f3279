"""Twilio's words for where a text stands, in ours."""

from datetime import UTC, datetime

from notifications.channels.base import TrackingEvent
from notifications.channels.sms.twilio_errors import kind_of, reason_for, words_for
from notifications.models import MessageEvent

Type = MessageEvent.Type

# The first five only tell that Twilio has the text.
_STATUSES = {
    "accepted": Type.ACCEPTED,
    "scheduled": Type.ACCEPTED,
    "queued": Type.ACCEPTED,
    "sending": Type.ACCEPTED,
    "sent": Type.ACCEPTED,
    "delivered": Type.DELIVERED,
    "read": Type.DELIVERED,
    "undelivered": Type.FAILED,
    "failed": Type.FAILED,
    "canceled": Type.FAILED,
}

# When a text that failed for a reason that passes is worth another try (see delivering/resending.py).
_AGAIN = {"temporary": "soon", "tomorrow": "tomorrow"}


def notice_of(
    sid: str, status: str, error_code: int | None, *, vendor: str = "twilio", at: datetime | None = None
) -> TrackingEvent | None:
    """A status as a notice; None for statuses that are not known. The same status is one notice."""
    kind = _STATUSES.get(status)
    if kind is None:
        return None
    failed = kind == Type.FAILED
    again = _AGAIN.get(kind_of(error_code) or "") if failed else None
    return TrackingEvent(
        type=kind,
        occurred_at=at or datetime.now(UTC),
        vendor=vendor,
        event_id=f"{sid}:{status}"[:128],
        reason=reason_for(error_code) if failed else "",
        data={
            "status": status,
            "vendor_id": sid,
            **({"code": error_code, "description": words_for(error_code)} if failed and error_code else {}),
            **({"again": again} if again else {}),
        },
    )


def stops_channel(error_code: int | None) -> bool:
    """Whether a failure is the account's or the sender's, so that all others would fail as well."""
    return kind_of(error_code) == "account"
