"""The recording transport: everything but the last step, and nothing leaves the machine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

from notifications.channels.base import Accepted, Document, Line
from notifications.models import Message

VENDOR = "sandbox"

Recorder = Callable[[Message, Document | None], Accepted]


def is_sandbox() -> bool:
    return bool(settings.DELIVERY_MODE == "sandbox")


class RecordingLine(Line):
    """Keeps the final request, as a vendor would have received it, on the message."""

    def __init__(self, record: Recorder) -> None:
        self._record = record

    def prepare(self, message: Message, document: Document | None) -> Accepted:
        return self._record(message, document)

    def hand_over(self, message: Message, prepared: Accepted) -> Accepted:
        return prepared


@contextmanager
def recording(record: Recorder) -> Iterator[Line]:
    yield RecordingLine(record)


def sandbox_id(prefix: str, message: Message, length: int) -> str:
    """An id in the vendor's shape that says where it comes from: `SMsandbox…`."""
    return f"{prefix}sandbox{message.public_id}"[:length]
