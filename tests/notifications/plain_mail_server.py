"""A mail server of a few lines that takes its time for each step, and says at login what it is told to."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class PlainServer:
    """`delay`: seconds before each reply. `drip`: seconds between the bytes of the greeting."""

    delay: float = 0
    drip: float = 0
    login: str = "235 welcome"
    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        while not self.stopped.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as words:
            try:
                self._greet(line)
                for said in words:
                    self._answer(line, said, words)
            except OSError:
                return

    def _greet(self, line: socket.socket) -> None:
        greeting = b"220 at your service\r\n"
        if not self.drip:
            self._say(line, greeting)
            return
        for byte in greeting:
            time.sleep(self.drip)
            line.sendall(bytes([byte]))

    def _answer(self, line: socket.socket, said: bytes, words: Iterator[bytes]) -> None:
        verb = said[:4].upper()
        if verb == b"EHLO":
            self._say(line, b"250-here\r\n250 AUTH PLAIN\r\n")
        elif verb == b"AUTH":
            self._say(line, self.login.encode() + b"\r\n")
        elif verb == b"DATA":
            self._say(line, b"354 go ahead\r\n")
            self.taken.append(b"".join(iter(words.__next__, b".\r\n")))
            self._say(line, b"250 taken\r\n")
        else:
            self._say(line, b"250 OK\r\n")

    def _say(self, line: socket.socket, reply: bytes) -> None:
        time.sleep(self.delay)
        line.sendall(reply)


@contextmanager
def plain_mail_server(**words: object) -> Iterator[PlainServer]:
    server = PlainServer(**words)  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        try:
            yield server
        finally:
            server.stopped.set()
            listener.shutdown(socket.SHUT_RDWR)
