"""The scripts on machines that lack something, played with stand-ins on PATH."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [
    path
    for path in (*sorted((ROOT / "script").iterdir()), ROOT / ".ci" / "run")
    if not path.read_text("utf-8").startswith("#!/usr/bin/env python")
]
BASH = shutil.which("bash") or "bash"


class Machine:
    """A folder of stand-ins in front of PATH, and a checkout that holds the scripts and two lock files."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.checkout = folder / "checkout"
        self.bin.mkdir()
        shutil.copytree(ROOT / "script", self.checkout / "script")
        for name in ("requirements.txt", "requirements-dev.txt"):
            (self.checkout / name).write_text("")

    def has(self, name: str, script: str) -> None:
        path = self.bin / name
        path.write_text(f"#!{BASH}\n{script}\n")
        path.chmod(0o755)

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BASH, "-c", f"set -euo pipefail; source script/lib.sh; {script}"],
            cwd=self.checkout,
            env={"PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": str(self.checkout)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def machine(tmp_path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def guest(machine: Machine) -> Machine:
    """A user who may not install anything."""
    machine.has("id", "echo 1000")
    machine.has("sudo", "exit 1")
    machine.has("apt-get", "echo installed >> installed; exit 0")
    return machine


@pytest.fixture
def root(machine: Machine) -> Machine:
    machine.has("id", "echo 0")
    machine.has("apt-get", 'echo "$@" >> installed')
    return machine


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_bash_without_mistakes_of_grammar(script):
    checked = subprocess.run([BASH, "-n", str(script)], capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert script.name == "lib.sh" or os.access(script, os.X_OK)


def test_says_which_python_is_needed_when_all_are_too_old(machine):
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        machine.has(name, "exit 1")

    done = machine.run("find_python")

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr


def test_installs_the_module_for_environments_where_it_may(root):
    root.has("python3", 'case "$2" in *ensurepip*) exit 1 ;; *) echo 3.11 ;; esac')

    done = root.run("needs_venv python3")

    assert done.returncode == 0, done.stderr
    assert (
        "install -q -y --no-install-recommends python3.11-venv" in (root.checkout / "installed").read_text()
    )


def test_says_the_exact_command_where_it_may_not_install(guest):
    guest.has("python3", 'case "$2" in *ensurepip*) exit 1 ;; *) echo 3.11 ;; esac')

    done = guest.run("needs_venv python3")

    assert done.returncode == 1
    assert (
        "sudo apt-get update && sudo apt-get install --no-install-recommends python3.11-venv" in done.stderr
    )
    assert not (guest.checkout / "installed").exists()


def test_says_the_exact_command_when_the_installation_fails(root):
    root.has("apt-get", "echo 'E: no network' >&2; exit 100")

    done = root.run("install_packages 'The PDF libraries' libpango-1.0-0")

    assert done.returncode == 1
    assert "E: no network" in done.stderr
    assert "apt-get install --no-install-recommends libpango-1.0-0" in done.stderr


PYTHON = """
case "$*" in
  *venv*) mkdir -p .venv/bin && cp "$0" .venv/bin/python && echo made >> log ;;
  *install*) echo "installed ${!#}" >> log ;;
  *version_info\\[:2\\]*) echo "(3, 11)" ;;
esac
"""


def log_of(machine: Machine) -> list[str]:
    log = machine.checkout / "log"
    return log.read_text().splitlines() if log.exists() else []


def test_makes_the_environment_once(machine):
    machine.has("python3", PYTHON)

    for _ in range(2):
        done = machine.run(f"make_environment {machine.bin}/python3 requirements.txt")
        assert done.returncode == 0, done.stderr

    assert log_of(machine) == ["made", "installed requirements.txt"]


def test_a_changed_lock_file_is_installed_into_the_same_environment(machine):
    machine.has("python3", PYTHON)
    make = f"make_environment {machine.bin}/python3 requirements.txt"
    machine.run(make)

    (machine.checkout / "requirements.txt").write_text("django==5.2.20")
    machine.run(make)

    assert log_of(machine) == ["made", "installed requirements.txt", "installed requirements.txt"]


def test_a_developers_environment_serves_the_server_too(machine):
    machine.has("python3", PYTHON)

    machine.run(f"make_environment {machine.bin}/python3 requirements.txt")
    machine.run(f"make_environment {machine.bin}/python3 requirements-dev.txt")
    machine.run(f"make_environment {machine.bin}/python3 requirements.txt")

    assert log_of(machine) == ["made", "installed requirements.txt", "installed requirements-dev.txt"]


def test_an_installation_that_failed_is_tried_again(machine):
    machine.has("python3", PYTHON.replace("*install*)", "*install*) [ -e fixed ] || exit 1;"))
    make = f"make_environment {machine.bin}/python3 requirements.txt"

    assert machine.run(make).returncode != 0
    (machine.checkout / "fixed").touch()

    assert machine.run(make).returncode == 0
    assert log_of(machine) == ["made", "installed requirements.txt"]


def test_lock_files_hold_versions_and_hashes_only():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-tap.txt"):
        lines = (ROOT / name).read_text().splitlines()

        assert [line for line in lines if line.startswith("--") or "://" in line] == []
        assert sum("--hash=sha256:" in line for line in lines) >= sum("==" in line for line in lines)
