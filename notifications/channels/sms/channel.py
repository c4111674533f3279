"""Text messages: recorded in the sandbox; in live mode they need a connected vendor."""

from collections.abc import Iterator
from contextlib import contextmanager

from customers.errors import Refused
from notifications.channels.base import Accepted, Channel, Document, Line, Stopped
from notifications.channels.sandbox import VENDOR, is_sandbox, recording, sandbox_id
from notifications.channels.sms.segments import segments
from notifications.models import Message

NOT_CONNECTED = (
    "Text messages are not connected: connect Twilio and choose a sending number before sending texts."
)


class SmsChannel(Channel):
    """Short texts with the statement's link."""

    name = "sms"

    def check(self) -> None:
        if not is_sandbox():
            raise Refused(NOT_CONNECTED)

    @contextmanager
    def connect(self) -> Iterator[Line]:
        if not is_sandbox():
            raise Stopped(NOT_CONNECTED)
        with recording(_record) as line:
            yield line


def _record(message: Message, document: Document | None) -> Accepted:
    size = segments(message.text)
    return Accepted(
        vendor=VENDOR,
        vendor_id=sandbox_id("SM", message, 34),
        segments=size.count,
        request={
            **(message.request or {}),
            "To": message.recipient,
            "Body": message.text,
            "SmartEncoded": "true",
            "encoding": size.encoding,
            "units": size.units,
            "segments": size.count,
        },
    )
