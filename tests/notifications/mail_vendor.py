"""A mail vendor with Postmark's API on a loopback port: takes mails, remembers them, misbehaves on demand."""

import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.serving import Listener, serving

_INACTIVE = "Found inactive addresses: {address}. Inactive recipients are ones that bounced before."


@dataclass
class Vendor:
    """`moods`, by recipient: a status such as `500` or `401`, `taken 500` (takes it first), `reset`,
    `taken reset`, `taken garbage`, `taken silence`, `inactive`, `invalid`, `413` (only with an attachment).
    With `script`, every `every`-th mail meets the next mood of it, whoever it is for.
    """

    port: int = 0
    moods: dict[str, str] = field(default_factory=dict)
    every: int = 5
    script: list[str] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def copies(self) -> Counter[str]:
        return Counter(address_of(mail["To"]) for mail in self.taken)

    def mood_for(self, address: str) -> str:
        turn, rest = divmod(self.asked, self.every)
        return (
            self.script[turn % len(self.script)] if self.script and not rest else self.moods.get(address, "")
        )

    def settings(self) -> dict[str, Any]:
        """What `ANYMAIL` says of it."""
        return {
            "POSTMARK_SERVER_TOKEN": "token",
            "POSTMARK_API_URL": self.url,
            "WEBHOOK_SECRET": "desk:secret",
            "REQUESTS_TIMEOUT": (2, 2),
        }


def address_of(shown: str) -> str:
    return shown.rpartition("<")[2].rstrip(">")


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    @property
    def vendor(self) -> Vendor:
        return self.server.vendor

    def log_message(self, *args: Any) -> None:
        """Silent."""

    def do_POST(self) -> None:
        mail = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.vendor.asked += 1
        address = address_of(mail["To"])
        mood = self.vendor.mood_for(address)
        if mood == "413" and not mail.get("Attachments"):
            mood = ""
        if not mood or mood.startswith("taken"):
            self.vendor.taken.append(mail)
        self.behave(mood.removeprefix("taken "), mail, address)

    def behave(self, mood: str, mail: dict[str, Any], address: str) -> None:
        if mood == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif mood == "garbage":
            self.answer(200, b"<html>busy</html>")
        elif mood == "silence":
            self.vendor.stopped.wait(30)
        elif mood == "inactive":
            said = {"ErrorCode": 406, "Message": _INACTIVE.format(address=address)}
            self.answer(422, json.dumps(said).encode())
        elif mood == "invalid":
            said = {"ErrorCode": 300, "Message": f"Invalid 'To' address: '{address}'."}
            self.answer(422, json.dumps(said).encode())
        elif mood:
            self.answer(int(mood), b'{"ErrorCode": 10, "Message": "no"}')
        else:
            number = len(self.vendor.taken)
            said = {"ErrorCode": 0, "Message": "OK", "To": mail["To"], "MessageID": f"pm-{number}"}
            self.answer(200, json.dumps(said).encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "90")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(Listener):
    vendor: Vendor


@contextmanager
def mail_vendor(**words: Any) -> Iterator[Vendor]:
    vendor = Vendor(**words)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.vendor = vendor
    with serving(server) as vendor.port:
        try:
            yield vendor
        finally:
            vendor.stopped.set()
