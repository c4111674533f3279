"""The product on its embedded database beside PostgreSQL, and several writers at once."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from http.client import HTTPConnection
from pathlib import Path

from api_client import BENCHMARKS, Cost, Server, Step, take_turns

WRITERS = 4
EACH = 50
COMPARED = ("list", "retrieve", "balance", "create", "update")


def embedded(file: str, customers: int, postgres: Server, steps: list[Step], *, rounds: int) -> None:
    """Both servers take turns; the embedded database works inside of the app's processor time."""
    if not Path(file).name.startswith("bench"):
        raise SystemExit("The name of the SQLite file must begin with bench.")
    with tempfile.TemporaryDirectory(prefix="duebook-bench-") as folder:
        environment = {"DATABASE_URL": f"sqlite:///{file}", "DATA_DIR": folder}
        key = _fill(environment, customers)
        chosen = [step for step in steps if step.name in COMPARED]
        with Server(folder=folder, key=key, name="bench-embedded", environment=environment) as sqlite:
            theirs: dict[str, Cost] = {}
            ours: dict[str, Cost] = {}
            for _ in range(2):
                _join(theirs, take_turns(postgres, chosen, rounds=rounds // 2))
                _join(ours, take_turns(sqlite, chosen, rounds=rounds // 2))
        show(ours, theirs)
        writers(folder, key, environment)


def _join(costs: dict[str, Cost], more: dict[str, Cost]) -> None:
    for name, cost in more.items():
        costs.setdefault(name, Cost()).apps.extend(cost.apps)


def _fill(environment: dict[str, str], customers: int) -> str:
    """In a process of its own: this one is bound to PostgreSQL. Returns an API key."""
    code = (
        "import django; django.setup(); from api_data import prepare; from api import new_key; "
        f"prepare({customers}); print('KEY', new_key())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BENCHMARKS, check=True, stdout=subprocess.PIPE, text=True,
        env={**os.environ, **environment, "PYTHONPATH": f"{BENCHMARKS.parent}:{BENCHMARKS}"},
    )  # fmt: skip
    return done.stdout.rpartition("KEY ")[2].strip()


def show(ours: dict[str, Cost], theirs: dict[str, Cost]) -> None:
    print(f"\n{'app CPU ms a request':<34}{'SQLite':>9}{'PostgreSQL':>12}{'ratio':>8}")
    for name in COMPARED:
        mine, other = ours[name].app, theirs[name].app
        print(f"{name:<34}{mine:>9.2f}{other:>12.2f}{mine / other:>8.2f}")


def writers(folder: str, key: str, environment: dict[str, str]) -> None:
    """Four clients write at the same time, to a server with as many threads."""
    answers: list[int] = []
    with Server(
        folder=folder, key=key, name="bench-writers", environment=environment, threads=WRITERS
    ) as server:
        threads = [threading.Thread(target=_write, args=(server, answers)) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    refused = sum(status != 201 for status in answers)
    print(f"\n{WRITERS} writers on SQLite, {len(answers)} requests: {refused} refused")


def _write(server: Server, answers: list[int]) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=120)
    for number in range(EACH):
        body = json.dumps({"name": f"Writer {number}"})
        headers = {**server.headers, "Content-Type": "application/json"}
        connection.request("POST", "/customers", body=body, headers=headers)
        response = connection.getresponse()
        response.read()
        answers.append(response.status)
