"""Amazon SES (API v2) on a loopback port: takes mails, counts requests, misbehaves on demand."""

import base64
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.serving import Listener, serving


@dataclass
class Ses:
    """`mood`: `reset`, `silence`, `garbage`, `cut`, a status, or a status with SES's error and words, such as
    `400 MessageRejected Email address is not verified`; `taken` before it takes the mail first."""

    mood: str = ""
    port: int = 0
    asked: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[Mail]:
        return [
            message_from_bytes(base64.b64decode(request["Content"]["Raw"]["Data"]), policy=default)
            for request in self.taken
        ]

    def settings(self, **words: Any) -> dict[str, Any]:
        """What `ANYMAIL` says of it."""
        client = {
            "aws_access_key_id": "key",
            "aws_secret_access_key": "secret",
            "region_name": "us-east-1",
            "endpoint_url": self.url,
            **words,
        }
        return {"AMAZON_SES_CLIENT_PARAMS": client, "WEBHOOK_SECRET": "desk:secret"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def log_message(self, *args: Any) -> None:
        """Silent."""

    def do_POST(self) -> None:
        ses, request = self.server.ses, json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        ses.asked += 1
        mood = ses.mood
        if not mood or mood.startswith("taken"):
            ses.taken.append(request)
        self.behave(mood.removeprefix("taken").strip())

    def behave(self, mood: str) -> None:
        if mood == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif mood == "silence":
            self.server.ses.stopped.wait(30)
        elif mood == "garbage":
            self.answer(200, b"<html>busy</html>")
        elif mood == "cut":
            self.answer(200, b'{"Mess')
        elif mood:
            status, _, rest = mood.partition(" ")
            error, _, words = rest.partition(" ")
            self.answer(int(status), json.dumps({"message": words}).encode(), error)
        else:
            self.answer(200, json.dumps({"MessageId": f"ses-{len(self.server.ses.taken)}"}).encode())

    def answer(self, status: int, body: bytes, error: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(Listener):
    ses: Ses


@contextmanager
def ses_server() -> Iterator[Ses]:
    ses = Ses()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.ses = ses
    with serving(server) as ses.port:
        try:
            yield ses
        finally:
            ses.stopped.set()
