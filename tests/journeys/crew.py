"""Real worker processes on the real queue that a test hires, kills and replaces."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from notifications import tasks
from notifications.models import Message, StatementRun
from tests.database_address import database_url

WORKERS = 2
# For runs of the usual size; long ones are asked for by MANY_MESSAGES.
PATIENCE = 240.0 * max(1, int(os.environ.get("MANY_MESSAGES", "0")) // 200)
LEASE = 6.0


@dataclass
class Crew:
    """The workers alive, eldest first, and the nursery that brings up new ones."""

    nursery: subprocess.Popen[str]
    workers: list[int] = field(default_factory=list)

    def hire(self) -> None:
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write("one more\n")
        self.nursery.stdin.flush()
        self.workers.append(int(self.nursery.stdout.readline()))

    def kill_the_eldest(self) -> None:
        """The one that is surely at work: the youngest may still be starting."""
        os.kill(self.workers.pop(0), signal.SIGKILL)

    def dismiss(self) -> None:
        while self.workers:
            self.kill_the_eldest()
        self.nursery.kill()
        self.nursery.wait()


@contextmanager
def workers(folder: Path, environment: Mapping[str, str]) -> Iterator[Crew]:
    """A crew at work in live mode on the test's database; `environment` says who carries messages."""
    with (folder / "workers.log").open("wb") as log:
        nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.nursery"],
            env={**_surroundings(), **environment},
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        crew = Crew(nursery)
        try:
            for _ in range(WORKERS):
                crew.hire()
            yield crew
        finally:
            crew.dismiss()


def _surroundings() -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        "DELIVERY_MODE": "live",
        "WORK_LEASE_SECONDS": str(LEASE),
        "WORK_BATCH_ROWS": "5",
        "RETRY_FIRST_SECONDS": "0.2",
        "RETRY_MOST_SECONDS": "1",
        "LOG_LEVEL": "WARNING",
    }


def kill_and_replace(run: StatementRun, crew: Crew, *, kills: int) -> list[int]:
    """Kill a worker at random moments, each time after the run has moved; returns how far it was."""
    killed_at: list[int] = []
    while len(killed_at) < kills:
        done = handed_over(run)
        ring_until(lambda done=done: handed_over(run) > done)  # type: ignore[misc]
        time.sleep(random.uniform(0, 0.4))
        killed_at.append(handed_over(run))
        crew.kill_the_eldest()
        crew.hire()
    return killed_at


def wait_for_the_end(run: StatementRun) -> None:
    ring_until(lambda: StatementRun.objects.get(pk=run.pk).state == StatementRun.State.FINISHED)


def ring_until(reached: Callable[[], bool]) -> None:
    """The timetable's part: sweep and ring, once a second."""
    begun = time.monotonic()
    rung = 0
    while not reached():
        waited = time.monotonic() - begun
        assert waited < PATIENCE, "the run does not get on"
        if waited >= rung:
            tasks.sweep()
            tasks.ring_printers()
            rung = int(waited) + 1
        time.sleep(0.05)


def handed_over(run: StatementRun) -> int:
    return Message.objects.filter(run=run, state__in=Message.HANDED_OVER_STATES).count()
