"""Servers that tests talk to over real sockets, in a thread of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any


class Listener(ThreadingHTTPServer):
    """Holds up nobody at its end, and says nothing of connections that were cut: those are meant to be."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        return


@contextmanager
def serving(server: Listener) -> Iterator[int]:
    """The port on which it answers until the end of the block."""
    with server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
