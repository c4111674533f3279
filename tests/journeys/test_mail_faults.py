"""A run of mails whose server fails at every fifth: none is lost, none goes twice, the unclear are listed.

`MAILS=2000` in the environment makes it the long one.
"""

import os
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Company
from notifications import delivering
from notifications.inbox import work_off
from notifications.models import Message, StatementRun
from notifications.runs import RunRequest, finish_runs, plan_run, progress_of, start_run
from statements.issuing import render_batch
from tests.desk import at_desk
from tests.journeys.debtors import open_debtors
from tests.notifications.conftest import no_pdf  # noqa: F401  a fixture
from tests.notifications.mail_server import mail_server
from tests.notifications.mail_vendor import mail_vendor

MAILS = int(os.environ.get("MAILS", "120"))
SMTP_FAULTS = [
    "451 4.7.1 later",
    "drop before",
    "drop after",
    "at data: 451 busy",
    "data: 452 out of space",
    "drop at the dot",
    "421 closing",
    "drop at recipient",
    "garbage after",
    "data: 421 closing",
]
# The first word says which of them leave the mail at the server, or at least in doubt.
SMTP_UNCLEAR = ("drop after", "drop at the dot", "garbage after")
VENDOR_FAULTS = ["taken 500", "429", "taken reset", "503", "taken garbage", "reset"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]


def test_smtp_that_fails_at_every_fifth_mail_loses_none_and_doubles_none(settings: Any) -> None:
    run = _planned_run()
    with mail_server(script=SMTP_FAULTS) as sink:
        settings.DELIVERY_MODE, settings.EMAIL_HOST, settings.EMAIL_PORT = "live", sink.host, sink.port
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        _carry_to_the_end(run)

    _nothing_is_lost_nothing_doubled(run, sink.copies)


def test_a_mail_vendor_that_fails_at_every_fifth_mail_loses_none_and_doubles_none(settings: Any) -> None:
    run = _planned_run()
    with mail_vendor(script=VENDOR_FAULTS) as vendor:
        settings.DELIVERY_MODE, settings.ANYMAIL = "live", vendor.settings()
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        _carry_to_the_end(run)

    _nothing_is_lost_nothing_doubled(run, vendor.copies)


def _planned_run() -> StatementRun:
    Company.get()
    open_debtors(MAILS)
    run, _ = start_run(request=RunRequest(type="open_item", channel="email"), now=timezone.now())
    while plan_run(run_id=run.pk, now=timezone.now()):
        pass
    return run


def _carry_to_the_end(run: StatementRun) -> None:
    """What the workers and the timetable do, hour by hour: each hour a fault may end the round.

    The run is only looked over when nothing of it waits any more: that costs as much as it is long.
    """
    moment = timezone.now()
    while render_batch(now=moment):
        pass
    for _ in range(40 + MAILS // 4):
        delivering.sweep_stale(now=moment)
        while delivering.deliver_batch(channel="email", now=moment).was_full:
            pass
        work_off(now=moment)
        if not Message.objects.filter(run=run, state=Message.State.QUEUED).exists():
            finish_runs(now=moment)
            assert StatementRun.objects.get(pk=run.pk).state == StatementRun.State.FINISHED
            return
        moment += timedelta(hours=1)
    pytest.fail(f"the run does not end: {progress_of(StatementRun.objects.get(pk=run.pk))}")


def _nothing_is_lost_nothing_doubled(run: StatementRun, copies: Counter[str]) -> None:
    states: dict[str, set[str]] = {}
    for state, recipient in Message.objects.filter(run=run).values_list("state", "recipient"):
        states.setdefault(state, set()).add(recipient)
    sent, unclear = states.pop("sent"), states.pop("unknown")
    assert states == {}
    assert len(sent) + len(unclear) == MAILS
    # Nobody was written to twice, everybody who counts as sent was, and the others are in doubt.
    assert set(copies.values()) == {1}
    assert sent <= set(copies)
    assert set(copies) - sent <= unclear
    _each_unclear_mail_is_listed(unclear)
    progress = progress_of(StatementRun.objects.get(pk=run.pk))
    assert (progress.selected, progress.sent, progress.unknown) == (MAILS, len(sent), len(unclear))


def _each_unclear_mail_is_listed(unclear: set[str]) -> None:
    desk, page, listed = at_desk(), 1, set[str]()
    while page:
        where = reverse("admin:notifications_message_unclear")
        [section] = desk.get(where, {"email_page": page}).context["sections"]
        listed |= {row["to"] for row in section["rows"]}
        page = section["older"]
    assert section["count"] == len(unclear)
    assert listed == unclear
