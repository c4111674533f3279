"""Mail: by SMTP with known steps, through a vendor's backend, or recorded in the sandbox."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from customers.errors import Refused
from notifications.channels.base import (
    Accepted,
    Channel,
    Document,
    Line,
    Rejected,
    Stopped,
    Unavailable,
    Unclear,
)
from notifications.channels.email.blocking import GONE, block_address, blocked_among, key_of
from notifications.channels.email.mail import MailSender, build_mail, mail_sender, message_id
from notifications.channels.email.replies import TooBig
from notifications.channels.email.ses import is_ses, ses_backend
from notifications.channels.email.smtp import Envelope, envelope, send_over
from notifications.channels.email.timed import Clock, TimedBackend
from notifications.channels.email.vendors import ask_for, features_of, send_through
from notifications.channels.sandbox import VENDOR, RecordingLine, is_sandbox
from notifications.models import Message

Built = TypeVar("Built")
# How long a server may take to say goodbye.
_GOODBYE_SECONDS = 2.0


class EmailChannel(Channel):
    """Mails with the PDF attached, one to each recipient."""

    name = "email"

    def check(self) -> None:
        if is_sandbox() or settings.EMAIL_HOST or not _is_smtp():
            return
        raise Refused(
            "Email is not connected: set EMAIL_HOST, or choose a mail vendor's backend, before sending."
        )

    @contextmanager
    def connect(self) -> Iterator[Line]:
        sender = mail_sender()
        if is_sandbox():
            yield RecordedMails(lambda message, document: _record(message, document, sender))
            return
        line = SmtpLine(sender) if _is_smtp() else BackendLine(sender)
        try:
            yield line
        finally:
            line.close()

    def per_second(self) -> float:
        return float(settings.EMAIL_PER_SECOND)

    def tries_for(self) -> timedelta:
        """Mail is patient (RFC 5321, 4.5.4.1): greylisting and a restart of the server pass in hours."""
        return timedelta(hours=settings.EMAIL_RETRY_HOURS)

    def learn(self, message: Message, *, reason: str, now: datetime) -> None:
        """An address without a mailbox is not written to again."""
        if gone := GONE.get(reason):
            block_address(
                address=message.recipient, reason=gone, detail=message.error_text, message=message, now=now
            )


class MailLine(Line):
    """What all ways of carrying mails share: who was blocked since a mail was written gets none."""

    def admit(self, message: Message, *, now: datetime) -> None:
        if blocked := blocked_among([message.recipient, *message.bcc]):
            if key_of(message.recipient) in blocked:
                raise Rejected("This address is blocked.", code="blocked_address", reason="blocked")
            message.bcc = [copy for copy in message.bcc if key_of(copy) not in blocked]


class RecordedMails(MailLine, RecordingLine):
    """The sandbox."""


@dataclass(frozen=True, slots=True)
class Prepared(Generic[Built]):
    """A mail ready to go, and how to make the smaller one that carries a link in place of the PDF."""

    mail: Built
    note: str
    smaller: Callable[[], "Prepared[Built]"] | None


class SmtpLine(MailLine):
    """One SMTP connection, opened at the first mail and again after it was lost."""

    def __init__(self, sender: MailSender) -> None:
        self._sender = sender
        self._clock = Clock()
        backend = get_connection(fail_silently=False)
        # A backend that somebody has derived from Django's is taken as it is, with its own time-outs.
        self._backend: Any = TimedBackend(self._clock) if type(backend) is SmtpBackend else backend

    def prepare(self, message: Message, document: Document | None) -> Prepared[Envelope]:
        return self._made(message, document, attach=True)

    def _made(self, message: Message, document: Document | None, *, attach: bool) -> Prepared[Envelope]:
        mail = build_mail(message, document, self._sender, attach=attach)
        smaller = (lambda: self._made(message, document, attach=False)) if mail.attachments else None
        return Prepared(envelope(mail), _note_of(mail), smaller)

    def hand_over(self, message: Message, prepared: Prepared[Envelope]) -> Accepted:
        self._clock.begin(settings.EMAIL_TIMEOUT, most=self.patience)
        try:
            return self._hand_over(message, prepared)
        except (Unavailable, Unclear, Stopped) as failed:
            late = self.patience is not None and self._clock.is_over
            self.close()  # the next mail starts on a connection in a known state
            if late and isinstance(failed, Unavailable):
                # Slow for somebody who waits is not slow for a worker: that was no try.
                raise Unavailable(failed.text, code="time_out", counts=False) from failed
            raise

    def _hand_over(self, message: Message, prepared: Prepared[Envelope]) -> Accepted:
        try:
            smtp = self._open()
            if prepared.smaller and _exceeds(smtp, prepared.mail):
                prepared = prepared.smaller()
            words = send_over(smtp, prepared.mail, self._clock)
        except TooBig as refused:
            if prepared.smaller is None:
                raise refused.rejected from refused
            self._clock.begin(self._clock.spare(), most=self.patience)
            return self._hand_over(message, prepared.smaller())
        own_id = message_id(message)
        return Accepted(
            vendor="smtp", vendor_id=own_id, message_id=own_id, request={"answer": words}, note=prepared.note
        )

    def _open(self) -> smtplib.SMTP:
        try:
            self._backend.open()
            self._backend.connection.ehlo_or_helo_if_needed()
        except smtplib.SMTPAuthenticationError as refused:
            if refused.smtp_code // 100 == 5:
                raise Stopped(
                    "The mail server refused our user or password.", code=str(refused.smtp_code)
                ) from refused
            raise Unavailable(
                f"The mail server cannot look at our password now: {refused}",
                code=str(refused.smtp_code),
                channel_wide=True,
            ) from refused
        except (smtplib.SMTPException, OSError) as failed:
            raise Unavailable(f"The mail server is out of reach: {failed}", channel_wide=True) from failed
        connection: smtplib.SMTP = self._backend.connection
        return connection

    def close(self) -> None:
        self._clock.begin(_GOODBYE_SECONDS)
        try:
            self._backend.close()
        except (smtplib.SMTPException, OSError):
            self._backend.connection = None


class BackendLine(MailLine):
    """A mail vendor's Django backend."""

    def __init__(self, sender: MailSender) -> None:
        self._sender = sender
        backend = get_connection(fail_silently=False)
        self._backend: Any = ses_backend() if is_ses(backend) else backend
        self._features = features_of(self._backend)

    def prepare(self, message: Message, document: Document | None) -> Prepared[EmailMultiAlternatives]:
        return self._made(message, document, attach=True)

    def _made(
        self, message: Message, document: Document | None, *, attach: bool
    ) -> Prepared[EmailMultiAlternatives]:
        own = not self._features.counts_opens
        mail = build_mail(message, document, self._sender, own_picture=own, attach=attach)
        ask_for(mail, self._features, delivery=message.delivery_key, tag=message.template)
        smaller = (lambda: self._made(message, document, attach=False)) if mail.attachments else None
        return Prepared(mail, _note_of(mail), smaller)

    def hand_over(self, message: Message, prepared: Prepared[EmailMultiAlternatives]) -> Accepted:
        try:
            vendor_id = send_through(self._backend, prepared.mail, recipient=message.recipient)
        except TooBig as refused:
            if prepared.smaller is None:
                raise refused.rejected from refused
            return self.hand_over(message, prepared.smaller())
        return Accepted(
            vendor=str(getattr(self._backend, "esp_name", "mail")).lower(),
            vendor_id=vendor_id or message_id(message),
            message_id=message_id(message),
            note=prepared.note,
        )

    def close(self) -> None:
        self._backend.close()


