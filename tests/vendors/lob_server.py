"""Lob as it behaves and misbehaves: letters under idempotency keys, lists, cancellation."""

import base64
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.vendors.contracts import header_of, parts_of
from tests.vendors.server import Reply, Request, VendorServer, listening

KEY = "live_key_for_tests"
SECRET = "lob-secret-for-tests"
_STATUSES = {429: "rate_limit_exceeded", 500: "internal_server_error", 503: "service_unavailable"}


@dataclass
class LobServer(VendorServer):
    """`codes` makes a recipient's name meet an error code; `keeps_keys` switched off forgets all keys."""

    vendor: str = "lob"
    codes: dict[str, tuple[int, str]] = field(default_factory=dict)  # name → (HTTP status, code)
    key: str = KEY
    keeps_keys: bool = True
    printing: bool = False
    letters: list[dict[str, Any]] = field(default_factory=list)
    by_key: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def copies(self) -> Counter[str]:
        """How often each of our messages would be printed."""
        return Counter(letter["metadata"]["delivery"] for letter in self.letters if not letter["deleted"])

    def answer(self, request: Request) -> Reply:
        expected = base64.b64encode(f"{self.key}:".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return self._error(401, "invalid_api_key", "Your API key is not valid.")
        if request.method == "DELETE":
            return self._delete(request.route.rpartition("/")[2])
        return self._create(request) if request.method == "POST" else self._list(request)

    def refused(self, status: int) -> Reply:
        return self._error(status, _STATUSES[status], "Not now.")

    def _create(self, request: Request) -> Reply:
        fields = dict(parts_of(header_of(request, "content-type"), request.body))
        if fields["to[name]"] in self.codes:
            status, code = self.codes[fields["to[name]"]]
            return self._error(status, code, f"This is {code}.")
        key = header_of(request, "idempotency-key")
        if self.keeps_keys and key in self.by_key:
            return Reply(200, self.by_key[key])
        letter = {
            "id": f"ltr_{len(self.letters):016x}",
            "object": "letter",
            "deleted": False,
            "metadata": {"delivery": fields["metadata[delivery]"]},
            "expected_delivery_date": "2026-08-14",
            "send_date": fields.get("send_date"),
            "fields": fields,
        }
        self.letters.append(letter)
        self.by_key[key] = letter
        return Reply(200, letter)

    def _list(self, request: Request) -> Reply:
        query = parse_qs(urlsplit(request.path).query)
        wanted = query.get("metadata[delivery]")
        found = [x for x in self.letters if wanted is None or x["metadata"]["delivery"] == wanted[0]]
        return Reply(200, {"data": found, "object": "list", "count": len(found)})

    def _delete(self, letter_id: str) -> Reply:
        found = next((letter for letter in self.letters if letter["id"] == letter_id), None)
        if found is None:
            return self._error(404, "not_found", "letter not found")
        if self.printing:
            return self._error(422, "invalid", "The letter has been sent to production.")
        found["deleted"] = True
        return Reply(200, {"id": letter_id, "deleted": True})

    def _error(self, status: int, code: str, said: str) -> Reply:
        return Reply(status, {"error": {"code": code, "message": said, "status_code": status}})


@contextmanager
def lob_server(**behaviour: Any) -> Iterator[LobServer]:
    server = LobServer(**behaviour)
    with listening(server):
        yield server
