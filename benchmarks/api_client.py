"""One web server under measurement: started, asked, and its processor time read from the kernel."""

import base64
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BENCHMARKS = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of request, `times` of them in a row at each turn; `lead` more come first, unmeasured."""

    name: str
    path: str | Callable[[int], str]
    method: str = "GET"
    body: Any = None
    times: int = 8
    lead: int = 0


@dataclass(slots=True)
class Cost:
    """Medians of CPU milliseconds a request."""

    apps: list[float] = field(default_factory=list)
    databases: list[float] = field(default_factory=list)

    @property
    def app(self) -> float:
        return statistics.median(self.apps)

    @property
    def database(self) -> float:
        return statistics.median(self.databases) if self.databases else 0.0

    @property
    def both(self) -> float:
        return self.app + self.database


class Server:
    """gunicorn with one worker, and one thread unless told otherwise: its time is that of the request."""

    def __init__(
        self,
        *,
        folder: str,
        key: str,
        name: str,
        environment: dict[str, str] | None = None,
        threads: int = 1,
    ) -> None:
        self.name = name
        self.threads = threads
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {**os.environ, "DATA_DIR": folder, "PGAPPNAME": name, **(environment or {})}
        self.headers = {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}

    def __enter__(self) -> "Server":
        words = ["gunicorn", "api_server", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread"]
        words += ["--workers", "1", "--threads", str(self.threads)]
        words += ["--log-level", "warning", "--no-control-socket"]
        words += ["--keep-alive", "600"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=BENCHMARKS, env=self.environment, stderr=subprocess.DEVNULL
        )
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self._wait_until_up()
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.worker = int(children[0])
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)

    def _wait_until_up(self) -> None:
        for _ in range(300):
            try:
                self.ask("GET", "/customers")
                return
            except OSError:
                self.connection.close()
                time.sleep(0.1)
        raise SystemExit("The server did not start.")

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        content = None if body is None else json.dumps(body)
        headers = {**self.headers, **({"Content-Type": "application/json"} if content else {})}
        self.connection.request(method, path, body=content, headers=headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def spent(self) -> tuple[float, float]:
        """CPU milliseconds so far: of the worker with all its threads, and of its database connections."""
        return _milliseconds(self.worker), sum(map(_milliseconds, self._backends()))

    def _backends(self) -> list[int]:
        from django.db import connection

        if connection.vendor != "postgresql":
            return []
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [self.name])
            return [row[0] for row in cursor.fetchall()]


def _milliseconds(pid: int) -> float:
    """Nanoseconds on a processor stand first in schedstat, finer than the ticks of stat."""
    total = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(path.read_text().split()[0])
        except OSError:  # a thread that has just ended
            continue
    return total / 1_000_000


def take_turns(server: Server, steps: list[Step], *, rounds: int) -> dict[str, Cost]:
    """Every step at every round, so that a busy machine slows all of them alike; the first round warms up."""
    costs = {step.name: Cost() for step in steps}
    asked = dict.fromkeys(costs, 0)
    for turn in range(rounds + 1):
        for step in steps:
            app, database = _one_turn(server, step, asked)
            if turn:
                costs[step.name].apps.append(app)
                costs[step.name].databases.append(database)
    return costs


def _one_turn(server: Server, step: Step, asked: dict[str, int]) -> tuple[float, float]:
    for _ in range(step.lead):
        _ask(server, step, asked)
    before = server.spent()
    for _ in range(step.times):
        _ask(server, step, asked)
    time.sleep(0.005)  # what a worker does after it has answered
    after = server.spent()
    return tuple((end - start) / step.times for start, end in zip(before, after, strict=True))  # type: ignore[return-value]


def _ask(server: Server, step: Step, asked: dict[str, int]) -> None:
    number = asked[step.name]
    asked[step.name] += 1
    path = step.path(number) if callable(step.path) else step.path
    body = step.body(number) if callable(step.body) else step.body
    status, content = server.ask(step.method, path, body)
    if status >= 300:
        raise SystemExit(f"{step.name}: {status} {content[:300]!r}")
