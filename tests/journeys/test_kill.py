"""Workers killed with SIGKILL in the middle of a run: nothing lost, nothing doubled, the unclear listed.

Real worker processes on the real queue; the mail server stands in this process and keeps what it took.
"""

from pathlib import Path

import pytest
from django.utils import timezone

from customers.ledger.reconciling import differences
from notifications import tasks
from notifications.delivering import send_again
from notifications.models import Message, RunItem, StatementRun
from notifications.runs import RunRequest, progress_of, start_run
from statements.models import IssuedStatement
from tests.journeys.crew import kill_and_replace, wait_for_the_end, workers
from tests.journeys.debtors import open_debtors
from tests.notifications.mail_server import Sink, mail_server

CUSTOMERS = 60
KILLS = 5

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_whose_workers_are_killed_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    run = _prepare_run()
    with mail_server(delay=0.05) as sink:
        mail = {"EMAIL_HOST": sink.host, "EMAIL_PORT": str(sink.port)}
        with workers(tmp_path, mail) as crew:
            killed_at = kill_and_replace(run, crew, kills=KILLS)
            wait_for_the_end(run)

    assert len(killed_at) == KILLS
    assert all(done < CUSTOMERS for done in killed_at), "every kill must hit the run at work"
    _nothing_is_lost(run)
    _nothing_is_doubled(run, sink)
    _numbers_have_no_gaps()
    assert list(differences(now=timezone.now())) == []
    _what_staff_send_again_is_the_same_mail(run, sink)


def _prepare_run() -> StatementRun:
    open_debtors(CUSTOMERS)
    request = RunRequest(type="open_item", channel="email")
    run, _ = start_run(request=request, now=timezone.now())
    tasks.ring(tasks.plan_run, run_id=run.pk)
    return run


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
