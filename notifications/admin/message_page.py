"""One message as staff read it: the mail as it looks, the text with its segments, the letter."""

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from customers.admin.figures import minute_of, short_day
from notifications.admin.unclear import advice_for
from notifications.channels.email.blocking import key_of
from notifications.channels.sandbox import VENDOR, is_sandbox
from notifications.channels.sms.segments import segments
from notifications.inbox import SIMULATED
from notifications.models import BlockedAddress, Message

State = Message.State
COLOURS = {
    State.SENT: "success", State.DELIVERED: "success", State.BOUNCED: "danger", State.FAILED: "danger",
    State.UNKNOWN: "danger", State.QUEUED: "warning", State.SENDING: "warning", State.HELD: "warning",
}  # fmt: skip
UNCLEAR = "Nobody knows whether this message went out: it was handed over and no answer came."
UNWANTED = (
    "This letter is to be canceled. The print house is asked whether it has it: if so, it is taken out of "
    "production; if not, it counts as canceled. Cancel it once more to give it up without asking."
)
HELD = "The channel is stopped. The message goes on when the channel is released."


def describe(message: Message, zone: ZoneInfo) -> dict[str, Any]:
    """Everything the page shows, as plain values."""
    issued = message.issued_statement
    return {
        "message": message,
        "status": message.get_state_display(),
        "status_colour": COLOURS.get(State(message.state), ""),
        "advice": _advice(message),
        "facts": _facts(message, zone),
        "mail_url": reverse("admin:notifications_message_mail", args=[message.pk])
        if message.channel == "email"
        else "",
        "segments": _segments(message),
        "address": message.recipient.splitlines() if message.channel == "letter" else [],
        "pdf": document_url(message),
        "pdf_label": issued.label if issued else message.document_name.removesuffix(".pdf"),
        "events": [
            {
                "when": minute_of(event.occurred_at, zone),
                "what": event.get_type_display(),
                "detail": event.data.get("act", "").replace("_", " ") or event.data.get("reason", ""),
            }
            for event in message.message_events.order_by("-occurred_at", "-pk")[:50]
        ],
        "can_send_again": message.state in (State.UNKNOWN, State.FAILED, State.BOUNCED),
        "can_mark": message.state == State.UNKNOWN,
        "can_cancel": message.state in (State.QUEUED, State.HELD, State.UNKNOWN),
        "can_stop": _can_stop(message),
        "simulated": list(SIMULATED[message.channel].items()) if _is_played(message) else [],
        "blocked": BlockedAddress.objects.filter(address=key_of(message.recipient)).first()
        if message.channel == "email"
        else None,
    }


def _advice(message: Message) -> str:
    if message.state == State.UNKNOWN and message.cancel_wanted_at is not None:
        return UNWANTED
    if message.state == State.UNKNOWN:
        return f"{UNCLEAR} {advice_for(message.channel)}"
    return HELD if message.state == State.HELD else ""


def _is_played(message: Message) -> bool:
    """Whether the sandbox has taken the message, so that its vendor is ours to play."""
    return is_sandbox() and message.vendor == VENDOR


def _can_stop(message: Message) -> bool:
    """Whether the print house still gives the letter back."""
    until = message.cancelable_until
    under_way = message.state == State.SENT and message.cancel_wanted_at is None
    return under_way and until is not None and until > timezone.now()


def document_url(message: Message) -> str:
    """The file that was sent: the issued statement's, or the copy of the document that was kept."""
    if message.issued_statement_id:
        return reverse("admin:statements_issuedstatement_pdf", args=[message.issued_statement_id])
    if message.document_file:
        return reverse("admin:notifications_message_document", args=[message.pk])
    return ""


def _segments(message: Message) -> str:
    if message.channel != "sms":
        return ""
    found = segments(message.text)
    plural = "" if found.count == 1 else "s"
    return f"{found.count} segment{plural}, {found.encoding}, {found.units} characters"


def _times(count: int) -> str:
    return "" if not count else "once" if count == 1 else f"{count} times"


def _about(message: Message) -> str:
    """The document that a message carries; statements are named by their own button."""
    if message.invoice is not None:
        return f"Invoice {message.invoice}"
    if message.credit_note is not None:
        return f"Credit note {message.credit_note}"
    return str(message.payment) if message.payment is not None else ""


def _facts(message: Message, zone: ZoneInfo) -> list[tuple[str, str]]:
    bcc = ", ".join(message.bcc)
    facts = [
        (
            "To",
            f"{message.recipient_name} <{message.recipient}>"
            if message.recipient_name and message.channel != "letter"
            else message.recipient,
        ),
        ("Blind copies", bcc),
        ("About", _about(message)),
        ("Subject", message.subject),
        ("Written", minute_of(message.created_at, zone)),
        ("Due", minute_of(message.due_at, zone) if message.state in (State.QUEUED, State.HELD) else ""),
        ("Sent", minute_of(message.sent_at, zone)),
        ("Put off", minute_of(message.deferred_at, zone)),
        ("On its way", minute_of(message.in_transit_at, zone)),
        ("Delivered", minute_of(message.delivered_at, zone)),
        ("Returned", minute_of(message.bounced_at, zone)),
        ("Expected delivery", short_day(day) if (day := message.expected_delivery_date) else ""),
        ("Opened", _times(message.opens)),
        ("Tries", str(message.attempt) if message.attempt > 1 else ""),
        ("Carried by", message.vendor),
        ("Vendor's id", message.vendor_id),
        ("Message-ID", message.message_id if message.message_id != message.vendor_id else ""),
        ("Wording", str(message.template_version or message.template)),
        ("Run", str(message.run) if message.run else ""),
        ("Note", message.note),
        ("Remark", str((message.request or {}).get("remark", ""))),
        ("Reason", message.get_reason_display() if message.reason else ""),
        ("Error", " ".join(filter(None, (message.error_code, message.error_text)))),
    ]
    return [(name, value) for name, value in facts if value]
