"""What a channel is, and the few ways in which a hand-over can end."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from notifications.models import Message


@dataclass(frozen=True, slots=True)
class Lines:
    """The CSV file of single lines beside a PDF that shows months only."""

    filename: str
    sha256: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Document:
    """The PDF that travels with a message; the bytes are read only when they are needed."""

    filename: str
    sha256: str
    page_count: int
    read: Callable[[], bytes]
    lines: Lines | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The vendor has taken the message over and named it."""

    vendor: str
    vendor_id: str
    request: dict[str, Any] | None = None
    message_id: str = ""
    segments: int = 0
    expected_delivery_date: date | None = None
    note: str = ""
    cancelable_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """A vendor's notice about a message, in our words."""

    type: str
    occurred_at: datetime
    vendor: str
    event_id: str = ""
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)


class HandOverFailed(Exception):
    """A hand-over that did not end well. `code` is the vendor's own, `text` its words."""

    def __init__(self, text: str, *, code: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.code = code


class Rejected(HandOverFailed):
    """Final for this message: trying again cannot help. `bounced`: the recipient's side said no."""

    def __init__(self, text: str, *, code: str = "", reason: str = "other", bounced: bool = False) -> None:
        super().__init__(text, code=code)
        self.reason = reason
        self.bounced = bounced


class Unavailable(HandOverFailed):
    """Surely not taken over; worth another try later.

    `channel_wide`: the vendor itself is out of reach or asks for rest, so the next message would
    fare no better. `retry_after` is the vendor's own wish in seconds. `counts`: whether it was a try;
    being asked for fewer requests is none.
    """

    def __init__(
        self,
        text: str,
        *,
        code: str = "",
        channel_wide: bool = False,
        retry_after: float | None = None,
        counts: bool = True,
    ) -> None:
        super().__init__(text, code=code)
        self.channel_wide = channel_wide
        self.retry_after = retry_after
        self.counts = counts


class Postponed(Exception):
    """A rule of ours lets the message go later only: at night, or after today's text."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until:%Y-%m-%d %H:%M}")
        self.until = until


class Unclear(HandOverFailed):
    """The request was written and no answer was read: it may have been taken over, or not."""


class Stopped(HandOverFailed):
    """The account is at fault (credentials refused, sender blocked): the channel has to wait for staff."""


class Line(ABC):
    """An open connection to whoever carries the messages; serves one worker, one message at a time.

    `patience`: somebody waits for the next message, and so many seconds from its turn on. Within them
    it is under way, or surely not and due again; None: nobody waits.
    """

    patience: float | None = None

    def admit(self, message: Message, *, now: datetime) -> None:
        """Look at the rules right before a message's turn. Raises Postponed, or Rejected for good."""
        return

    @abstractmethod
    def prepare(self, message: Message, document: Document | None) -> Any:
        """Build the complete request without sending it: what goes wrong here is the message's fault."""

    @abstractmethod
    def hand_over(self, message: Message, prepared: Any) -> Accepted:
        """Give one message to the vendor. Raises one of the HandOverFailed kinds.

        Never called inside a transaction.
        """

    def ask(self, message: Message, document: Document | None) -> Accepted | TrackingEvent | None:
        """What the vendor knows of a message whose fate is unclear, or that is under way.

        Accepted: it was taken over. None: nothing (new) is known. Raises HandOverFailed kinds; Rejected
        means that it was surely not taken over. Never called inside a transaction.
        """
        return None

    def cancel(self, message: Message) -> None:
        """Stop a message that was handed over. Raises Rejected when it is too late, else as `ask`."""
        raise Rejected("This cannot be stopped any more.")


class Channel(ABC):
    """A way in which messages travel."""

    name: str

    @abstractmethod
    def check(self) -> None:
        """Raise Refused when the channel is not connected: nothing is created then."""

    @abstractmethod
    def connect(self) -> AbstractContextManager[Line]:
        """A line for a batch of messages. Opening it may raise Unavailable (channel-wide) or Stopped."""

    def per_second(self) -> float:
        """How much the vendor takes in a second, over all workers; 0: without limit."""
        return 0

    def tries_for(self) -> timedelta:
        """How long a message is tried at least, however many tries that takes."""
        return timedelta(0)

    def cost(self, message: Message) -> int:
        """How much of that one message needs."""
        return 1

    def next_ask(self, message: Message, *, now: datetime) -> datetime | None:
        """When the vendor is asked next about an unclear or sent message that it was asked about
        `message.asked` times; None: not (any more)."""
        return None

    def learn(self, message: Message, *, reason: str, now: datetime) -> None:
        """What a message's failure tells about its recipient."""
        return
