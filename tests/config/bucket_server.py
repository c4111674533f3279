"""A bucket on this machine: as much of the S3 protocol as keeping and reading files needs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


@dataclass
class Bucket:
    """What lies in it, by path; and what was asked, in its order."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers for the bucket of its server."""

    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def do_PUT(self) -> None:
        self.bucket.files[self._path()] = self._body()
        self._answer(200, b"", {"ETag": '"x"'})

    def do_GET(self) -> None:
        found = self.bucket.files.get(self._path())
        if found is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", {})
        else:
            self._answer(200, found, {"ETag": '"x"', "Last-Modified": "Mon, 02 Feb 2026 09:00:00 GMT"})

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.bucket.files.pop(self._path(), None)
        self._answer(204, b"", {})

    def _path(self) -> str:
        path = unquote(urlsplit(self.path).path)
        self.bucket.asked.append((self.command, path))
        self.bucket.signatures.append(self.headers.get("Authorization", ""))
        return path

    def _body(self) -> bytes:
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():  # the checksum behind the last part
            pass
        return b"".join(parts)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: tests look at what was asked."""


@contextmanager
def bucket_server() -> Iterator[Bucket]:
    bucket = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OfThis", (Handler,), {"bucket": bucket}))
    bucket.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
