"""A real receiver of webhooks on a loopback port, in every mood that receivers have."""

import contextlib
import random
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_HUGE = 1024 * 1024


@dataclass(frozen=True)
class Heard:
    """One request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`mood`: a status such as `200`, or `slow`, `drip`, `reset`, `garbage`, `silent`, `endless`, `redirect`.

    `moods` go first, one for each request.
    """

    port: int
    host: str = "127.0.0.1"
    scheme: str = "http"
    mood: str = "200"
    moods: list[str] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/hook?from=duebook"

    def answer(self, connection: socket.socket) -> None:
        request = _read(connection)
        if request is None:
            return
        with self.lock:
            self.heard.append(request)
            mood = self.moods.pop(0) if self.moods else self.mood
        if mood.isdigit():
            body = b"thank you"
            connection.sendall(
                b"HTTP/1.1 %s Said\r\nContent-Length: %d\r\n\r\n" % (mood.encode(), len(body)) + body
            )
        elif mood == "redirect":
            where = f"http://127.0.0.1:{self.port}/elsewhere"
            connection.sendall(
                f"HTTP/1.1 302 Found\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode()
            )
        elif mood == "garbage":
            connection.sendall(b"220 mail.example ESMTP\r\n\r\n")
        elif mood == "endless":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _HUGE)
            connection.sendall(b"x" * _HUGE)
        elif mood == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif mood == "drip":
            self._drip(connection)
        elif mood == "slow":
            self.stopped.wait(30)

    def _drip(self, connection: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Filler: y\r\n" * 10_000:
            if self.stopped.is_set():
                return
            connection.sendall(bytes([byte]))
            time.sleep(0.02)


def _read(connection: socket.socket) -> Heard | None:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65_536)
        if not piece:
            return None
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65_536)
    return Heard(line, headers, body)


@contextmanager
def receiver(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Runs until the block ends. `context` makes it speak TLS."""
    with _listener() as listener:
        server = Receiver(port=listener.getsockname()[1], scheme="http" if context is None else "https")
        thread = threading.Thread(target=_serve, args=(listener, server, context), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            # Wakes the thread that waits for the next caller.
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            thread.join(timeout=5)


def _listener() -> socket.socket:
    """Webhooks may only go to a few ports."""
    while True:
        try:
            return socket.create_server(("127.0.0.1", random.randint(8100, 8999)), backlog=32)
        except OSError:
            continue


def _serve(listener: socket.socket, server: Receiver, context: ssl.SSLContext | None) -> None:
    while not server.stopped.is_set():
        connection, _ = listener.accept()
        threading.Thread(target=_one, args=(connection, server, context), daemon=True).start()


def _one(connection: socket.socket, server: Receiver, context: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError):
        if context is not None:
            connection = context.wrap_socket(connection, server_side=True)
        with connection:
            server.answer(connection)


def closed_port() -> int:
    """A port that nobody listens on."""
    with _listener() as listener:
        return int(listener.getsockname()[1])
