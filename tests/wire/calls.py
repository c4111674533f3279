"""Calls to a live server, byte by byte: nothing is added that the test did not write down."""

import base64
import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 30.0
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def basic(key: str, password: str = "") -> str:
    return "Basic " + base64.b64encode(f"{key}:{password}".encode()).decode()


@dataclass(frozen=True)
class Answer:
    """What came back over the socket. Names of headers keep the letter case they had there."""

    version: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def __getitem__(self, key: Any) -> Any:
        assert self.status < 300, f"{self.status}: {self.body.decode()}"
        return self.json[key]

    def header(self, name: str) -> str:
        """The header of exactly this letter case; it must be there once."""
        found = [value for shown, value in self.headers if shown == name]
        assert len(found) == 1, f"{name} in {self.headers}"
        return found[0]

    def has(self, name: str) -> bool:
        return any(shown == name for shown, _ in self.headers)

    @property
    def refusal(self) -> tuple[int, str | None]:
        """Status and blamed parameter; a refusal always has the one flat shape."""
        shape = self.json
        assert isinstance(shape, dict), self.body
        assert shape["type"] == ("invalid_request" if self.status < 500 else "api"), self.body
        assert shape.keys() <= {"type", "message", "param"}
        assert isinstance(shape["message"], str)
        assert shape["message"]
        return self.status, shape.get("param")


@dataclass(frozen=True)
class Caller:
    """Speaks to one server with one key, in the manner of one client program."""

    url: str
    key: str
    habits: tuple[tuple[str, str], ...] = ()

    def like(self, **habits: str) -> "Caller":
        """The same caller with headers that it always sends: `user_agent="Invoiced Go/2.15.0"`."""
        named = tuple((name.replace("_", "-").title(), value) for name, value in habits.items())
        return Caller(self.url, self.key, (*self.habits, *named))

    def send(
        self,
        method: str,
        path: str,
        body: Any = b"",
        *,
        kind: str | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> Answer:
        """Plain values are sent as JSON, bytes as they are. `key=""` sends none."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
            kind = kind or JSON
        head = [*self.habits, *(headers or {}).items()]
        shown = self.key if key is None else key
        if shown:
            head.append(("Authorization", basic(shown)))
        if kind is not None:
            head.append(("Content-Type", kind))
        if body or method in ("POST", "PATCH", "PUT"):
            head.append(("Content-Length", str(len(body))))
        return self.exchange(f"{method} {path} HTTP/1.1", head, body)

    def exchange(self, line: str, head: Iterable[tuple[str, str]], body: bytes = b"") -> Answer:
        where = urlsplit(self.url)
        names = [("Host", where.netloc), *head, ("Connection", "close")]
        text = "\r\n".join([line, *(f"{name}: {value}" for name, value in names), "", ""])
        with socket.create_connection((str(where.hostname), int(where.port or 80)), PATIENCE) as wire:
            wire.sendall(text.encode("latin-1") + body)
            answer = HTTPResponse(wire, method=line.partition(" ")[0])
            answer.begin()
            content = answer.read()
        version = {10: "HTTP/1.0", 11: "HTTP/1.1"}[answer.version]
        return Answer(version, answer.status, answer.reason, tuple(answer.getheaders()), content)

    def read(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def create(self, path: str, body: Any = None, **fields: Any) -> Answer:
        answer = self.send("POST", path, fields if body is None else body)
        assert answer.status < 300, f"{path}: {answer.status} {answer.body.decode()}"
        return answer

    def change(self, path: str, body: Any = None, **fields: Any) -> Answer:
        return self.send("PATCH", path, fields if body is None else body)

    def bill(self, customer: int, amount: Any = 100, **fields: Any) -> Any:
        """An invoice with one line."""
        items = [{"name": "Services", "quantity": 1, "unit_cost": amount}]
        return self.create("/invoices", {"customer": customer, "items": items, **fields}).json
