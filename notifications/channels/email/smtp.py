"""One mail over one SMTP connection, step by step, so that we know on which side of DATA it broke.

RFC 5321: until the line with the single dot is written, the server has nothing; after it, only its
reply tells. `smtplib.sendmail` does not say which of the two a lost connection was.
"""

import re
import smtplib
from dataclasses import dataclass
from email.utils import getaddresses, parseaddr

from django.core.mail import EmailMessage
from django.utils.encoding import punycode

from notifications.channels.base import Rejected, Stopped, Unavailable, Unclear

_CREDENTIALS = frozenset({530, 534, 535, 538})
_TOO_BIG = frozenset({523, 552})
# RFC 3463: x.2.2 is a full mailbox, also said with 552.
_MAILBOX_FULL = re.compile(r"\b[45]\.2\.[12]\b|mailbox (is )?full|quota", re.IGNORECASE)
_POLICY = re.compile(r"\b5\.7\.\d+\b")
_RELAY = re.compile(r"\brelay", re.IGNORECASE)
_INVALID = re.compile(r"\b5\.1\.[0-6]\b|user unknown|no such user|does not exist", re.IGNORECASE)
_REFUSED = re.compile(r"block|denied|polic|reputation|blacklist|listed|\bspf\b|\bdkim\b|dmarc", re.IGNORECASE)
_SPAM = re.compile(r"\bspam\b|\b5\.7\.(26|27|28)\b", re.IGNORECASE)


class TooBig(Exception):
    """The server finds this mail too large; it would take a smaller one."""

    def __init__(self, rejected: Rejected) -> None:
        super().__init__(rejected.text)
        self.rejected = rejected


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


def send_over(smtp: smtplib.SMTP, mail: Envelope) -> str:
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
        raise Unavailable(f"The mail server hung up before the mail was complete: {lost}") from lost
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
    if code // 100 == 5 and (code in _CREDENTIALS or _POLICY.search(_plain(words))):
        _reset(smtp)
        raise Stopped(f"The mail server does not let us send: {_plain(words)}", code=str(code))
    _expect(smtp, code, words, wanted=250)
    first, *copies = mail.recipients
    code, words = smtp.rcpt(first)
    if code not in (250, 251):
        _refuse(smtp, code, words, at_recipient=True)
    for copy in copies:
        smtp.rcpt(copy)


def _expect(smtp: smtplib.SMTP, code: int, words: bytes, *, wanted: int) -> None:
    if code != wanted:
        _refuse(smtp, code, words, at_recipient=False)


def _refuse(smtp: smtplib.SMTP, code: int, words: bytes, *, at_recipient: bool) -> None:
    """Turn a reply that is not the wanted one into our words, and leave the connection usable."""
    said = _plain(words)
    if code == -1:
        raise smtplib.SMTPServerDisconnected(said or "The connection was closed.")
    if code == 421:
        smtp.close()
        raise Unavailable(said, code="421", channel_wide=True)
    _reset(smtp)
    if code // 100 != 5:
        raise Unavailable(said, code=str(code))
    if code in _CREDENTIALS or (at_recipient and _RELAY.search(said)):
        raise Stopped(f"The mail server does not let us send: {said}", code=str(code))
    reason = _reason(code, said)
    rejected = Rejected(said, code=str(code), reason=reason, bounced=at_recipient or reason == "spam")
    if code in _TOO_BIG and not _MAILBOX_FULL.search(said):
        raise TooBig(rejected)
    raise rejected


def _reason(code: int, said: str) -> str:
    if _SPAM.search(said):
        return "spam"
    if _INVALID.search(said):
        return "invalid"
    if _POLICY.search(said) or _REFUSED.search(said):
        return "blocked"
    if code in _TOO_BIG or _MAILBOX_FULL.search(said):
        return "other"
    return "invalid" if code in (550, 551, 553) else "other"


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
