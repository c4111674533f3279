"""Messages of a run that has ended, sent again by staff."""

from datetime import date, datetime

import pytest

from customers.errors import Refused
from customers.models import Event
from notifications.delivering import send_again
from notifications.models import Message, StatementRun
from notifications.runs import RunRequest, cancel_run, drive, plan_run, progress_of, start_run
from tests.notifications.conftest import Debtor
from tests.notifications.mail_server import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

JULY = RunRequest(type="open_item", channel="email", end_day=date(2026, 7, 31))


def finish(run: StatementRun, now: datetime) -> StatementRun:
    return drive(run_id=run.pk, clock=lambda: now, sleep=lambda seconds: pytest.fail("nothing to wait for"))


def test_a_message_sent_again_reopens_its_finished_run_until_it_is_through(
    debtor: Debtor, now: datetime, sink: Sink
) -> None:
    debtor("Fine")
    bad = debtor("Bad")
    sink.behaviours[bad.email] = "552 5.2.2 mailbox full"
    run = finish(start_run(request=JULY, now=now)[0], now)
    assert (run.state, progress_of(run).failed) == ("finished", 1)
    sink.behaviours.clear()

    assert send_again(messages=Message.objects.filter(customer=bad), now=now) == 1

    run.refresh_from_db()
    assert (run.state, run.finished_at, progress_of(run).waiting) == ("running", None, 1)
    run = finish(run, now)
    progress = progress_of(run)
    assert (run.state, progress.sent, progress.failed, progress.waiting) == ("finished", 2, 0, 0)
    assert Message.objects.get(customer=bad).state == "sent"
    assert Event.objects.filter(type="statement_run.finished").count() == 2


def test_a_message_of_a_canceled_run_is_not_sent_again(debtor: Debtor, now: datetime) -> None:
    debtor()
    run, _ = start_run(request=JULY, now=now)
    plan_run(run_id=run.pk, now=now)
    Message.objects.update(state="failed")
    cancel_run(run=run, now=now)

    with pytest.raises(Refused, match="was canceled"):
        send_again(messages=Message.objects.all(), now=now)

    assert Message.objects.get().state == "failed"


def test_what_did_not_fail_reopens_nothing(debtor: Debtor, now: datetime) -> None:
    debtor()
    run = finish(start_run(request=JULY, now=now)[0], now)

    assert send_again(messages=Message.objects.all(), now=now) == 0

    run.refresh_from_db()
    assert run.state == "finished"
