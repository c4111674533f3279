"""A vendor on a loopback port: real sockets, and faults by script.

The script names what goes wrong with the n-th order (POST or DELETE), counted from 1. Questions (GET) are
answered unless `faults_of_questions` says otherwise.
"""

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from tests.serving import Listener, serving
from tests.vendors.contracts import problems_of

# What goes wrong before the vendor has acted, and after.
BEFORE = ("reset before", "429", "429 with rest", "500 before", "503 before")
AFTER = ("reset after", "time-out after", "500 after", "garbage", "cut", "slow")
EVERY_KIND = (*BEFORE, *AFTER)
# Answers that leave a text unclear although Twilio never took it.
UNCLEAR_FOR_GOOD = ("reset before", "500 before", "503 before")

Script = Callable[[int], str]


def never(_: int) -> str:
    return ""


def each_fifth(kinds: tuple[str, ...] = EVERY_KIND) -> Script:
    """A fault on every fifth order, of each kind in turn."""
    return lambda number: kinds[(number // 5 - 1) % len(kinds)] if number % 5 == 0 else ""


def first(kind: str) -> Script:
    return lambda number: kind if number == 1 else ""


def always(kind: str) -> Script:
    return lambda _: kind


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def route(self) -> str:
        return urlsplit(self.path).path


@dataclass(frozen=True)
class Reply:
    status: int
    data: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class VendorServer:
    """What all vendors share; `answer` says what one does with a request that came through."""

    vendor: str = ""
    script: Script = never
    faults_of_questions: Script = never
    hang: float = 1.0
    delay: float = 0
    host: str = "127.0.0.1"
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    orders: int = 0
    questions: int = 0
    served: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def broken_contracts(self) -> list[str]:
        """What is wrong with any request so far, by the vendor's own document."""
        return [problem for request in self.requests for problem in problems_of(self.vendor, request)]

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError

    def refused(self, status: int) -> Reply:
        raise NotImplementedError

    def take(self, request: Request) -> tuple[str, Callable[[], Reply]]:
        """Note a request; returns the fault it meets and what the vendor does."""
        with self.lock:
            self.requests.append(request)
            if request.method == "GET":
                self.questions += 1
                fault = self.faults_of_questions(self.questions)
            else:
                self.orders += 1
                fault = self.script(self.orders)
            self.served[fault] += 1

        def act() -> Reply:
            with self.lock:
                return self.answer(request)

        return fault, act


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def setup(self) -> None:
        super().setup()
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        announced = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(announced)
        if len(body) < announced:  # whoever asked died in the middle of it: no request at all
            self.close_connection = True
            return None
        headers = dict(self.headers.items())
        vendor = self.server.vendor
        fault, act = vendor.take(Request(self.command, self.path, headers, body))
        if fault == "reset before":
            return self._reset()
        if fault in ("429", "429 with rest"):
            rest = {"Retry-After": "1"} if fault == "429 with rest" else {}
            reply = vendor.refused(429)
            return self._write(Reply(429, reply.data, rest))
        if fault in ("500 before", "503 before"):
            return self._write(vendor.refused(int(fault[:3])))
        time.sleep(vendor.delay / 2)
        reply = act()
        time.sleep(vendor.delay / 2)
        if fault == "reset after":
            return self._reset()
        if fault == "time-out after":
            time.sleep(vendor.hang)
            self.close_connection = True
            return None
        if fault == "500 after":
            return self._write(vendor.refused(500))
        if fault == "garbage":
            self.wfile.write(b"\x00\x01 not http \xff\r\n\r\n")
            self.close_connection = True
            return None
        return self._write(reply, cut=fault == "cut", slow=fault == "slow")

    def _write(self, reply: Reply, *, cut: bool = False, slow: bool = False) -> None:
        body = json.dumps(reply.data).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if cut:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif slow:
            self._drip(body)
        else:
            self.wfile.write(body)

    def _drip(self, body: bytes) -> None:
        """One byte at a time: each read succeeds, the whole takes longer than anybody waits."""
        pause = self.server.vendor.hang / 20
        for index in range(len(body)):
            try:
                self.wfile.write(body[index : index + 1])
                self.wfile.flush()
            except OSError:
                break
            time.sleep(pause)
        self.close_connection = True

    def _reset(self) -> None:
        """Hang up with a reset instead of a polite end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            return

    def log_message(self, format: str, *args: Any) -> None:
        return


class _Server(Listener):
    vendor: VendorServer


@contextmanager
def listening(vendor: VendorServer) -> Iterator[VendorServer]:
    server = _Server((vendor.host, 0), Handler)
    server.vendor = vendor
    with serving(server) as vendor.port:
        yield vendor


def free_port() -> int:
    """A port on which nobody listens: connections to it are refused."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
