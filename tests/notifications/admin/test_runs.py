"""Runs from the back office: dry run, start, live page, levers; schedules with their dates."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from notifications.models import RunItem, StatementRun, StatementSchedule
from notifications.runs import drive
from tests.desk import at_desk, page_text, staff

Debtor = Callable[..., Customer]
ADD = reverse("admin:notifications_statementrun_add")
WORDS = {"type": "open_item", "end_day": "2026-08-02", "items": "open", "channel": "email"}
pytestmark = pytest.mark.django_db


def page_url(run: StatementRun) -> str:
    return reverse("admin:notifications_statementrun_change", args=[run.pk])


def steer(desk: Client, run: StatementRun, act: str, **values: str) -> StatementRun:
    desk.post(reverse("admin:notifications_statementrun_act", args=[run.pk, act]), values)
    run.refresh_from_db()
    return run


def started(desk: Client) -> StatementRun:
    desk.post(ADD, {**WORDS, "start": "1"})
    return StatementRun.objects.latest("pk")


def test_a_dry_run_tells_what_would_be_sent(debtor: Debtor) -> None:
    debtor("Owes"), debtor("Paid", amount=None), debtor("Nowhere", email="")

    shown = at_desk().post(ADD, {**WORDS, "preview": "1"}).context["preview"]

    assert (shown["selected"], shown["to_send"]) == (3, 1)
    assert sorted(shown["skipped"]) == [("No address", 1), ("No balance", 1)]
    assert shown["totals"] == ["$120.00"]
    assert not StatementRun.objects.exists()


def test_starts_for_the_selected_customers_only(debtor: Debtor) -> None:
    chosen, _ = debtor("Chosen"), debtor("Other")
    desk = at_desk()

    form = desk.post(
        reverse("admin:customers_customer_changelist"),
        {"action": "send_statements", "_selected_action": [chosen.pk]},
    )
    page = desk.get(form.headers["Location"])
    assert page.context["chosen"] == 1
    selection = page.context["form"]["selection"].value()
    desk.post(ADD, {**WORDS, "selection": selection, "start": "1"})

    assert StatementRun.objects.get().customer_ids == [chosen.pk]


def test_starts_for_all_matching_customers_beyond_the_page(debtor: Debtor) -> None:
    chosen = [debtor(f"Harbor {number}").pk for number in range(51)]
    debtor("Other")
    desk = at_desk()

    form = desk.post(
        f"{reverse('admin:customers_customer_changelist')}?q=harbor",
        {"action": "send_statements", "select_across": "1", "_selected_action": chosen[:1]},
    )
    page = desk.get(form.headers["Location"])
    selection = page.context["form"]["selection"].value()
    desk.post(ADD, {**WORDS, "selection": selection, "start": "1"})

    assert StatementRun.objects.get().customer_ids == chosen


def test_the_list_tells_unclear_customers_from_failed_ones(debtor: Debtor) -> None:
    customers = [debtor(), debtor(), debtor()]
    desk = at_desk()
    run = started(desk)
    for customer, outcome in zip(customers, ("sent", "unknown", "unknown"), strict=True):
        RunItem.objects.create(run=run, customer=customer, outcome=outcome, created_at=run.created_at)

    assert "1 / 0 / 0 / 2" in page_text(desk.get(reverse("admin:notifications_statementrun_changelist")))


def test_an_unknown_selection_selects_nobody(debtor: Debtor) -> None:
    debtor("North")

    answer = at_desk().post(ADD, {**WORDS, "selection": "gone", "start": "1"})

    assert "No customer is selected." in page_text(answer)
    assert not StatementRun.objects.exists()


def test_the_same_run_again_shows_the_first_and_sends_nothing(debtor: Debtor) -> None:
    debtor("North")
    desk = at_desk()
    run = started(desk)

    answer = desk.post(ADD, {**WORDS, "start": "1"}, follow=True)

    assert StatementRun.objects.count() == 1
    assert answer.request["PATH_INFO"] == page_url(run)
    assert "started before" in page_text(answer)


def test_a_run_ends_with_its_counts_on_the_page(debtor: Debtor, now: datetime) -> None:
    debtor("North"), debtor("Paid", amount=None)
    desk = at_desk()
    run = started(desk)
    assert 'hx-trigger="every 1s"' in page_text(desk.get(page_url(run)))

    drive(run_id=run.pk, clock=lambda: now)

    shown = desk.get(page_url(run))
    assert [(name, count) for name, count, _ in shown.context["counts"]] == [
        ("Sent", 1), ("Failed", 0), ("Skipped", 1), ("Unclear", 0), ("Waiting", 0),
    ]  # fmt: skip
    polled = desk.get(reverse("admin:notifications_statementrun_progress", args=[run.pk]))
    assert polled.headers["HX-Refresh"] == "true"


def test_starting_again_needs_a_reason(debtor: Debtor, now: datetime) -> None:
    debtor("North")
    desk = at_desk()
    run = started(desk)
    drive(run_id=run.pk, clock=lambda: now)

    steer(desk, run, "again")
    assert StatementRun.objects.count() == 1
    steer(desk, run, "again", reason="The logo was wrong")

    repeated = StatementRun.objects.latest("pk")
    assert (repeated.repeat, repeated.repeat_reason, repeated.started_by) == (1, "The logo was wrong", "Ada")


def test_pauses_resumes_and_cancels(debtor: Debtor) -> None:
    debtor("North")
    desk = at_desk()
    run = started(desk)

    assert steer(desk, run, "pause").state == "paused"
    assert steer(desk, run, "resume").state == "planning"
    assert steer(desk, run, "cancel").state == "canceled"


@pytest.mark.parametrize(("role", "status"), [("read_only", 403), ("account_manager", 403), ("finance", 200)])
def test_only_finance_starts_runs(company: object, role: str, status: int) -> None:
    assert at_desk(staff("Rita", role=role)).get(ADD).status_code == status


def test_a_schedule_shows_its_next_five_dates(company: object) -> None:
    form = {
        "name": "Month end", "enabled": "on", "rhythm": "monthly", "day_of_month": "31", "weekday": "0",
        "time_of_day": "06:00", "type": "open_item", "items": "open", "channel": "preferred",
    }  # fmt: skip
    desk = at_desk()

    answer = desk.post(reverse("admin:notifications_statementschedule_add"), form, follow=True)

    assert len(answer.context["dates"]) == 5
    assert all(date["at"].endswith("06:00") for date in answer.context["dates"])
    assert StatementSchedule.objects.get().starts_after is not None
