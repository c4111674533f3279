"""Staff take the letters of a wrong run back, and know beforehand how long a run takes."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from customers.models import Customer
from notifications import tasks
from notifications.delivering import deliver_batch
from notifications.models import Message, StatementRun
from notifications.runs import RunRequest, finish_runs, plan_run, start_run
from statements.tasks import render_statements
from tests.desk import at_desk, page_text, staff, token_of
from tests.vendors.lob_server import LobServer
from tests.vendors.twilio_server import TwilioServer

pytestmark = pytest.mark.django_db

Reader = Callable[..., Customer]


@pytest.fixture
def finished(lob: LobServer, reader: Reader) -> StatementRun:
    """A run whose two letters lie at the print house."""
    reader()
    reader()
    run, _ = start_run(request=RunRequest(type="open_item", channel="letter"), now=datetime.now(UTC))
    plan_run(run_id=run.pk, now=datetime.now(UTC))
    render_statements()
    deliver_batch(channel="letter", now=datetime.now(UTC))
    finish_runs(now=datetime.now(UTC))
    run.refresh_from_db()
    assert run.state == "finished"
    return run


def test_the_letters_of_a_finished_run_are_taken_back_by_a_button(
    finished: StatementRun, lob: LobServer
) -> None:
    desk, page = at_desk(), reverse("admin:notifications_statementrun_change", args=[finished.pk])
    stop = reverse("admin:notifications_statementrun_act", args=[finished.pk, "stop-letters"])
    shown = desk.get(page)
    assert "Stop its letters" in page_text(shown)

    answer = desk.post(stop, {"once": token_of(shown)}, follow=True)
    tasks.ask_vendor(channel="letter")

    assert "2 letters are taken back" in page_text(answer)
    assert {row.state for row in Message.objects.all()} == {"canceled"}
    assert lob.copies == {}
    assert "Stop its letters" not in page_text(desk.get(page))


@pytest.mark.parametrize("role", ["read_only", "account_manager"])
def test_only_who_may_run_may_stop(finished: StatementRun, lob: LobServer, role: str) -> None:
    stop = reverse("admin:notifications_statementrun_act", args=[finished.pk, "stop-letters"])

    assert at_desk(staff("Rita", role=role)).post(stop, {"once": "x"}).status_code in (403, 404)
    assert not Message.objects.exclude(cancel_wanted_at=None).exists()


def test_the_dry_run_says_how_long_the_vendor_takes(
    twilio: TwilioServer, reader: Reader, live: object
) -> None:
    live.TWILIO_PER_SECOND = 0.001  # type: ignore[attr-defined]
    for _ in range(9):
        reader()
    desk, add = at_desk(), reverse("admin:notifications_statementrun_add")
    form = {"type": "open_item", "channel": "sms", "preview": "1", "once": "x"}

    shown = page_text(desk.post(add, form))

    assert "Text messages take at least</dt><dd>2.5 hours" in shown
