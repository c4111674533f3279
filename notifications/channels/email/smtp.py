"""One mail over one SMTP connection, step by step, so that we know on which side of DATA it broke.

RFC 5321: until the line with the single dot is written, the server has nothing; after it, only its
reply tells. `smtplib.sendmail` does not say which of the two a lost connection was.
"""

import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import getaddresses, parseaddr
from typing import NoReturn

from django.core.mail import EmailMessage
from django.utils.encoding import punycode

from notifications.channels.base import HandOverFailed, Unavailable, Unclear
from notifications.channels.email.replies import TooBig, about_mail, about_recipient, about_sender
from notifications.channels.email.timed import Clock


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes over the wire: the sender, the recipients (blind copies behind the first), the bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


def envelope(mail: EmailMessage) -> Envelope:
    """The mail ready to be written. Raises ValueError for headers that hold line breaks."""
    addresses = getaddresses([str(entry) for entry in mail.recipients()])
    return Envelope(
        sender=_ascii(parseaddr(str(mail.from_email))[1]),
        recipients=tuple(_ascii(address) for _, address in addresses),
        content=_on_the_wire(mail),
    )


def send_over(smtp: smtplib.SMTP, mail: Envelope, clock: Clock) -> str:
    """Hand one mail over and return the server's closing words.

    Raises Unavailable (nothing was taken over), Rejected (final), TooBig (final for this size), Stopped
    (the account is at fault) or Unclear (the mail was written, the reply never came). The first
    recipient decides; a blind copy that is refused is left out.
    """
    try:
        _begin(smtp, mail)
        _expect(smtp, *smtp.docmd("DATA"), wanted=354)
        smtp.send(mail.content)
    except (smtplib.SMTPException, OSError) as lost:
        raise Unavailable(
            f"The mail server hung up before the mail was complete: {lost}", channel_wide=True
        ) from lost
    clock.ask_for_answer()
    try:
        smtp.send(b".\r\n")
        code, words = smtp.getreply()
    except (smtplib.SMTPException, OSError) as lost:
        raise Unclear(f"The mail was written but the server's answer never came: {lost}") from lost
    if code == -1:
        raise Unclear(f"The mail was written and answered with nonsense: {_plain(words)}")
    try:
        _expect(smtp, code, words, wanted=250)
    except smtplib.SMTPException as lost:
        raise Unclear(f"The mail was written but its answer makes no sense: {lost}") from lost
    return _plain(words)


def _begin(smtp: smtplib.SMTP, mail: Envelope) -> None:
    sized = smtp.does_esmtp and smtp.has_extn("size")
    code, words = smtp.mail(mail.sender, [f"size={len(mail.content)}"] if sized else [])
    if code != 250:
        _refuse(smtp, code, words, about_sender)
    first, *copies = mail.recipients
    code, words = smtp.rcpt(first)
    if code not in (250, 251):
        _refuse(smtp, code, words, about_recipient)
    for copy in copies:
        smtp.rcpt(copy)


def _expect(smtp: smtplib.SMTP, code: int, words: bytes, *, wanted: int) -> None:
    if code != wanted:
        _refuse(smtp, code, words, about_mail)


def _refuse(
    smtp: smtplib.SMTP, code: int, words: bytes, judge: Callable[[int, str], HandOverFailed | TooBig]
) -> NoReturn:
    """Turn a reply that is not the wanted one into our words, and leave the connection usable."""
    said = _plain(words)
    if code == -1:
        raise smtplib.SMTPServerDisconnected(said or "The connection was closed.")
    if code == 421:
        smtp.close()
        raise Unavailable(said, code="421", channel_wide=True)
    _reset(smtp)
    raise judge(code, said)


def _reset(smtp: smtplib.SMTP) -> None:
    try:
        smtp.rset()
    except (smtplib.SMTPException, OSError):
        smtp.close()


def _ascii(address: str) -> str:
    """As SMTP takes it: domains with letters of other scripts have a spelling in ASCII."""
    name, at, domain = address.rpartition("@")
    return f"{name}{at}{punycode(domain)}"


def _on_the_wire(mail: EmailMessage) -> bytes:
    """The mail's bytes with CRLF line ends and leading dots doubled, ended by a line break."""
    content = re.sub(rb"\r\n|\r|\n", b"\r\n", mail.message().as_bytes())
    content = re.sub(rb"(?m)^\.", b"..", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _plain(words: bytes) -> str:
    return words.decode("utf-8", "replace").replace("\n", " ").strip()[:500]
