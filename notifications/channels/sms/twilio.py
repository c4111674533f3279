"""Twilio over httpx: the few requests we need, each with one meaning (Twilio, Programmable Messaging)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings

from notifications.channels.accounts import Connection
from notifications.channels.base import Rejected, Stopped, Unavailable, Unclear
from notifications.channels.sms.segments import plain
from notifications.channels.sms.twilio_errors import failure_of
from notifications.channels.vendor_http import Answer, VendorClient

VENDOR = "twilio"
ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")
SERVICE_SID = re.compile(r"MG[0-9a-f]{32}")
KEY_SID = re.compile(r"SK[0-9a-f]{32}")
# A number, a short code, or a name of up to eleven letters and digits.
SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=[A-Za-z0-9 ]*[A-Za-z])[A-Za-z0-9 ]{1,11}")

_VERSION = "/2010-04-01"
# Their clock and ours may differ by so much.
CLOCKS = timedelta(seconds=60)
_PAGE, _MOST_PAGES = 100, 5


@dataclass(frozen=True, slots=True)
class TwilioLogin:
    """An account and how we sign in: with its token, or with an API key."""

    account_sid: str
    user: str
    password: str = field(repr=False)
    sender: str

    @classmethod
    def of(cls, connection: Connection) -> "TwilioLogin":
        secrets = connection.secrets
        account = secrets["account_sid"]
        return cls(
            account_sid=account,
            user=secrets.get("api_key") or account,
            password=secrets.get("api_secret") or secrets.get("auth_token", ""),
            sender=str(connection.options.get("sender", "")),
        )

    @property
    def sender_field(self) -> str:
        return "MessagingServiceSid" if SERVICE_SID.fullmatch(self.sender) else "From"


@dataclass(frozen=True, slots=True)
class TwilioText:
    """A text as Twilio shows it."""

    sid: str
    status: str
    error_code: int | None = None


class Twilio:
    """The account's texts. Raises the kinds of HandOverFailed."""

    def __init__(self, login: TwilioLogin) -> None:
        self._login = login
        self._client = VendorClient(
            base_url=settings.TWILIO_BASE_URL, user=login.user, password=login.password, vendor="Twilio"
        )

    def form(self, *, to: str, body: str, callback: str) -> dict[str, str]:
        """The fields of a new text."""
        return {
            "To": to,
            "Body": body,
            self._login.sender_field: self._login.sender,
            "StatusCallback": callback,
            "ValidityPeriod": str(settings.SMS_VALIDITY_SECONDS),
            "SmartEncoded": "true",
        }

    def send(self, form: Mapping[str, str]) -> TwilioText:
        """Hand a text over. Without an idempotency key what is Unclear is looked up, never repeated."""
        answer = self._client.ask("POST", self._path("Messages.json"), data=dict(form))
        if answer.status not in (200, 201):
            raise _failure(answer)
        text = _text(answer.data)
        if text is None:
            raise Unclear("Twilio's answer could not be read.", code="unreadable")
        return text

    def find(self, *, to: str, body: str, since: datetime, known: frozenset[str]) -> TwilioText | None:
        """The text of these words that Twilio took since a moment; `known` ones belong to other messages.

        Raises Unavailable, Stopped, Rejected.
        """
        params = {"To": to, "DateSent>": f"{(since - CLOCKS).date():%Y-%m-%d}", "PageSize": str(_PAGE)}
        if self._login.sender_field == "From":
            params["From"] = self._login.sender
        page = self._read(self._path("Messages.json"), params=params)
        for _ in range(_MOST_PAGES):
            for entry in _entries(page):
                text = _text(entry)
                if text and text.sid not in known and _is_it(entry, to=to, body=body, since=since):
                    return text
            following = page.get("next_page_uri")
            if not (isinstance(following, str) and following.startswith("/")):
                break
            page = self._read(following)
        return None

    def fetch(self, sid: str) -> TwilioText | None:
        """One text as it stands; None when Twilio does not know it (any more)."""
        answer = self._client.ask("GET", self._path(f"Messages/{sid}.json"))
        if answer.status == 404:
            return None
        return _text(_checked(answer).data)

    def check_account(self) -> str:
        """Sign in and return what the account is called. Raises Stopped when Twilio refuses us."""
        if self._login.user != self._login.account_sid:
            # An API key may not read the account itself.
            self._read(self._path("Messages.json"), params={"PageSize": "1"})
            return self._login.account_sid
        account = self._read(f"{_VERSION}/Accounts/{self._login.account_sid}.json")
        if account.get("status") not in (None, "active"):
            raise Stopped(f"The Twilio account is {account['status']}.", code="20005")
        return str(account.get("friendly_name") or self._login.account_sid)

    def close(self) -> None:
        self._client.close()

    def _path(self, rest: str) -> str:
        return f"{_VERSION}/Accounts/{self._login.account_sid}/{rest}"

    def _read(self, path: str, **request: Any) -> dict[str, Any]:
        return _checked(self._client.ask("GET", path, **request)).data


def _checked(answer: Answer) -> Answer:
    """The answer to a question, when it is one."""
    if answer.status == 200 and answer.data:
        return answer
    failed = _failure(answer)
    if isinstance(failed, Unclear) or answer.status == 200:
        raise Unavailable(failed.text, code=failed.code, channel_wide=True, retry_after=answer.retry_after)
    raise failed


def _failure(answer: Answer) -> Rejected | Stopped | Unavailable | Unclear:
    code, said = answer.data.get("code"), answer.data.get("message")
    failed = failure_of(
        status=answer.status,
        code=code if isinstance(code, int) else None,
        said=said if isinstance(said, str) else "",
        retry_after=answer.retry_after,
    )
    assert isinstance(failed, Rejected | Stopped | Unavailable | Unclear)
    return failed


def _entries(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = page.get("messages")
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _text(entry: Mapping[str, Any]) -> TwilioText | None:
    sid, status, code = entry.get("sid"), entry.get("status"), entry.get("error_code")
    if not isinstance(sid, str) or not sid:
        return None
    return TwilioText(sid[:255], str(status or ""), code if isinstance(code, int) else None)


def _is_it(entry: Mapping[str, Any], *, to: str, body: str, since: datetime) -> bool:
    if entry.get("to") != to or not _same_words(str(entry.get("body") or ""), body):
        return False
    created = str(entry.get("date_created") or "")
    try:
        return parsedate_to_datetime(created) >= since - CLOCKS
    except ValueError:
        return True


def _same_words(theirs: str, ours: str) -> bool:
    """Whether two texts are one, dear characters and a trial account's preface aside."""
    theirs, ours = (" ".join(plain(text).split()) for text in (theirs, ours))
    return bool(ours) and theirs.endswith(ours)
