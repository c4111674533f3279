"""What planning does when a text cannot be written, when it fails, and when two plan at once."""

from collections.abc import Sequence
from datetime import date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from customers.models import Event
from notifications.models import Message, RunItem, StatementRun
from notifications.runs import RunRequest, drive, plan_run, progress_of, resume_run, start_run
from notifications.runs import planning as planning_module
from notifications.runs.deciding import Decision, decide
from statements.models import IssuedStatement
from tests.notifications.conftest import Debtor
from tests.notifications.wordings import in_use

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

JULY = RunRequest(type="open_item", channel="email", end_day=date(2026, 7, 31))
TEXTS = RunRequest(type="open_item", channel="sms", end_day=date(2026, 7, 31))


def finish(run: StatementRun, now: datetime) -> StatementRun:
    return drive(run_id=run.pk, clock=lambda: now, sleep=lambda seconds: pytest.fail("nothing to wait for"))


def start(request: RunRequest, now: datetime) -> StatementRun:
    return start_run(request=request, now=now)[0]


def phone(number: int) -> list[dict[str, Any]]:
    return [{"name": "Jo", "phone": f"+1312555010{number}", "sms_enabled": True}]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{{#customer.metadata.note}}{{customer.metadata.note}}{{/customer.metadata.note}}", "is empty"),
        ("{{^customer.metadata.note}}" + "x" * 1601 + "{{/customer.metadata.note}}ok", "at most 1600"),
    ],
)
def test_a_customer_whose_text_cannot_be_written_fails_alone(
    debtor: Debtor, now: datetime, body: str, why: str
) -> None:
    in_use("statement_sms", body, channel="sms")
    debtor("Fine", contacts=phone(1), metadata={"note": "hello"})
    bad = debtor("Bad", contacts=phone(2))
    debtor("Fine too", contacts=phone(3), metadata={"note": "hello"})

    run = finish(start(TEXTS, now), now)

    progress = progress_of(run)
    assert (run.state, progress.selected, progress.sent, progress.failed) == ("finished", 3, 2, 1)
    item = RunItem.objects.get(customer=bad)
    assert (item.outcome, item.reason) == ("failed", "wording")
    assert why in item.detail
    assert list(IssuedStatement.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_fault_in_planning_pauses_the_run_after_a_few_tries_and_says_why(
    debtor: Debtor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    debtor()
    run = start(JULY, now)

    def broken(**words: Any) -> list[Decision]:
        raise ValueError("a ledger row makes no sense")

    with monkeypatch.context() as patched:
        patched.setattr(planning_module, "decide", broken)
        assert not plan_run(run_id=run.pk, now=now)
        run.refresh_from_db()
        assert (run.state, run.planning_faults) == ("planning", 1)
        assert run.error == "ValueError: a ledger row makes no sense"
        run = finish(run, now)

    assert (run.state, run.planning_faults) == ("paused", 3)
    assert run.pause_reason == "Planning failed 3 times: ValueError: a ledger row makes no sense"
    assert Event.objects.filter(type="statement_run.paused").count() == 1
    assert not RunItem.objects.exists()

    assert resume_run(run=run, now=now)
    run = finish(run, now)
    assert (run.state, run.error, run.planning_faults) == ("finished", "", 0)
    assert progress_of(run).sent == 1


def test_what_another_run_planned_after_we_decided_is_not_sent_twice(
    debtor: Debtor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = debtor("Acme")
    debtor("Beta")
    wide = start(JULY, now)
    narrow = start(
        RunRequest(type="open_item", channel="email", end_day=JULY.end_day, customer_ids=[acme.pk]), now
    )

    def decide_slowly(*, run: StatementRun, customer_ids: Sequence[int], now: datetime) -> list[Decision]:
        decisions = decide(run=run, customer_ids=customer_ids, now=now)
        monkeypatch.setattr(planning_module, "decide", decide)
        plan_run(run_id=narrow.pk, now=now)
        return decisions

    monkeypatch.setattr(planning_module, "decide", decide_slowly)
    plan_run(run_id=wide.pk, now=now)

    assert Message.objects.filter(customer=acme).count() == 1
    assert RunItem.objects.get(run=wide, customer=acme).reason == "already_sent"
    assert (finish(wide, now).state, finish(narrow, now).state) == ("finished", "finished")
    assert Message.objects.filter(state="sent").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_send_each_statement_once(
    debtor: Debtor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [debtor().pk for _ in range(4)]
    narrow = RunRequest(type="open_item", channel="email", end_day=JULY.end_day, customer_ids=ids)
    runs = [start(JULY, now), start(narrow, now)]
    both_decided = Barrier(2, timeout=30)

    def decide_together(*, run: StatementRun, customer_ids: Sequence[int], now: datetime) -> list[Decision]:
        decisions = decide(run=run, customer_ids=customer_ids, now=now)
        both_decided.wait()
        return decisions

    def plan(run: StatementRun) -> None:
        try:
            plan_run(run_id=run.pk, now=now)
        finally:
            connection.close()

    monkeypatch.setattr(planning_module, "decide", decide_together)
    planners = [Thread(target=plan, args=[run]) for run in runs]
    for planner in planners:
        planner.start()
    for planner in planners:
        planner.join(60)

    assert Message.objects.count() == 4
    assert RunItem.objects.filter(outcome="pending").count() == 4
    assert RunItem.objects.filter(reason="already_sent").count() == 4
    assert not StatementRun.objects.exclude(error="").exists()
