"""Keeps a few child processes running until told to stop, and leaves none behind."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

logger = structlog.get_logger("duebook.serve")

_PR_SET_PDEATHSIG = 1
# A child that lived this long had started well: its next restart is immediate again.
SETTLED_SECONDS = 30
LONGEST_WAIT_SECONDS = 30


@dataclass(slots=True)
class Child:
    """One command that should always be running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    wait: float = 0.0
    due_at: float = field(default=0.0)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts the children, starts one again when it ends, stops all on `stop()` or SIGTERM/SIGINT.

    A child gets SIGTERM from the kernel when this process dies without a word (Linux), so that a killed
    supervisor leaves no worker or timetable running.
    """

    def __init__(
        self, children: Sequence[Child], *, env: Mapping[str, str], grace_seconds: float = 30
    ) -> None:
        self.children = list(children)
        self.env = dict(env)
        self.grace_seconds = grace_seconds
        self._stopping = threading.Event()
        self._in_a_hurry = False

    def stop(self) -> None:
        """Ask for a clean stop; asked again, it does not wait for work in hand."""
        self._in_a_hurry = self._stopping.is_set()
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def listen(self) -> None:
        """Stop on Ctrl-C and on what a service manager sends."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())

    def start(self) -> None:
        for child in self.children:
            self._start(child)

    def watch(self) -> None:
        """Until stopped: start again what has ended, ever later when it keeps ending."""
        while not self.is_stopping:
            self.pause()

    def pause(self) -> None:
        """A short wait for somebody who waits for a child; ended children are started again meanwhile."""
        if not self._stopping.wait(0.2):
            self.check(now=time.monotonic())

    def check(self, *, now: float) -> None:
        for child in self.children:
            if child.process is None:
                if now >= child.due_at:
                    self._start(child)
            elif (code := child.process.poll()) is not None:
                self._note_end(child, code, now)

    def end(self) -> None:
        """Stop every child: politely, then, after the grace period, by force."""
        for child in self.children:
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + self.grace_seconds
        while any(child.is_running() for child in self.children):
            if time.monotonic() > deadline or self._in_a_hurry:
                break
            time.sleep(0.05)
        for child in self.children:
            # Also when the child itself has ended: what it started may still be there.
            _signal_group(child, signal.SIGKILL)
            if child.process is not None:
                child.process.wait()

    def _start(self, child: Child) -> None:
        child.started_at = time.monotonic()
        child.process = subprocess.Popen(
            child.command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            # Their own group: Ctrl-C reaches this process alone, which then stops them in good order.
            process_group=0,
            preexec_fn=_die_with_parent(os.getpid()),  # noqa: PLW1509  this process has one thread
        )

    def _note_end(self, child: Child, code: int, now: float) -> None:
        _signal_group(child, signal.SIGKILL)
        settled = now - child.started_at >= SETTLED_SECONDS
        child.wait = 0.0 if settled else min(LONGEST_WAIT_SECONDS, child.wait * 2 or 1.0)
        child.due_at = now + child.wait
        child.process = None
        logger.error("child_ended", child=child.name, code=code, restart_in_seconds=child.wait)


def _signal_group(child: Child, number: signal.Signals) -> None:
    if child.process is None:
        return
    # The whole group may be gone already (macOS reports a group of zombies as forbidden).
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, number)


def _die_with_parent(parent: int) -> "_Preparation | None":
    return _Preparation(parent) if sys.platform == "linux" else None


class _Preparation:
    """Runs in the child between fork and exec; everything it needs is loaded before the fork."""

    def __init__(self, parent: int) -> None:
        self.parent = parent
        self.prctl = ctypes.CDLL(None, use_errno=True).prctl

    def __call__(self) -> None:
        self.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != self.parent:
            os._exit(1)  # the parent died before the kernel knew whom to tell
