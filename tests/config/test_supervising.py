"""With real processes: what is promised here is what the system does with them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.supervising import Child, Supervisor
from tests.config.processes import is_running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

ROOT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
]
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def wait_until(condition, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def supervise():
    made: list[Supervisor] = []

    def start(*commands: list[str], grace_seconds: float = 5) -> Supervisor:
        children = [Child(f"child-{number}", command) for number, command in enumerate(commands)]
        supervisor = Supervisor(children, env=os.environ, grace_seconds=grace_seconds)
        made.append(supervisor)
        supervisor.start()
        return supervisor

    yield start
    for supervisor in made:
        supervisor.stop()
        supervisor.stop()
        supervisor.end()


def pid_of(supervisor: Supervisor, number: int = 0) -> int:
    process = supervisor.children[number].process
    assert process is not None
    return process.pid


def test_starts_every_child_and_leaves_none_behind(supervise):
    supervisor = supervise(SLEEP, SLEEP)
    pids = [pid_of(supervisor, 0), pid_of(supervisor, 1)]
    assert all(is_running(pid) for pid in pids)

    supervisor.end()

    assert not any(is_running(pid) for pid in pids)


def test_a_child_that_was_killed_is_started_again(supervise):
    supervisor = supervise(SLEEP)
    killed = pid_of(supervisor)
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: not supervisor.children[0].is_running())

    supervisor.check(now=time.monotonic())
    assert supervisor.children[0].process is None
    supervisor.check(now=time.monotonic() + 1.5)

    assert supervisor.children[0].is_running()
    assert pid_of(supervisor) != killed


def test_a_child_that_keeps_ending_is_started_ever_later(supervise):
    supervisor = supervise([sys.executable, "-c", "raise SystemExit(3)"])
    child, waits = supervisor.children[0], []

    for _ in range(7):
        assert wait_until(lambda: not child.is_running())
        supervisor.check(now=child.started_at + 0.1)
        waits.append(child.wait)
        supervisor.check(now=child.due_at)

    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_a_child_that_had_settled_is_started_again_at_once(supervise):
    supervisor = supervise(SLEEP)
    child = supervisor.children[0]
    os.kill(pid_of(supervisor), signal.SIGKILL)
    assert wait_until(lambda: not child.is_running())

    supervisor.check(now=child.started_at + 120)

    assert child.wait == 0


def test_a_child_that_does_not_listen_is_ended_by_force(supervise):
    supervisor = supervise(STUBBORN, grace_seconds=0.5)
    pid = pid_of(supervisor)
    time.sleep(0.5)

    supervisor.end()

    assert not is_running(pid)


def test_what_a_child_had_started_goes_with_it(supervise, tmp_path):
    note = tmp_path / "grandchild"
    script = PARENT.replace("print(child.pid, flush=True)", f"open({str(note)!r}, 'w').write(str(child.pid))")
    supervisor = supervise([sys.executable, "-c", script])
    assert wait_until(lambda: note.exists() and note.read_text() != "")
    grandchild = int(note.read_text())

    supervisor.end()

    assert wait_until(lambda: not is_running(grandchild))


def test_no_child_outlives_a_supervisor_that_was_killed():
    script = f"""
import os, sys, time
sys.path.insert(0, {str(ROOT)!r})
from config.supervising import Child, Supervisor
supervisor = Supervisor([Child("one", [sys.executable, "-c", "import time; time.sleep(60)"])], env=os.environ)
supervisor.start()
print(supervisor.children[0].process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_running(child)

        parent.kill()

    assert wait_until(lambda: not is_running(child))


def test_asking_twice_does_not_wait_for_work_in_hand(supervise):
    supervisor = supervise(STUBBORN, grace_seconds=30)
    time.sleep(0.5)
    begun = time.monotonic()

    supervisor.stop()
    supervisor.stop()
    supervisor.end()

    assert supervisor.is_stopping
    assert time.monotonic() - begun < 10
