"""Runs from the first click to the last count."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.errors import Refused
from customers.models import Customer, Event
from notifications.delivering import announce_canceled, deliver_batch
from notifications.models import Message, RunItem, StatementRun, StatementSchedule
from notifications.runs import (
    RunRequest,
    cancel_run,
    drive,
    pause_run,
    plan_run,
    preview_run,
    progress_of,
    resume_run,
    retry_failed,
    start_due_runs,
    start_run,
)
from notifications.runs.starting import describe_run
from statements.issuing import render_batch
from statements.models import IssuedStatement
from tests.ledgers import at
from tests.notifications.conftest import Debtor
from tests.notifications.mail_server import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]


class Killed(BaseException):
    """What ends a worker without a word."""


JULY = RunRequest(type="open_item", channel="email", end_day=date(2026, 7, 31))


def finish(run: StatementRun, now: datetime) -> StatementRun:
    return drive(run_id=run.pk, clock=lambda: now, sleep=lambda seconds: pytest.fail("nothing to wait for"))


def start(now: datetime, request: RunRequest = JULY, again: str = "") -> StatementRun:
    return start_run(request=request, now=now, again=again)[0]


def reasons(run: StatementRun) -> dict[str, str]:
    items = RunItem.objects.filter(run=run).select_related("customer")
    return {item.customer.name: item.reason or item.outcome for item in items if item.customer}


def test_everybody_is_sent_failed_or_skipped_for_a_reason(debtor: Debtor, now: datetime) -> None:
    debtor("Owes")
    debtor("Owes nothing", amount=None)
    debtor("Nowhere", email="")

    run = finish(start(now), now)

    assert run.state == "finished"
    assert reasons(run) == {"Owes": "sent", "Owes nothing": "no_balance", "Nowhere": "no_address"}
    progress = progress_of(run)
    assert progress.summary == "1 sent, 0 failed, 2 skipped (1 no address, 1 no balance), 0 unknown"
    assert (progress.selected, progress.waiting, progress.percent) == (3, 0, 100)
    assert Event.objects.filter(type="statement_run.finished").count() == 1


def test_the_same_run_again_reports_and_sends_nothing(debtor: Debtor, now: datetime) -> None:
    debtor()
    first = finish(start(now), now)

    again, is_new = start_run(request=JULY, now=now + timedelta(hours=2))
    finish(again, now)

    assert (again.pk, is_new) == (first.pk, False)
    assert Message.objects.count() == 1


def test_again_with_a_reason_is_a_new_run_on_the_record(debtor: Debtor, now: datetime) -> None:
    debtor()
    finish(start(now), now)

    run = finish(start(now, again="The first one had a typing error"), now)

    assert (run.repeat, run.repeat_reason) == (1, "The first one had a typing error")
    assert Message.objects.filter(state="sent").count() == 2
    started = Event.objects.filter(type="statement_run.started").order_by("pk").last()
    assert started is not None
    assert started.data["again"] == "The first one had a typing error"


def test_another_run_skips_whom_this_statement_has_reached(debtor: Debtor, now: datetime) -> None:
    acme = debtor("Acme")
    debtor("Beta")
    finish(start(now, RunRequest(**{**_words(JULY), "customer_ids": [acme.pk]})), now)

    run = finish(start(now), now)

    assert reasons(run) == {"Acme": "already_sent", "Beta": "sent"}


def test_again_sends_although_a_wider_run_has_served_the_customer(debtor: Debtor, now: datetime) -> None:
    acme = debtor("Acme")
    finish(start(now), now)
    narrow = RunRequest(**{**_words(JULY), "customer_ids": [acme.pk]})

    run = finish(start(now, narrow, again="They lost it"), now)

    assert (run.repeat, run.repeat_reason, reasons(run)) == (0, "They lost it", {"Acme": "sent"})
    started = Event.objects.filter(type="statement_run.started").order_by("pk").last()
    assert started is not None
    assert started.data["again"] == "They lost it"


def test_a_run_ends_although_a_waiting_customer_was_deleted(debtor: Debtor, now: datetime) -> None:
    debtor("Stays")
    gone = debtor("Gone")
    run = start(now)
    plan_run(run_id=run.pk, now=now)
    render_batch(now=now)
    for model in (RunItem, Message, IssuedStatement):
        model.objects.filter(customer=gone).update(customer=None)
    Message.objects.filter(customer=None).update(due_at=now + timedelta(hours=1))

    run = finish(run, now)

    progress = progress_of(run)
    assert (run.state, progress.selected, progress.sent, progress.waiting) == ("finished", 2, 1, 0)
    assert progress.skip_reasons == {"customer_deleted": 1}
    assert Message.objects.get(customer=None).state == "canceled"


def test_a_failed_message_does_not_count_as_served(debtor: Debtor, now: datetime, sink: Sink) -> None:
    acme = debtor("Acme")
    sink.behaviours[acme.email] = "552 5.2.2 mailbox full"
    one = start(now, RunRequest(**{**_words(JULY), "customer_ids": [acme.pk]}))
    assert reasons(finish(one, now)) == {"Acme": "other"}
    sink.behaviours.clear()

    run = finish(start(now), now)

    assert reasons(run) == {"Acme": "sent"}


def test_a_preferred_run_asks_the_day_of_the_statements_end(debtor: Debtor, now: datetime) -> None:
    address = {"address1": "1 Main St", "city": "Boston", "state": "MA", "postal_code": "02110"}
    paper = date(2026, 8, 1)
    debtor("Paper until August", statement_channel="email", paperless_from_date=paper, **address)
    debtor("Email since July", statement_channel="email", paperless_from_date=date(2026, 7, 31))
    debtor("Email always", statement_channel="email")

    run = finish(start(now, RunRequest(type="open_item", end_day=date(2026, 7, 31))), now)

    channels = dict(Message.objects.filter(run=run).values_list("customer__name", "channel"))
    assert channels == {
        "Paper until August": "letter",
        "Email since July": "email",
        "Email always": "email",
    }
    letter = IssuedStatement.objects.get(customer__name="Paper until August")
    assert letter.paper == "letter"


def test_numbers_have_no_gaps_and_skipped_customers_take_none(debtor: Debtor, now: datetime) -> None:
    for amount in ("10", None, "20", "30"):
        debtor(amount=amount)

    finish(start(now), now)

    assert list(IssuedStatement.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_a_child_billed_to_its_parent_is_on_the_parents_statement(debtor: Debtor, now: datetime) -> None:
    group = debtor("Group")
    debtor("North", parent_customer=group, bill_to_parent=True)
    debtor("South", parent_customer=group)
    debtor("West", parent_customer=group, child_statements="parent")
    debtor("East", parent_customer=group, bill_to_parent=True, child_statements="both")

    run = finish(start(now), now)

    assert reasons(run) == {
        "Group": "sent",
        "North": "billed_to_parent",
        "South": "sent",
        "West": "on_parent_statement",
        "East": "sent",
    }


def test_a_child_whose_parent_gets_nothing_gets_its_own(debtor: Debtor, now: datetime) -> None:
    group = debtor("Group", email="")
    debtor("North", parent_customer=group, bill_to_parent=True)

    run = finish(start(now), now)

    assert reasons(run) == {"Group": "no_address", "North": "sent"}


def test_small_balances_stay_below_the_minimum(debtor: Debtor, now: datetime) -> None:
    debtor("Small", amount="9.99")
    debtor("Large", amount="10.00")

    run = finish(start(now, RunRequest(**{**_words(JULY), "minimum_balance": Decimal(10)})), now)

    assert reasons(run) == {"Small": "below_minimum", "Large": "sent"}


def test_a_run_killed_between_batches_goes_on_at_its_cursor(
    debtor: Debtor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.runs.planning.BATCH", 2)
    for _ in range(5):
        debtor()
    run = start(now)
    monkeypatch.setattr("notifications.runs.planning.compose_messages", _fail_on_second(2))
    with pytest.raises(Killed):
        plan_run(run_id=run.pk, now=now)
    monkeypatch.undo()

    finish(run, now)

    assert RunItem.objects.filter(run=run, outcome="sent").count() == 5
    assert Message.objects.count() == 5
    numbers = IssuedStatement.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5]


def test_the_counts_and_the_open_work_are_the_selection_at_every_step(
    debtor: Debtor, now: datetime, settings: Any
) -> None:
    settings.WORK_BATCH_ROWS = 1
    for amount in ("1", "2", None):
        debtor(amount=amount)
    seen = []

    drive(
        run_id=start(now).pk,
        clock=lambda: now,
        watch=lambda run: seen.append((progress_of(run).selected, progress_of(run).waiting)),
    )

    assert {selected for selected, _ in seen} == {3}
    assert [waiting for _, waiting in seen] == sorted((waiting for _, waiting in seen), reverse=True)
    assert seen[-1] == (3, 0)


def test_a_paused_run_hands_nothing_over_until_it_is_resumed(debtor: Debtor, now: datetime) -> None:
    debtor()
    run = start(now)
    plan_run(run_id=run.pk, now=now)
    render_batch(now=now)

    assert pause_run(run=run, reason="Wrong logo", now=now)
    assert not pause_run(run=run, reason="Wrong logo", now=now)
    assert deliver_batch(channel="email", now=now).leased == 0
    assert resume_run(run=run, now=now)
    assert not resume_run(run=run, now=now)

    assert finish(run, now).state == "finished"
    assert Message.objects.get().state == "sent"


def test_canceling_stops_what_is_not_on_its_way_and_keeps_the_numbers(debtor: Debtor, now: datetime) -> None:
    debtor("Sent")
    debtor("Waiting")
    run = start(now)
    plan_run(run_id=run.pk, now=now)
    render_batch(now=now)
    Message.objects.filter(customer__name="Waiting").update(due_at=now + timedelta(hours=1))
    deliver_batch(channel="email", now=now)

    assert cancel_run(run=run, now=now)
    assert not cancel_run(run=run, now=now)

    assert reasons(run) == {"Sent": "sent", "Waiting": "canceled"}
    assert deliver_batch(channel="email", now=now + timedelta(days=1)).leased == 0
    kept = IssuedStatement.objects.order_by("number").values_list("number", "canceled_at")
    assert list(kept) == [(1, None), (2, now)]


def test_each_message_that_a_canceled_run_stops_is_an_event_told_once(
    debtor: Debtor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.delivering.announcing.CANCELED_AT_ONCE", 2)
    customers = {debtor(name).pk for name in ("One", "Two", "Three")}
    run = start(now)
    plan_run(run_id=run.pk, now=now)
    cancel_run(run=run, now=now)
    told = Event.objects.filter(type="email.not_sent")
    assert not told.exists()

    while announce_canceled(now=now):
        pass
    assert not announce_canceled(now=now)

    assert sorted(told.values_list("customer_id", flat=True)) == sorted(customers)
    assert {event.data["object"]["state"] for event in told} == {"rejected"}


def test_a_run_pauses_itself_when_too_much_fails(
    debtor: Debtor, now: datetime, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.delivering.settling.MOST_FAILURES", 2)
    for _ in range(4):
        sink.behaviours[debtor().email] = "552 5.2.2 mailbox full"

    run = finish(start(now), now)

    assert run.state == "paused"
    assert run.pause_reason == "4 of the last 4 messages failed."
    assert resume_run(run=run, now=now)
    assert finish(run, now).state == "finished"
    sink.behaviours.clear()
    assert retry_failed(run=run, now=now) == 4
    assert finish(run, now).state == "finished"
    assert progress_of(run).sent == 4


def test_a_dry_run_stores_nothing_and_says_what_would_happen(debtor: Debtor, now: datetime) -> None:
    debtor(amount="100")
    debtor(amount=None)

    preview = preview_run(run=describe_run(request=JULY, now=now))

    assert (preview.selected, preview.to_send, dict(preview.skipped)) == (2, 1, {"no_balance": 1})
    assert preview.totals == {"usd": 10000}
    assert not StatementRun.objects.exists()
    assert not IssuedStatement.objects.exists()


def test_a_channel_that_is_not_connected_starts_no_run(debtor: Debtor, now: datetime, settings: Any) -> None:
    settings.DELIVERY_MODE = "live"
    debtor()

    with pytest.raises(Refused, match="Lob"):
        start(now, RunRequest(type="open_item", channel="letter"))

    assert not StatementRun.objects.exists()


def test_a_clock_moved_over_two_due_moments_finds_two_runs(debtor: Debtor, now: datetime) -> None:
    debtor()
    schedule = StatementSchedule.objects.create(
        name="Month end", type="balance_forward", channel="email", starts_after=at("2026-07-15")
    )

    runs = start_due_runs(now=at("2026-09-02"))

    assert [run.due_at for run in runs] == [at("2026-08-01", "06:00:00"), at("2026-09-01", "06:00:00")]
    assert [(run.start_at, run.end_at) for run in runs] == [
        (at("2026-07-01", "00:00:00"), at("2026-07-31", "23:59:59")),
        (at("2026-08-01", "00:00:00"), at("2026-08-31", "23:59:59")),
    ]
    assert start_due_runs(now=at("2026-09-02")) == []
    assert schedule.runs.count() == 2
    for run in runs:
        finish(run, at("2026-09-02"))
    assert Message.objects.filter(state="sent").count() == 2


def test_a_disabled_schedule_starts_nothing(debtor: Debtor, now: datetime) -> None:
    StatementSchedule.objects.create(name="Off", enabled=False, starts_after=at("2026-01-15"))

    assert start_due_runs(now=now) == []


def test_planning_a_batch_costs_a_fixed_number_of_queries(
    debtor: Debtor, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        debtor()
    run = start(now)

    with django_assert_max_num_queries(45):
        plan_run(run_id=run.pk, now=now)

    assert Customer.objects.count() == Message.objects.count() == 30


def _words(request: RunRequest) -> dict[str, Any]:
    return {"type": request.type, "channel": request.channel, "end_day": request.end_day}


def _fail_on_second(limit: int) -> Any:
    from notifications.composing import compose_messages

    calls = 0

    def compose(**words: Any) -> list[Message]:
        nonlocal calls
        calls += 1
        if calls > limit:
            raise Killed
        return compose_messages(**words)

    return compose


def test_a_child_with_an_own_statement_only_is_not_on_the_parents(debtor: Debtor, now: datetime) -> None:
    group = debtor("Group", amount="50")
    north = debtor(
        "North", amount="120", parent_customer=group, bill_to_parent=True, child_statements="child"
    )
    debtor("North East", amount="7", parent_customer=north, bill_to_parent=True)
    debtor("South", amount="80", parent_customer=group, child_statements="parent")

    run = finish(start(now), now)

    assert reasons(run) == {
        "Group": "sent", "North": "sent", "North East": "billed_to_parent", "South": "on_parent_statement",
    }  # fmt: skip
    headlines = dict(IssuedStatement.objects.values_list("customer__name", "headline"))
    assert headlines == {"Group": 13_000, "North": 12_700}
