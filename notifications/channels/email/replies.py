"""What a mail server's refusal is about: our account, the mail, or the recipient's address.

Only the last may cost an address its mails, so an address counts as none only when the reply to it
says nothing of anybody else. Numbers: RFC 5321 (reply codes), RFC 3463 (enhanced codes).
"""

import re

from notifications.channels.base import HandOverFailed, Rejected, Stopped, Unavailable

_CREDENTIALS = frozenset({530, 534, 535, 538})
_TOO_BIG = frozenset({523, 552})
_OUT_OF_ORDER = 503
# How long a server is left alone whose limit for us is reached.
_LIMIT_REST_SECONDS = 3600.0

_ENHANCED = re.compile(r"(?<![\d.])[45]\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)")
# x.2.2 is a full mailbox, also said with 552.
_MAILBOX_FULL = re.compile(r"\b[45]\.2\.[12]\b|mailbox (is )?full|quota", re.IGNORECASE)
# A day's or an hour's worth of mails is sent. A recipient's mailbox has limits too, they are x.2.x.
_LIMIT = re.compile(
    r"\b[45]\.4\.5\b|\b(sending|daily|hourly|rate)\b[\w ]{0,30}\b(limit|quota)\b", re.IGNORECASE
)
# Without an enhanced code only: with one, a group that takes mails of colleagues alone says the same.
_LOGIN = re.compile(r"\bauthentication (is )?required|\bauthenticate\b|\blog ?in first", re.IGNORECASE)
_RELAY = re.compile(r"\brelay|rcpthosts", re.IGNORECASE)
_SENDER = re.compile(r"\bsender|\bmail from\b|\bfrom address|\breturn.path|\benvelope.from", re.IGNORECASE)
_POLICY = re.compile(r"\b5\.7\.\d+\b")
_NOBODY = re.compile(
    r"\bunknown (user|recipient|mailbox|address)|\b(user|recipient|mailbox|account|address)\b.{0,40}"
    r"\b(unknown|not found|does(n't| not) exist)|\bno such (user|recipient|mailbox|address|person)",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"block|denied|polic|reputation|blacklist|listed|\bspf\b|\bdkim\b|dmarc", re.IGNORECASE)
_SPAM = re.compile(r"\bspam\b|\b5\.7\.(26|27|28)\b", re.IGNORECASE)


class TooBig(Exception):
    """The server finds this mail too large; it would take a smaller one."""

    def __init__(self, rejected: Rejected) -> None:
        super().__init__(rejected.text)
        self.rejected = rejected


def about_sender(code: int, said: str) -> HandOverFailed | TooBig:
    """A refusal of MAIL FROM. The sender is the same for all mails, so none of them fares better."""
    if code // 100 != 5 or code == _OUT_OF_ORDER:
        return Unavailable(said, code=str(code), channel_wide=True)
    return _too_big(code, said) or _rest(code, said) or _stopped(code, said)


def about_recipient(code: int, said: str) -> HandOverFailed | TooBig:
    """A refusal of RCPT TO: most often the recipient's fault, now and then still ours."""
    if code // 100 != 5:
        return Unavailable(said, code=str(code))
    if code in _CREDENTIALS or _RELAY.search(said) or (_LOGIN.search(said) and not _ENHANCED.search(said)):
        return _stopped(code, said)
    rejected = Rejected(said, code=str(code), reason=_reason_at_recipient(code, said), bounced=True)
    return _too_big(code, said) or _rest(code, said) or rejected


def about_mail(code: int, said: str) -> HandOverFailed | TooBig:
    """A refusal of the mail itself: it was not taken, and no address is to blame."""
    if code // 100 != 5:
        return Unavailable(said, code=str(code))
    if code in _CREDENTIALS:
        return _stopped(code, said)
    reason = _reason(said)
    return (
        _too_big(code, said)
        or _rest(code, said)
        or Rejected(said, code=str(code), reason=reason, bounced=reason == "spam")
    )


def _stopped(code: int, said: str) -> Stopped:
    return Stopped(f"The mail server does not let us send: {said}", code=str(code))


def _too_big(code: int, said: str) -> TooBig | None:
    if code not in _TOO_BIG or _MAILBOX_FULL.search(said):
        return None
    return TooBig(Rejected(said, code=str(code), reason=_reason(said)))


def _rest(code: int, said: str) -> Unavailable | None:
    """We have sent as much as we may for now: nobody's fault, and the next mail fares no better."""
    if not _LIMIT.search(said) or _kind(said)[0] == 2 or "mailbox" in said.lower():
        return None
    return Unavailable(said, code=str(code), channel_wide=True, retry_after=_LIMIT_REST_SECONDS)


def _reason_at_recipient(code: int, said: str) -> str:
    if _SPAM.search(said):
        return "spam"
    if _SENDER.search(said):
        return _reason(said)
    kind, detail = _kind(said)
    if kind == 1 and detail not in (7, 8):  # x.1 is about addresses; .7 and .8 of it about the sender's
        return "invalid"
    if _NOBODY.search(said) and kind in (0, 2):
        return "invalid"
    if kind or _MAILBOX_FULL.search(said) or _REFUSED.search(said):
        return _reason(said)
    return "invalid" if code in (550, 551, 553) else "other"


def _reason(said: str) -> str:
    if _SPAM.search(said):
        return "spam"
    return "blocked" if _POLICY.search(said) or _REFUSED.search(said) else "other"


def _kind(said: str) -> tuple[int, int]:
    """The last two numbers of the enhanced code; zeros when there is none."""
    found = _ENHANCED.search(said)
    return (int(found[1]), int(found[2])) if found else (0, 0)
