"""What only a real server shows: header names on the wire, bodies cut on their way."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from customers.models import Customer
from tests.config.api.conftest import basic

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "2", "--limit-request-line", "8190"]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.config.api.live_settings",
        "LIVE_DATABASE": str(connection.settings_dict["NAME"]),
    }
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        # Shown by pytest when the test fails.
        sys.stderr.write(server.communicate(timeout=30)[1].decode())


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError(server.communicate()[1].decode())
        try:
            if talk(port, ["GET /customers HTTP/1.1"]):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def talk(port: int, head: list[str], body: bytes = b"") -> bytes:
    """Send exactly these bytes, close our side, and read everything that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall("\r\n".join([*head, "Host: 127.0.0.1", "Connection: close", "", ""]).encode() + body)
        line.shutdown(socket.SHUT_WR)
        received = b""
        while piece := line.recv(65_536):
            received += piece
        return received


def test_the_wire_is_as_clients_need_it(port: int, key: str) -> None:
    login = f"Authorization: {basic(key)}"
    post = ["POST /customers HTTP/1.1", login, "Content-Type: application/json"]

    lists = talk(port, ["GET /customers HTTP/1.1", login])
    assert lists.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nX-Total-Count: 0\r\n" in lists
    assert b"\r\nLink: <http://127.0.0.1/customers?page=1>; rel=" in lists

    refused = talk(port, ["GET /customers HTTP/1.1", f"Authorization: {basic('wrong')}"])
    assert refused.startswith(b"HTTP/1.1 401 Unauthorized\r\n")
    assert b'\r\nWWW-Authenticate: Basic realm="Invoiced"\r\n' in refused
    assert b"\r\nX-Total-Count: 0\r\n" in refused

    cut = talk(port, [*post, "Content-Length: 60"], b'{"name": "Acme", "credit_limit": 5')
    assert cut.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"cut off" in cut
    chunked = [*post, "Transfer-Encoding: chunked"]
    cut_chunk = talk(port, chunked, b'20\r\n{"name": "Acme"}')
    assert not cut_chunk.startswith(b"HTTP/1.1 2")
    no_end = talk(port, chunked, b'10\r\n{"name": "Acme"}\r\n')
    assert not no_end.startswith(b"HTTP/1.1 2")
    assert not Customer.objects.exists()

    whole = talk(port, chunked, b'10\r\n{"name": "Acme"}\r\n0\r\n\r\n')
    assert whole.startswith(b"HTTP/1.1 201 Created\r\n")
    assert Customer.objects.get().name == "Acme"
