"""Letters: by Lob, or recorded in the sandbox; the same limits for both."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings

from customers.errors import Refused
from customers.leases import back_off
from customers.models import Company
from notifications.channels.accounts import connection_of, is_connected
from notifications.channels.base import (
    Accepted,
    Channel,
    Document,
    Line,
    Rejected,
    Stopped,
    TrackingEvent,
    Unavailable,
)
from notifications.channels.letter import lob
from notifications.channels.letter.paper import check_address, expected_delivery, file_problem
from notifications.channels.letter.request import check_pages, letter_fields, send_moment, sender_address
from notifications.channels.sandbox import VENDOR, RecordingLine, is_sandbox, sandbox_id
from notifications.models import Message

NOT_CONNECTED = (
    "Letters are not connected: connect Lob and set the business mailing address before sending letters."
)
# Lob's own, for letters without a date.
USUAL_WINDOW = timedelta(minutes=5)


class LetterChannel(Channel):
    """The PDF printed, folded and posted."""

    name = "letter"

    def check(self) -> None:
        if is_sandbox():
            return
        if not is_connected(self.name):
            raise Refused(NOT_CONNECTED)
        if problem := sender_problem(Company.get()):
            raise Refused(problem)

    @contextmanager
    def connect(self) -> Iterator[Line]:
        company = Company.get()
        if is_sandbox():
            yield RecordingLetterLine(lambda message, document: _record(message, document, company))
            return
        connection = connection_of(self.name)
        if connection is None:
            raise Stopped(NOT_CONNECTED, code="not_connected")
        if problem := sender_problem(company):
            raise Stopped(problem, code="sender")
        line = LobLine(lob.Lob(connection.secrets["api_key"]), company, connection.options)
        try:
            yield line
        finally:
            line.close()

    def per_second(self) -> float:
        return 0 if is_sandbox() else settings.LOB_PER_SECOND

    def next_ask(self, message: Message, *, now: datetime) -> datetime | None:
        """Unclear ones are repeated under their key while Lob keeps it, then looked up once.

        Those that nobody wants any more are looked up only, a second time after a while.
        """
        if message.state == Message.State.SENT:
            return None
        if message.cancel_wanted_at is not None:
            return now + timedelta(seconds=settings.LOOK_UP_AGAIN_SECONDS)
        if is_sandbox():
            return None
        if message.asked and not _key_lives(message):
            return None
        if not message.asked:
            return now + timedelta(seconds=settings.LOOK_UP_FIRST_SECONDS)
        return now + back_off(message.asked)


class RecordingLetterLine(RecordingLine):
    """The sandbox; what was never printed can be stopped at any time."""

    def cancel(self, message: Message) -> None:
        return


@dataclass(frozen=True, slots=True)
class LetterRequest:
    fields: Mapping[str, str]
    file: tuple[str, bytes]
    key: str
    cancelable_until: datetime
    shown: Mapping[str, Any]


class LobLine(Line):
    """One connection to Lob."""

    def __init__(self, client: lob.Lob, company: Company, options: Mapping[str, Any]) -> None:
        self._lob = client
        self._company = company
        self._options = options

    def prepare(self, message: Message, document: Document | None) -> LetterRequest:
        document = check_pages(message, document, self._options)
        content = document.read()
        if problem := file_problem(content):
            raise Rejected(problem[1], code=problem[0], reason="document")
        fields = letter_fields(message, self._company, self._options)
        present = datetime.now(UTC)
        moment = send_moment(message)
        if moment is not None and moment > present:
            fields["send_date"] = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        else:
            moment = present + USUAL_WINDOW
        return LetterRequest(
            fields=fields,
            file=(document.filename, content),
            key=f"del-{message.delivery_key}",
            cancelable_until=moment,
            shown={**fields, "file": _named(document)},
        )

    def hand_over(self, message: Message, prepared: LetterRequest) -> Accepted:
        try:
            letter = self._lob.send(fields=prepared.fields, file=prepared.file, key=prepared.key)
        except Rejected as refused:
            if refused.code not in ("conflict", "409"):
                raise
            # Another request with this key is under way, or was.
            found = self._lob.find(delivery=message.delivery_key)
            if found is None:
                raise Unavailable(refused.text, code=refused.code) from refused
            letter = found
        return _accepted(message, letter, prepared.shown, prepared.cancelable_until)

    def ask(self, message: Message, document: Document | None) -> Accepted | TrackingEvent | None:
        """Repeat under the same key; look up when the key is over, or when nobody wants the letter now."""
        if message.cancel_wanted_at is None and _key_lives(message):
            prepared = self._prepared_again(message, document)
            if prepared is not None:
                return self.hand_over(message, prepared)
        found = self._lob.find(delivery=message.delivery_key)
        if found is None:
            return None
        until = send_moment(message) or datetime.now(UTC) + USUAL_WINDOW
        return _accepted(message, found, message.request or {}, until)

    def _prepared_again(self, message: Message, document: Document | None) -> LetterRequest | None:
        """The request; None when a rule of ours forbids now what was handed over: it is looked up instead."""
        try:
            return self.prepare(message, document)
        except Rejected:
            return None

    def cancel(self, message: Message) -> None:
        self._lob.cancel(message.vendor_id)

    def close(self) -> None:
        self._lob.close()


def sender_problem(company: Company) -> str:
    """Why the print house would not take letters from this company; empty when it would."""
    if (company.country or "").upper() != "US":
        return "Lob posts letters for senders in the United States only; the company's address is elsewhere."
    address = sender_address(company)
    for name in ("name", "address1", "city", "state", "postal_code"):
        if not address[name].strip():
            return f"Letters need the business mailing address: its {name.replace('_', ' ')} is not set."
    try:
        check_address(address)
    except Refused as refused:
        return f"The business mailing address is not fit for letters: {refused.message}"
    return ""


def planned_delivery(sent: date) -> date:
    """What the wire shows until the print house has answered."""
    return expected_delivery(sent)


def _key_lives(message: Message) -> bool:
    """Whether Lob still knows our key: a matter of its clock, so that ours is read here."""
    begun = message.first_tried_at or message.sending_since
    return begun is not None and datetime.now(UTC) < begun + timedelta(seconds=settings.SAME_KEY_SECONDS)


def _accepted(message: Message, letter: lob.LobLetter, shown: Mapping[str, Any], until: datetime) -> Accepted:
    return Accepted(
        vendor=lob.VENDOR,
        vendor_id=letter.id,
        expected_delivery_date=letter.expected_delivery_date or expected_delivery(message.created_at.date()),
        request={**(message.request or {}), **shown},
        cancelable_until=until,
    )


def _named(document: Document) -> dict[str, Any]:
    return {"filename": document.filename, "sha256": document.sha256, "pages": document.page_count}


def _record(message: Message, document: Document | None, company: Company) -> Accepted:
    document = check_pages(message, document, {})
    return Accepted(
        vendor=VENDOR,
        vendor_id=sandbox_id("ltr_", message, 32),
        expected_delivery_date=expected_delivery(message.created_at.date()),
        request={**letter_fields(message, company, {}), "file": _named(document)},
        cancelable_until=send_moment(message) or datetime.now(UTC) + USUAL_WINDOW,
    )
