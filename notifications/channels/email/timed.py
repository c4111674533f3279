"""SMTP connections that obey one deadline over many reads: `smtplib` alone bounds each of them.

A server that answers each command just in time, or lets its words drip, would keep a worker beyond
its lease and a reader beyond the request.
"""

import io
import smtplib
import socket
import time
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

_PIECE = 256 * 1024


# What is kept of an exchange's time for the answer to the whole mail: who is cut off before it is
# asked for has surely not taken the mail, who is cut off in it perhaps has.
_FOR_THE_ANSWER = 0.2


class Clock:
    """The deadline of one mail's way over a connection."""

    def __init__(self) -> None:
        self.begin(settings.EMAIL_TIMEOUT)

    def begin(self, seconds: float, *, most: float | None = None) -> None:
        """From now on the whole exchange has so long; up to the mail's end at most `most` of it."""
        now, before = time.monotonic(), seconds * (1 - _FOR_THE_ANSWER)
        self._last = now + seconds
        self._end = now + (before if most is None else min(before, most))

    def ask_for_answer(self) -> None:
        """The mail is complete but for its last dot: the rest of the time is for the answer."""
        self._end = self._last

    def spare(self) -> float:
        """Seconds until the end of the whole exchange."""
        return max(0.0, self._last - time.monotonic())

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def left(self) -> float:
        """Seconds until the deadline; raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left


class TimedBackend(SmtpBackend):
    """Django's SMTP backend over connections that look at our clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(fail_silently=False)
        self._clock = clock

    def open(self) -> bool | None:
        self.timeout = min(self._clock.left(), settings.VENDOR_CONNECT_SECONDS)
        return super().open()

    @property
    def connection_class(self) -> Any:
        return partial(_TimedSsl if self.use_ssl else _Timed, clock=self._clock)


class _Timed(smtplib.SMTP):
    def __init__(self, *args: Any, clock: Clock, **words: Any) -> None:
        self._clock = clock
        super().__init__(*args, **words)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        # The dot that ends a mail would wait for the acknowledgement of the mail, 40 ms.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            assert self.sock is not None
            self.file = io.BufferedReader(_Drops(self.sock, self._clock))
        return super().getreply()

    def send(self, s: Any) -> None:
        content = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        for start in range(0, len(content), _PIECE):
            if self._clock.is_over:
                self.close()
            elif self.sock is not None:
                self.sock.settimeout(self._clock.left())
            super().send(content[start : start + _PIECE])


class _TimedSsl(_Timed, smtplib.SMTP_SSL):
    """From the first byte on under TLS."""


class _Drops(io.RawIOBase):
    """A socket's bytes as they come, each read within what is left of the time."""

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        self._sock = sock
        self._clock = clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._clock.left())
        return self._sock.recv_into(buffer)
