"""The sandbox's vendors report what staff choose, through the very code that reads real reports."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from anymail.signals import AnymailTrackingEvent  # type: ignore[import-untyped]

from customers.errors import Refused
from customers.leases import claim
from notifications.channels.sandbox import VENDOR, is_sandbox
from notifications.inbox.mail import report_of
from notifications.inbox.storing import Report, store_report
from notifications.inbox.working import act_upon
from notifications.models import Message, VendorEvent

# What can be made up, by channel, with the words of the buttons.
SIMULATED: dict[str, dict[str, str]] = {
    "email": {
        "delivered": "Delivered",
        "opened": "Opened",
        "deferred": "Put off",
        "bounced": "Returned",
        "complained": "Reported as spam",
    },
    "sms": {"delivered": "Delivered", "failed": "Not delivered", "stop": "Reader replies STOP"},
    "letter": {
        "mailed": "Posted",
        "delivered": "Delivered",
        "returned_to_sender": "Returned",
        "failed": "Failed",
    },
}


def simulate(*, message: Message, news: str, now: datetime) -> str:
    """Let the sandbox report something about a message; returns what it led to.

    Raises Refused outside of the sandbox, for messages that no sandbox took, and for unknown news.
    """
    if not is_sandbox() or message.vendor != VENDOR:
        raise Refused("Only what the sandbox has taken can be simulated.")
    if news not in SIMULATED.get(message.channel, {}):
        raise Refused(f"{news} cannot be simulated.", param="news")
    report = _REPORTS[message.channel](message, news, now)
    row = store_report(report, now=now)
    assert row is not None
    held = claim(VendorEvent.objects.filter(pk=row.pk), limit=1)
    act_upon(row, token=held.token, now=now)
    row.refresh_from_db()
    return row.outcome


def _mail_report(message: Message, news: str, now: datetime) -> Report:
    event = AnymailTrackingEvent(
        event_type=news,
        timestamp=now,
        event_id=f"sim-{secrets.token_hex(12)}",
        message_id=message.vendor_id,
        metadata={"delivery": message.delivery_key},
        recipient=message.recipient,
        reject_reason={"bounced": "bounced", "complained": "spam"}.get(news),
        user_agent="Sandbox" if news == "opened" else None,
        esp_event={"simulated": news},
    )
    return report_of(event, vendor=VENDOR)


def _text_report(message: Message, news: str, now: datetime) -> Report:
    event_id = f"sim-{secrets.token_hex(12)}"
    if news == "stop":
        form = {"From": message.recipient_key, "Body": "STOP", "MessageSid": event_id}
        return Report(VENDOR, event_id, "twilio.inbound", urlencode(form).encode())
    status = {"failed": "undelivered"}.get(news, news)
    form = {"MessageSid": message.vendor_id, "MessageStatus": status, "To": message.recipient_key}
    if news == "failed":
        form["ErrorCode"] = "30004"
    return Report(VENDOR, event_id, "twilio.status", urlencode(form).encode(), reference=message.tracking_id)


def _letter_report(message: Message, news: str, now: datetime) -> Report:
    event_id = f"sim-{secrets.token_hex(12)}"
    event = {
        "id": event_id,
        "event_type": {"id": f"letter.{news}"},
        "date_created": now.isoformat(),
        "body": {"id": message.vendor_id, "metadata": {"delivery": message.delivery_key}},
    }
    return Report(VENDOR, event_id, "lob.event", json.dumps(event).encode())


_REPORTS: dict[str, Callable[[Message, str, datetime], Report]] = {
    "email": _mail_report,
    "sms": _text_report,
    "letter": _letter_report,
}
