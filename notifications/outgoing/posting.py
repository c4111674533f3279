"""One POST to places that were checked: pinned to them, with an end in time and in bytes.

Built on httpcore, on which httpx stands, because only there every read and write can be bounded: a
receiver that drips one byte a second must not hold a worker for an hour.
"""

import os
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from notifications.outgoing.addresses import Target

MOST_BYTES = 64 * 1024
_CONNECT_SECONDS = 10.0
_DRAIN_SECONDS = 2.0
_PIECE = 16 * 1024


class NoAnswer(Exception):
    """No status was read. The request may have arrived or not; the message is a sentence for people."""


def post(
    target: Target, *, addresses: Sequence[str], body: bytes, headers: Mapping[str, str], seconds: float
) -> int:
    """Send a body and return the status of the answer, which is otherwise thrown away.

    Connects to `addresses`, in their order, under the name of the target. Follows no redirect, uses no
    proxy. Raises NoAnswer.
    """
    wire = _Bounds(addresses, seconds)
    url = httpcore.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )
    all_headers = {"Host": _authority(target), **headers}
    sent = [(name.encode(), value.encode("latin-1")) for name, value in all_headers.items()]
    context = _trust(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    try:
        with (
            httpcore.ConnectionPool(ssl_context=context, network_backend=wire, max_connections=1) as pool,
            pool.stream("POST", url, headers=sent, content=body) as answer,
        ):
            _drain(answer, wire)
            return int(answer.status)
    except httpcore.TimeoutException:
        raise NoAnswer(f"No answer within {seconds:g} seconds.") from None
    except httpcore.ConnectError as problem:
        raise NoAnswer(f"The connection failed: {_reason(problem)}") from None
    except (httpcore.ProtocolError, UnicodeError, ValueError):
        raise NoAnswer("The answer was not HTTP.") from None
    except (httpcore.NetworkError, OSError):
        raise NoAnswer("The connection broke before an answer came.") from None


def _drain(answer: httpcore.Response, wire: "_Bounds") -> None:
    """Let the receiver finish its sentence, but not for long: the status says all we want to know."""
    wire.hurry(_DRAIN_SECONDS)
    try:
        for _ in answer.iter_stream():
            pass
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        return


class _Bounds(httpcore.NetworkBackend):
    """Connects to the checked addresses only, and counts what is left of time and bytes."""

    def __init__(self, addresses: Sequence[str], seconds: float) -> None:
        self._addresses = addresses
        self._end = time.monotonic() + seconds
        self._bytes = MOST_BYTES

    def hurry(self, seconds: float) -> None:
        self._end = min(self._end, time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds until the end; raises the library's time-out when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def allowance(self) -> int:
        if self._bytes <= 0:
            raise httpcore.ReadError("The answer is too long.")
        return self._bytes

    def spend(self, count: int) -> None:
        self._bytes -= count

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        problem: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                wait = min(self.left(), _CONNECT_SECONDS)
                return _Bounded(httpcore.SyncBackend().connect_tcp(address, port, timeout=wait), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                problem = failed
        raise problem


class _Bounded(httpcore.NetworkStream):
    """A connection that obeys the bounds, before and after it was encrypted."""

    def __init__(self, inner: httpcore.NetworkStream, bounds: _Bounds) -> None:
        self._inner = inner
        self._bounds = bounds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        found = self._inner.read(min(max_bytes, self._bounds.allowance()), timeout=self._bounds.left())
        self._bounds.spend(len(found))
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._inner.write(buffer[start : start + _PIECE], timeout=self._bounds.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Bounded(
            self._inner.start_tls(ssl_context, server_hostname, timeout=self._bounds.left()), self._bounds
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@lru_cache(maxsize=4)
def _trust(file: str | None, folder: str | None) -> ssl.SSLContext:
    """The authorities that are believed: the usual ones, or those of `SSL_CERT_FILE`, `SSL_CERT_DIR`."""
    return httpx.create_ssl_context()


def _authority(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if (target.scheme, target.port) in (("https", 443), ("http", 80)) else f"{host}:{target.port}"


def _reason(problem: Exception) -> str:
    words = " ".join(str(problem).split())[:200] or type(problem).__name__
    return words if words.endswith(".") else f"{words}."
