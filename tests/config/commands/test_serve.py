"""The one command a new user runs, started as a new user starts it."""

import fcntl
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.first_login import FirstLogin
from config.management.commands.serve import _how_to_log_in
from customers.models import User
from tests.config.processes import descendants, is_running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

ROOT = Path(__file__).resolve().parents[3]
# Two cores may be busy with other tests.
PATIENCE_SECONDS = 120

Serve = Callable[..., "Served"]


class Served:
    """A running `manage.py serve` with its own data folder."""

    def __init__(self, data_dir: Path, port: int, *arguments: str, **variables: str) -> None:
        self.port = port
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.log = data_dir.with_suffix(".log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port), *arguments],
            cwd=ROOT,
            env={**kept, "DATA_DIR": str(data_dir), **variables},
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def wait_until_ready(self) -> dict[str, str]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.printed()
            try:
                status, body = self.get("/health/ready")
            except OSError:
                time.sleep(0.2)
                continue
            if status == 200:
                shown: dict[str, str] = json.loads(body)
                return shown
        raise AssertionError(self.printed())

    def wait_until_printed(self, text: str) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.printed():
            assert time.monotonic() < deadline, self.printed()
            assert self.process.poll() is None, self.printed()
            time.sleep(0.1)
        return self.printed()

    def printed(self) -> str:
        return Path(self.log.name).read_text()

    def children(self) -> dict[int, str]:
        """Every process below the supervisor: number and command."""
        return descendants(self.process.pid)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def serve(tmp_path) -> Iterator[Serve]:
    running: list[Served] = []

    def start(*arguments: str, data_dir: Path | None = None, port: int = 0, **variables: str) -> Served:
        served = Served(data_dir or tmp_path / "data", port or free_port(), *arguments, **variables)
        running.append(served)
        return served

    yield start
    for served in running:
        if served.process.poll() is None:
            served.process.terminate()
            served.process.wait(timeout=PATIENCE_SECONDS)
        served.log.close()


@pytest.mark.slow
def test_one_command_brings_everything_up_and_stops_it_without_a_trace(serve, tmp_path):
    served = serve("--no-demo")

    assert served.wait_until_ready() == {"status": "ok", "database": "ok", "queue": "ok"}
    banner = served.wait_until_printed("Ctrl-C stops everything")
    children = served.children()

    assert f"http://127.0.0.1:{served.port}/admin/" in banner
    assert re.search(r"user admin, one-time password \S{12,}", banner)
    login = dict(
        line.split(": ") for line in (tmp_path / "data" / "first-login.txt").read_text().splitlines()
    )
    assert login["password"] in banner
    assert login["api_key"] in banner
    for part in ("gunicorn", "celery -q -A config worker", "celery -q -A config beat"):
        assert any(part in command for command in children.values()), children
    assert (tmp_path / "data" / "address").read_text() == f"http://127.0.0.1:{served.port}\n"
    assert served.get("/nothing-here")[0] == 401
    assert served.get("/admin/login/")[0] == 200
    assert served.stop(signal.SIGINT) == 0
    assert [pid for pid in children if is_running(pid)] == []


@pytest.mark.django_db
def test_a_password_that_was_changed_since_is_not_printed():
    user = User.objects.create_user("admin", password="as it was drawn", must_change_password=True)
    login = FirstLogin(user="admin", password="as it was drawn", api_key="key")

    first = _how_to_log_in(login)
    user.set_password("a word of my own")
    user.must_change_password = False
    user.save()

    assert first == "user admin, one-time password as it was drawn"
    assert _how_to_log_in(login) == _how_to_log_in(None) == "with your own login"


@pytest.mark.slow
def test_a_second_start_keeps_the_data_and_a_killed_worker_comes_back(serve, tmp_path):
    data_dir = tmp_path / "data"
    first = serve("--no-demo", data_dir=data_dir)
    first.wait_until_ready()
    login = (data_dir / "first-login.txt").read_text()
    assert first.stop() == 0

    second = serve("--no-demo", data_dir=data_dir)
    second.wait_until_ready()
    second.wait_until_printed("Ctrl-C stops everything")
    worker = next(pid for pid, command in second.children().items() if " worker " in command)
    os.kill(worker, signal.SIGKILL)

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not any(" worker " in command and pid != worker for pid, command in second.children().items()):
        assert time.monotonic() < deadline, second.printed()
        time.sleep(0.2)
    assert (data_dir / "first-login.txt").read_text() == login
    with sqlite3.connect(data_dir / "duebook.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM customers_user").fetchone() == (1,)
    assert second.stop() == 0


def test_two_do_not_share_one_data_folder(serve, tmp_path):
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / "serve.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        served = serve("--no-demo")

        assert served.process.wait(timeout=PATIENCE_SECONDS) == 1
        assert "already running with the data in" in served.printed()


def test_a_port_in_use_is_said_at_once(serve):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        served = serve("--no-demo", port=other.getsockname()[1])

        assert served.process.wait(timeout=PATIENCE_SECONDS) == 1
        assert "Cannot listen on 127.0.0.1 port" in served.printed()
        assert "--port" in served.printed()
