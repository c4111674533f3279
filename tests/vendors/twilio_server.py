"""Twilio as it behaves and misbehaves: accounts, texts, lists of texts."""

import base64
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from tests.vendors.server import Reply, Request, VendorServer, listening

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "twilio-token-for-tests"
SENDER = "+16175550100"


@dataclass
class TwilioServer(VendorServer):
    """`codes` makes a number meet an error code; `status` is what the account is."""

    vendor: str = "twilio"
    codes: dict[str, tuple[int, int]] = field(default_factory=dict)  # number → (HTTP status, code)
    status: str = "active"
    token: str = TOKEN
    texts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def copies(self) -> Counter[tuple[str, str]]:
        """How often each number got each text."""
        return Counter((text["to"], text["body"]) for text in self.texts)

    def answer(self, request: Request) -> Reply:
        expected = base64.b64encode(f"{ACCOUNT}:{self.token}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return self._error(401, 20003, "Authenticate")
        root = f"/2010-04-01/Accounts/{ACCOUNT}"
        if request.route == f"{root}.json":
            return Reply(200, {"sid": ACCOUNT, "friendly_name": "Harbour", "status": self.status})
        if request.route == f"{root}/Messages.json":
            return self._create(request) if request.method == "POST" else self._list(request)
        sid = request.route.removeprefix(f"{root}/Messages/").removesuffix(".json")
        found = next((text for text in self.texts if text["sid"] == sid), None)
        return Reply(200, found) if found else self._error(404, 20404, "The resource was not found")

    def refused(self, status: int) -> Reply:
        code = {429: 20429, 500: 20500, 503: 20503}[status]
        return self._error(status, code, "")

    def _create(self, request: Request) -> Reply:
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        if form["To"] in self.codes:
            status, code = self.codes[form["To"]]
            return self._error(status, code, "")
        text = {
            "sid": f"SM{len(self.texts):032x}",
            "account_sid": ACCOUNT,
            "to": form["To"],
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "body": form["Body"],
            "status": "queued",
            "error_code": None,
            "date_created": format_datetime(datetime.now(UTC)),
            "callback": form.get("StatusCallback"),
        }
        self.texts.append(text)
        return Reply(201, text)

    def _list(self, request: Request) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        found = [text for text in self.texts if text["to"] == query.get("To", text["to"])]
        if "From" in query:
            found = [text for text in found if text["from"] == query["From"]]
        return Reply(200, {"messages": found[::-1], "next_page_uri": None})

    def _error(self, status: int, code: int, said: str) -> Reply:
        return Reply(status, {"code": code, "message": said, "status": status})


@contextmanager
def twilio_server(**behaviour: Any) -> Iterator[TwilioServer]:
    server = TwilioServer(**behaviour)
    with listening(server):
        yield server
