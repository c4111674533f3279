"""The sync tool as a program: its environment, its files, and what it writes to its output."""

import fcntl
import hashlib
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

LOCK = Path(settings.BASE_DIR) / "requirements-tap.txt"
PATIENCE = 120


def tap_environment(folder: Path) -> Path:
    """The Python of an environment that holds exactly the locked packages; made once, then kept."""
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    environment, stamp = folder / "environment", folder / "installed"
    python = environment / "bin" / "python"
    with (folder / "lock").open("w") as lock:
        # Another process of the same test run may be at it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted or not python.exists():
            stamp.unlink(missing_ok=True)
            _run(sys.executable, "-m", "venv", "--clear", str(environment))
            _run(str(python), "-m", "pip", "install", "-q", "--require-hashes", "--no-deps", "-r", str(LOCK))
            stamp.write_text(wanted)
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def start_tap(python: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    script = Path(__file__).with_name("tap.py")
    command = [str(python), str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


def whole_catalog(python: Path, folder: Path) -> Any:
    """What the tool says it can read, with all of it chosen. It asks nobody for that."""
    config = folder / "config.json"
    config.write_text(json.dumps(_config("none")))
    catalog = json.loads(start_tap(python, "", "--config", str(config), "--discover").stdout)
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = True
    return catalog


def _config(key: str) -> dict[str, str]:
    return {"api_key": key, "start_date": "2020-01-01T00:00:00Z"}


@dataclass
class Harvest:
    """What one run brought: records by stream in their order, the schemas, the last state."""

    status: int
    log: str
    schemas: dict[str, Any] = field(default_factory=dict)
    records: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    state: dict[str, Any] = field(default_factory=dict)

    def names(self, stream: str) -> list[str]:
        return [record["name"] for record in self.records[stream]]


@dataclass(frozen=True)
class Tap:
    """The installed tool, what it can read, and the folder of one installation's files."""

    python: Path
    catalog: Any
    folder: Path
    key: str

    def sync(self, url: str, state: dict[str, Any] | None = None) -> Harvest:
        """Run it over all streams; `state` makes it an incremental run."""
        files = ["--catalog", self._file("catalog", self.catalog)]
        if state is not None:
            files += ["--state", self._file("state", state)]
        config = self._file("config", _config(self.key))
        done = start_tap(self.python, url, "--config", config, *files)
        harvest = Harvest(done.returncode, done.stderr)
        for line in done.stdout.splitlines():
            message = json.loads(line)
            if message["type"] == "SCHEMA":
                harvest.schemas[message["stream"]] = message["schema"]
            elif message["type"] == "RECORD":
                harvest.records[message["stream"]].append(message["record"])
            elif message["type"] == "STATE":
                harvest.state = message["value"]
        return harvest

    def _file(self, name: str, content: Any) -> str:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(content))
        return str(path)
