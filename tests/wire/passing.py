"""A door in front of the server: every request passes, and something may happen just before it does."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# Each hop says for itself how it carries the body.
OF_THE_HOP = {"connection", "transfer-encoding"}


@dataclass
class Door:
    """`asked` keeps the paths in their order; `before` is called with each of them."""

    url: str
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda path: None


@contextmanager
def door_to(target: str) -> Iterator[Door]:
    door = Door("")

    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            door.asked.append(self.path)
            door.before(self.path)
            behind = http.client.HTTPConnection(urlsplit(target).netloc, timeout=60)
            behind.request("GET", self.path, headers=dict(self.headers.items()))
            answer = behind.getresponse()
            body = answer.read()
            behind.close()
            self.send_response(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in OF_THE_HOP:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Passing) as server:
        door.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield door
        server.shutdown()
