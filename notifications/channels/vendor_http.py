"""Requests to vendors over httpx, so that every broken one is known to be on one side of the boundary.

Before it nothing reached the vendor, and trying again is safe. Behind it the request was written, at
least in part: the vendor may have acted. The whole exchange has an end in time and in bytes; httpx
alone bounds each single read, and a server that drips would hold a worker for an hour.
"""

import json
import os
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import httpcore
import httpx
from django.conf import settings

from notifications.channels.base import Unavailable, Unclear

MOST_BYTES = 2 * 1024 * 1024
LONGEST_REST = 86_400.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of a vendor."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def retry_after(self) -> float | None:
        """The rest in seconds that the vendor asks for, if it does."""
        waits = [_seconds(self.headers.get("retry-after")), _until(self.headers.get("x-rate-limit-reset"))]
        found = [wait for wait in waits if wait is not None]
        return min(max(found), LONGEST_REST) if found else None


class VendorClient:
    """One worker's connection to one vendor; one request at a time."""

    def __init__(
        self,
        *,
        base_url: str,
        user: str,
        password: str,
        vendor: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._vendor = vendor
        self._wire = _Wire()
        self._client = httpx.Client(
            base_url=base_url,
            auth=(user, password),
            headers={"User-Agent": "Duebook", "Accept": "application/json", **(headers or {})},
            transport=self._wire,
        )

    def ask(self, method: str, path: str, **request: Any) -> Answer:
        """One request as httpx takes it (`params`, `data`, `files`, `headers`), and its whole answer.

        Raises Unavailable when surely nothing happened, Unclear when the vendor may have acted.
        """
        reads = method == "GET"
        self._wire.begin(settings.VENDOR_TIMEOUT_SECONDS)
        try:
            answer = self._client.request(method, path, **request)
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpx.InvalidURL) as failed:
            raise Unavailable(
                f"{self._vendor} is out of reach: {_words(failed)}", code="connect", channel_wide=True
            ) from failed
        except (httpcore.TimeoutException, httpx.TimeoutException) as late:
            raise self._broken(f"{self._vendor} did not answer in time.", "time_out", reads) from late
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpx.TransportError,
            httpx.DecodingError,
            OSError,
        ) as broken:
            text = f"The connection to {self._vendor} broke: {_words(broken)}"
            raise self._broken(text, "broken", reads) from broken
        return Answer(answer.status_code, answer.headers, answer.content)

    def _broken(self, text: str, code: str, reads: bool) -> Unavailable | Unclear:
        """A question may be asked again; of an order it is not known whether it was heard."""
        if reads:
            return Unavailable(text, code=code, channel_wide=True)
        return Unclear(text, code=code)

    def close(self) -> None:
        self._client.close()


class _Wire(httpx.BaseTransport):
    """httpx over an httpcore pool whose connections obey one deadline for the whole exchange."""

    def __init__(self) -> None:
        self._end = 0.0
        self._bytes = 0
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trust(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
            max_connections=1,
            # A connection kept for long may be closed by the other side at the moment of its use.
            keepalive_expiry=2.0,
            network_backend=_Network(self),
        )

    def begin(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._bytes = MOST_BYTES

    def left(self) -> float:
        """Seconds until the deadline; raises the library's time-out when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return left

    def spend(self, count: int) -> None:
        self._bytes -= count
        if self._bytes < 0:
            raise httpcore.ReadError("the answer is too long")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                # In one piece: a form with a file comes in dozens of small ones, each a packet of its own.
                content=request.read(),
            )
        )
        assert isinstance(answer.stream, Iterable)
        try:
            body = b"".join(answer.stream)
        finally:
            answer.close()
        # Read to its end here, where the library's own failures are still told apart.
        return httpx.Response(answer.status, headers=answer.headers, stream=httpx.ByteStream(body))

    def close(self) -> None:
        self._pool.close()


class _Network(httpcore.NetworkBackend):
    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        wait = min(self._wire.left(), settings.VENDOR_CONNECT_SECONDS)
        try:
            stream = httpcore.SyncBackend().connect_tcp(host, port, timeout=wait)
        except OSError as failed:
            raise httpcore.ConnectError(str(failed)) from failed
        return _Stream(stream, self._wire)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, wire: _Wire) -> None:
        self._inner = inner
        self._wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        found = self._inner.read(max_bytes, timeout=self._wire.left())
        self._wire.spend(len(found))
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=self._wire.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        # No word of the request was said before the line is safe: a failure here is one of connecting.
        wait = min(self._wire.left(), settings.VENDOR_CONNECT_SECONDS)
        try:
            return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout=wait), self._wire)
        except (httpcore.TimeoutException, httpcore.NetworkError, OSError) as failed:
            raise httpcore.ConnectError(_words(failed)) from failed

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@lru_cache(maxsize=4)
def _trust(file: str | None, folder: str | None) -> ssl.SSLContext:
    """The authorities that are believed: the usual ones, or those of `SSL_CERT_FILE`, `SSL_CERT_DIR`."""
    return httpx.create_ssl_context()


def _seconds(shown: str | None) -> float | None:
    """`Retry-After`: seconds or a date (RFC 9110)."""
    if not shown:
        return None
    shown = shown.strip()
    if shown.isascii() and shown.isdigit():
        return float(shown[:9])
    try:
        moment = parsedate_to_datetime(shown)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _until(shown: str | None) -> float | None:
    """`X-Rate-Limit-Reset`: Unix seconds, or seconds to wait when the number is small."""
    if not shown or not (shown.strip().isascii() and shown.strip().isdigit()):
        return None
    number = float(shown.strip()[:12])
    return max(0.0, number - time.time()) if number > LONGEST_REST else number


def _words(failed: BaseException) -> str:
    return " ".join(str(failed).split())[:200] or type(failed).__name__
