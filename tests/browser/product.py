"""The product as it is served: gunicorn on a loopback port and Celery workers, on the tests' database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from tests.database_address import database_url

PATIENCE = 10.0


@dataclass
class Product:
    """Processes live as long as one test: nothing of it is still at work when the tables are emptied."""

    url: str
    data_dir: Path
    nursery: "subprocess.Popen[str]"
    running: list[int] = field(default_factory=list)

    def start(self, kind: str) -> None:
        """`web`, `worker` or `timetable`. Requests wait in the socket until the web server is up."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(f"{kind}\n")
        self.nursery.stdin.flush()
        self.running.append(int(self.nursery.stdout.readline()))

    def stop(self) -> None:
        """At once: a graceful end takes seconds, and nobody waits for an answer any more."""
        self.kill()
        wait_until_quiet()

    def kill(self) -> None:
        for pid in self.running:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self.running.clear()


def wait_until_quiet() -> None:
    """PostgreSQL lets go a moment later; emptying the tables could deadlock with a last query."""
    if connection.vendor != "postgresql":
        return
    others = """
        SELECT state, query FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND backend_type = 'client backend' AND state <> 'idle'
    """
    patience = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute(others)
            left = cursor.fetchall()
            if not left:
                return
            assert time.monotonic() < patience, f"still at work: {left}"
            time.sleep(0.02)


@contextmanager
def product_on_tests_database(
    data_dir: Path, settled: Mapping[str, str] | None = None, log: IO[bytes] | None = None
) -> Iterator[Product]:
    """Nothing is served yet; the address is settled, so that every link can name it.

    `settled` adds to its environment; `log` takes what it says, in place of our own error output.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=64) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.nursery", str(door.fileno())],
            env={**_environment(url, data_dir), **(settled or {})},
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            pass_fds=[door.fileno()],
            text=True,
        )
        product = Product(url, data_dir, nursery)
        try:
            yield product
        finally:
            product.kill()
            nursery.kill()
            nursery.wait()


def _environment(url: str, data_dir: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(data_dir),
        "PUBLIC_URL": url,
        # Sessions and keys that the tests make are good for the product, too.
        "SECRET_KEY": settings.SECRET_KEY,
        "API_KEY_PEPPER": settings.API_KEY_PEPPER,
        "DELIVERY_MODE": "sandbox",
        # Its rows come a second later: into tables that are being emptied for the next test.
        "REQUEST_LOG_DAYS": "0",
        "WORK_SWEEP_SECONDS": "1",
        "LOG_FORM": "console",
        "LOG_LEVEL": "WARNING",
    }
