"""Mail: by SMTP with known steps, through a vendor's backend, or recorded in the sandbox."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from customers.errors import Refused
from notifications.channels.base import Accepted, Channel, Document, Line, Stopped, Unavailable, Unclear
from notifications.channels.email.mail import MailSender, build_mail, mail_sender, message_id
from notifications.channels.email.smtp import Envelope, envelope, send_over
from notifications.channels.email.vendors import send_through
from notifications.channels.sandbox import VENDOR, is_sandbox, recording
from notifications.models import Message


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
            with recording(lambda message, document: _record(message, document, sender)) as line:
                yield line
            return
        line = SmtpLine(sender) if _is_smtp() else BackendLine(sender)
        try:
            yield line
        finally:
            line.close()


class SmtpLine(Line):
    """One SMTP connection, opened at the first mail and again after it was lost."""

    def __init__(self, sender: MailSender) -> None:
        self._sender = sender
        self._backend: Any = get_connection(fail_silently=False)

    def prepare(self, message: Message, document: Document | None) -> Envelope:
        return envelope(build_mail(message, document, self._sender))

    def hand_over(self, message: Message, prepared: Envelope) -> Accepted:
        try:
            words = send_over(self._open(), prepared)
        except (Unavailable, Unclear):
            self.close()  # the next mail starts on a connection in a known state
            raise
        own_id = message_id(message)
        return Accepted(vendor="smtp", vendor_id=own_id, message_id=own_id, request={"answer": words})

    def _open(self) -> smtplib.SMTP:
        try:
            self._backend.open()
            self._backend.connection.ehlo_or_helo_if_needed()
        except smtplib.SMTPAuthenticationError as refused:
            raise Stopped(
                "The mail server refused our user or password.", code=str(refused.smtp_code)
            ) from refused
        except (smtplib.SMTPException, OSError) as failed:
            raise Unavailable(f"The mail server is out of reach: {failed}", channel_wide=True) from failed
        connection: smtplib.SMTP = self._backend.connection
        return connection

    def close(self) -> None:
        connection = self._backend.connection
        if connection is not None:
            try:
                self._backend.close()
            except (smtplib.SMTPException, OSError):
                self._backend.connection = None


class BackendLine(Line):
    """A mail vendor's Django backend."""

    def __init__(self, sender: MailSender) -> None:
        self._sender = sender
        self._backend: Any = get_connection(fail_silently=False)

    def prepare(self, message: Message, document: Document | None) -> EmailMultiAlternatives:
        mail = build_mail(message, document, self._sender)
        mail.metadata = {"delivery": message.public_id}  # type: ignore[attr-defined]
        return mail

    def hand_over(self, message: Message, prepared: EmailMultiAlternatives) -> Accepted:
        vendor_id = send_through(self._backend, prepared)
        return Accepted(
            vendor=str(getattr(self._backend, "esp_name", "mail")).lower(),
            vendor_id=vendor_id or message_id(message),
            message_id=message_id(message),
        )

    def close(self) -> None:
        self._backend.close()


def _is_smtp() -> bool:
    return isinstance(get_connection(), SmtpBackend)


def _record(message: Message, document: Document | None, sender: MailSender) -> Accepted:
    mail = build_mail(message, document, sender)
    return Accepted(
        vendor=VENDOR,
        vendor_id=message_id(message),
        message_id=message_id(message),
        request=_shown(mail, document),
    )


def _shown(mail: EmailMultiAlternatives, document: Document | None) -> dict[str, Any]:
    """The mail as a person reads it back: headers, both parts, what was attached."""
    built = mail.message()
    attached = bool(mail.attachments)
    return {
        "headers": {
            name: str(value) for name, value in built.items() if not name.startswith(("Content-", "MIME-"))
        },
        "bcc": list(mail.bcc),
        "text": str(mail.body),
        "html": str(mail.alternatives[0][0]),
        "attachments": [
            {"filename": document.filename, "sha256": document.sha256, "pages": document.page_count}
        ]
        if document is not None and attached
        else [],
    }
