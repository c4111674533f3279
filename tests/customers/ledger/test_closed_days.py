"""The audit trail cannot be touched unnoticed: each closed day has a hash over the day before."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.ledger.accounts import create_customer, delete_customer
from customers.ledger.closed_days import broken_days, close_days
from customers.ledger.events import record_fact
from customers.models import Event, EventDay

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def happened(day: int, name: str = "Acme", **data: Any) -> Event:
    """Something that was recorded on a day of that week."""
    event = record_fact(
        type="customer.updated", object_type="customer", object_id="1",
        data={"object": {"name": name, "credit_limit": Decimal("99.50"), **data}}, now=MONDAY,
    )  # fmt: skip
    Event.objects.filter(pk=event.pk).update(recorded_at=MONDAY + day * DAY)
    return event


@pytest.fixture
def week() -> list[Event]:
    """Two events on Monday, one on Wednesday, all closed on Friday."""
    events = [happened(0), happened(0, "Bolt", tags=["a", None, 1]), happened(2)]
    close_days(now=MONDAY + 4 * DAY)
    return events


def test_every_day_that_is_over_is_closed_once(week: list[Event]) -> None:
    days = EventDay.objects.order_by("day")

    assert list(days.values_list("day", "count")) == [
        (date(2026, 3, 2), 2), (date(2026, 3, 3), 0), (date(2026, 3, 4), 1), (date(2026, 3, 5), 0)
    ]  # fmt: skip
    assert [row.previous for row in days] == ["", *[row.sha256 for row in days][:-1]]
    assert len({row.sha256 for row in days}) == 4
    assert close_days(now=MONDAY + 4 * DAY) == 0
    assert list(broken_days()) == []


def test_a_day_is_not_closed_before_it_is_well_over() -> None:
    happened(0)
    midnight = datetime(2026, 3, 3, tzinfo=UTC)

    assert close_days(now=midnight + timedelta(hours=1)) == 0
    assert close_days(now=midnight + timedelta(hours=3)) == 1


def test_without_events_there_is_nothing_to_close() -> None:
    assert close_days(now=MONDAY) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "nobody"},
        {"type": "customer.created"},
        {"data": {"object": {"name": "Acme", "credit_limit": Decimal("99.51")}}},
        {"previous": {}},
        {"timestamp": MONDAY + timedelta(seconds=1)},
        {"recorded_at": MONDAY + timedelta(microseconds=1)},
        {"address": "203.0.113.9"},
    ],
)
def test_a_changed_row_is_noticed(week: list[Event], change: dict[str, Any]) -> None:
    Event.objects.filter(pk=week[0].pk).update(**change)

    assert list(broken_days()) == ["audit trail of 2026-03-02: the events are not those that were closed"]


def test_a_removed_row_and_one_that_was_slipped_in_are_noticed(week: list[Event]) -> None:
    week[2].delete()
    happened(1)

    assert list(broken_days()) == [
        "audit trail of 2026-03-03: 0 events were closed, 1 are there",
        "audit trail of 2026-03-04: 1 events were closed, 0 are there",
    ]


def test_a_day_that_was_closed_anew_or_removed_breaks_the_chain(week: list[Event]) -> None:
    EventDay.objects.filter(day=date(2026, 3, 3)).delete()

    assert list(broken_days()) == [
        "audit trail: the closed days before 2026-03-04 are missing",
        "audit trail of 2026-03-04: the events are not those that were closed",
    ]


def test_deleting_an_account_does_not_touch_its_history() -> None:
    customer = create_customer(values={"name": "Acme"}, now=MONDAY)
    Event.objects.update(recorded_at=MONDAY)
    close_days(now=MONDAY + DAY + timedelta(hours=12))
    pk = customer.pk

    delete_customer(customer=customer, now=MONDAY + 2 * DAY)

    assert list(Event.objects.values_list("customer_id", flat=True)) == [pk, pk]
    assert list(broken_days()) == []


def test_reconcile_tells_and_ends_with_one(week: list[Event]) -> None:
    call_command("reconcile", stdout=StringIO())
    Event.objects.filter(pk=week[0].pk).update(actor="nobody")
    out = StringIO()

    with pytest.raises(CommandError, match="1 differences"):
        call_command("reconcile", stdout=out)

    assert out.getvalue() == "audit trail of 2026-03-02: the events are not those that were closed\n"