def _is_smtp() -> bool:
    return isinstance(get_connection(), SmtpBackend)


def _exceeds(smtp: smtplib.SMTP, mail: Envelope) -> bool:
    """Whether the server has said that it takes no mail of this size (RFC 1870); 0 means any."""
    most = smtp.esmtp_features.get("size", "") if smtp.does_esmtp else ""
    return most.isdigit() and 0 < int(most) < len(mail.content)


def _note_of(mail: EmailMultiAlternatives) -> str:
    return str(mail.note)  # type: ignore[attr-defined]


def _record(message: Message, document: Document | None, sender: MailSender) -> Accepted:
    mail = build_mail(message, document, sender)
    return Accepted(
        vendor=VENDOR,
        vendor_id=message_id(message),
        message_id=message_id(message),
        request=_shown(mail, document),
        note=_note_of(mail),
    )


def _shown(mail: EmailMultiAlternatives, document: Document | None) -> dict[str, Any]:
    """The mail as a person reads it back: headers, both parts, what was attached."""
    built = mail.message()
    files: list[dict[str, Any]] = []
    if document is not None and mail.attachments:
        files.append({"filename": document.filename, "sha256": document.sha256, "pages": document.page_count})
        if document.lines is not None and len(mail.attachments) > 1:
            files.append({"filename": document.lines.filename, "sha256": document.lines.sha256})
    return {
        "headers": {
            name: str(value) for name, value in built.items() if not name.startswith(("Content-", "MIME-"))
        },
        "bcc": list(mail.bcc),
        "text": str(mail.body),
        "html": str(mail.alternatives[0][0]),
        "attachments": files,
    }
