"""Workers killed with SIGKILL in the middle of a run: nothing lost, nothing doubled, the unclear listed.

Real worker processes on the real queue; the mail server stands in this process and keeps what it took.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from customers.ledger.accounts import create_customer
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice
from customers.ledger.reconciling import differences
from notifications import tasks
from notifications.delivering import send_again
from notifications.models import Message, RunItem, StatementRun
from notifications.runs import RunRequest, progress_of, start_run
from statements.models import IssuedStatement
from tests.database_address import database_url
from tests.notifications.mail_server import Sink, mail_server

CUSTOMERS = 60
KILLS = 5
WORKERS = 2
PATIENCE = 240.0
LEASE = 6.0

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_whose_workers_are_killed_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    run = _prepare_run()
    with mail_server(delay=0.05) as sink, _workers(sink, tmp_path) as crew:
        killed_at = _kill_and_replace(run, crew)
        _wait_for_the_end(run)

    assert len(killed_at) == KILLS
    assert all(done < CUSTOMERS for done in killed_at), "every kill must hit the run at work"
    _nothing_is_lost(run)
    _nothing_is_doubled(run, sink)
    _numbers_have_no_gaps()
    assert list(differences(now=timezone.now())) == []
    _what_staff_send_again_is_the_same_mail(run, sink)


def _prepare_run() -> StatementRun:
    moment = timezone.now() - timedelta(days=20)
    for index in range(CUSTOMERS):
        values = {"name": f"Customer {index}", "email": f"c{index}@example.test", "payment_terms": "NET 10"}
        customer = create_customer(values=values, now=moment)
        line = LineInput(name="Goods", unit_cost=Decimal(10 + index))
        issue_invoice(customer=customer, lines=[line], values={"date": moment}, now=moment)
    request = RunRequest(type="open_item", channel="email")
    run, _ = start_run(request=request, now=timezone.now())
    tasks.ring(tasks.plan_run, run_id=run.pk)
    return run


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
def _workers(sink: Sink, folder: Path) -> Iterator[Crew]:
    with (folder / "workers.log").open("wb") as log:
        nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.nursery"],
            env=_environment(sink),
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


def _environment(sink: Sink) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        "DELIVERY_MODE": "live",
        "EMAIL_HOST": sink.host,
        "EMAIL_PORT": str(sink.port),
        "WORK_LEASE_SECONDS": str(LEASE),
        "WORK_BATCH_ROWS": "5",
        "RETRY_FIRST_SECONDS": "0.2",
        "RETRY_MOST_SECONDS": "1",
        "LOG_LEVEL": "WARNING",
    }


def _kill_and_replace(run: StatementRun, crew: Crew) -> list[int]:
    """Kill a worker at random moments, each time after the run has moved; returns how far it was."""
    killed_at: list[int] = []
    while len(killed_at) < KILLS:
        _wait_for_more_than(_handed_over(run), run)
        time.sleep(random.uniform(0, 0.4))
        killed_at.append(_handed_over(run))
        crew.kill_the_eldest()
        crew.hire()
    return killed_at


def _wait_for_more_than(count: int, run: StatementRun) -> None:
    _ring_until(lambda: _handed_over(run) > count)


def _wait_for_the_end(run: StatementRun) -> None:
    _ring_until(lambda: StatementRun.objects.get(pk=run.pk).state == StatementRun.State.FINISHED)


def _ring_until(reached: Callable[[], bool]) -> None:
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


def _handed_over(run: StatementRun) -> int:
    return Message.objects.filter(run=run, state__in=Message.HANDED_OVER_STATES).count()


def _nothing_is_lost(run: StatementRun) -> None:
    counts = progress_of(StatementRun.objects.get(pk=run.pk))
    assert counts.selected == CUSTOMERS
    assert counts.sent + counts.unknown == CUSTOMERS
    assert counts.unknown <= KILLS
    unclear = Message.objects.filter(run=run, state=Message.State.UNKNOWN)
    assert unclear.count() == counts.unknown
    assert set(unclear.values_list("error_code", flat=True)) <= {"worker_lost"}
    assert RunItem.objects.filter(run=run).count() == CUSTOMERS


def _nothing_is_doubled(run: StatementRun, sink: Sink) -> None:
    assert set(sink.copies.values()) == {1}
    sent = set(Message.objects.filter(run=run, state="sent").values_list("recipient", flat=True))
    assert sent <= set(sink.copies)
    unclear = set(Message.objects.filter(run=run, state="unknown").values_list("recipient", flat=True))
    assert set(sink.copies) <= sent | unclear


def _numbers_have_no_gaps() -> None:
    numbers = list(IssuedStatement.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, CUSTOMERS + 1))


def _what_staff_send_again_is_the_same_mail(run: StatementRun, sink: Sink) -> None:
    first = {mail.recipients[0]: mail.message_id for mail in sink.taken}
    unclear = list(Message.objects.filter(run=run, state=Message.State.UNKNOWN))
    assert send_again(messages=unclear, now=timezone.now()) == len(unclear)
    for message in unclear:
        known = first.get(message.recipient)
        assert known is None or known.startswith(f"<{message.public_id}@")
