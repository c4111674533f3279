"""One line of time for everything about a customer."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.ledger.accounts import update_customer
from customers.ledger.closing import write_off_invoice
from customers.ledger.notes import create_note
from customers.ledger.paying import record_payment
from customers.models import Charge, Customer, Note
from notifications.channels.base import TrackingEvent
from notifications.models import Message
from notifications.sending import send_statement
from notifications.tracking import apply_event
from statements.options import day_options
from tests.desk import at_desk, page_text, staff
from tests.ledgers import CHICAGO, at

Debtor = Callable[..., Customer]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]
LATE = at("2026-08-05", "10:00:00")


@pytest.fixture(autouse=True)
def _today(time_machine: Any) -> None:
    time_machine.move_to(LATE, tick=False)


@pytest.fixture
def north(debtor: Debtor, now: datetime) -> Customer:
    """Billed in July; written to, paid, charged, noted and changed in August."""
    north = debtor("North")
    options = day_options(type="open_item", zone=CHICAGO, end_day=now.date())
    [mail] = send_statement(customer=north, channel="email", options=options, now=now)
    for type_ in ("delivered", "opened"):
        event = TrackingEvent(type=type_, occurred_at=now + timedelta(hours=1), vendor="postmark")
        apply_event(message=mail, event=event, now=now + timedelta(hours=1))
    moment = now + timedelta(hours=2)
    record_payment(customer=north, amount=5_000, now=moment, values={"date": moment, "method": "check"})
    write_off_invoice(invoice=north.invoices.get(), now=moment + timedelta(hours=1))
    create_note(notes="Called; will pay <b>soon</b>", now=moment, customer=north, user=staff("Greta"))
    update_customer(customer=north, changes={"phone": "+13125550100"}, now=moment)
    charge = Charge.objects.create(
        customer=north, currency="usd", amount=7_000, method="credit_card", gateway="test", status="failed",
        failure_message="Insufficient funds", automatic=True,
    )  # fmt: skip
    Charge.objects.filter(pk=charge.pk).update(created_at=now + timedelta(hours=5))
    return north


def where(customer: Customer, **query: Any) -> str:
    words = "&".join(f"{key}={value}" for key, value in {"tab": "timeline", **query}.items())
    return f"{reverse('admin:customers_customer_change', args=[customer.pk])}?{words}"


def lines(desk: Client, customer: Customer, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.get(where(customer, **query)).context["lines"]
    return found


def test_messages_money_charges_notes_and_changes_stand_in_one_line_of_time(north: Customer) -> None:
    shown = lines(at_desk(), north)

    by_kind = {line["kind"]: line for line in reversed(shown)}
    assert set(by_kind) == {"Messages", "Money", "Charges", "Notes", "Changes"}
    mail = by_kind["Messages"]
    assert mail["what"] == "Email to accounts1@example.test"
    assert (mail["state"], mail["document"] != "") == ("Delivered", True)
    assert "delivered Aug 3, 2026, 10:00, opened 1 time, sandbox <" in mail["more"]
    assert by_kind["Charges"]["detail"] == "Insufficient funds"
    assert by_kind["Charges"]["amount"] == "$70.00"
    assert by_kind["Notes"]["what"] == "Note by Greta"
    money = [line["what"] for line in shown if line["kind"] == "Money"]
    assert money == ["Write-off INV-0001", "Payment", "Invoice INV-0001"]
    assert "Customer updated" in [line["what"] for line in shown]
    assert "phone" in [line["detail"] for line in shown]


def test_the_newest_comes_first(north: Customer) -> None:
    whats = [
        line["what"] for line in lines(at_desk(), north) if line["kind"] in ("Messages", "Money", "Charges")
    ]

    assert whats == [
        "AutoPay charge",
        "Write-off INV-0001",
        "Payment",
        "Email to accounts1@example.test",
        "Invoice INV-0001",
    ]


@pytest.mark.parametrize("kind", ["messages", "money", "charges", "notes", "changes"])
def test_one_kind_at_a_time(north: Customer, kind: str) -> None:
    shown = lines(at_desk(), north, kind=kind)

    assert shown
    assert {line["kind"].lower() for line in shown} == {kind}
    assert len(lines(at_desk(staff("Bob")), north, kind="nonsense")) > len(shown)


def test_what_people_wrote_is_text(north: Customer) -> None:
    page = page_text(at_desk().get(where(north)))

    assert "will pay &lt;b&gt;soon&lt;/b&gt;" in page
    assert "<b>soon" not in page


def test_a_day_in_the_past_shows_what_had_happened_by_then(north: Customer) -> None:
    shown = lines(at_desk(), north, as_of="2026-08-01")

    assert [line["what"] for line in shown if line["kind"] in ("Money", "Messages")] == ["Invoice INV-0001"]


def test_many_lines_are_paged_without_loss(north: Customer) -> None:
    notes = [Note(customer=north, notes=f"No. {number}", created_at=LATE) for number in range(120)]
    Note.objects.bulk_create(notes)
    desk, found, page = at_desk(), list[str](), 1
    while page:
        answer = desk.get(where(north, kind="notes", p=page))
        found += [line["detail"] for line in answer.context["lines"]]
        page = answer.context["older"]

    assert len(found) == len(set(found)) == 121
    assert found[0] == "No. 119"
    assert [len(lines(desk, north, p=p)) for p in ("0", "x", "-1")] == [50, 50, 50]
    assert lines(desk, north, p="99999") == []


def test_it_costs_the_same_queries_for_many_lines(
    north: Customer,
) -> None:
    desk = at_desk()

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(where(north)).status_code == 200
        return len(seen)

    queries()
    few = queries()
    mail = Message.objects.get()
    for number in range(30):
        Note.objects.create(customer=north, notes=f"No. {number}")
        Message.objects.create(
            channel="email", customer=north, recipient=f"a{number}@x.test", recipient_key=f"a{number}@x.test",
            issued_statement=mail.issued_statement,
        )  # fmt: skip
        Charge.objects.create(
            customer=north, currency="usd", amount=100, method="credit_card", gateway="test"
        )

    assert queries() <= few


def test_account_managers_see_their_own_customers_only(north: Customer) -> None:
    mona = staff("Mona", role="account_manager")
    assert at_desk(mona).get(where(north)).status_code == 404

    north.owner = mona
    north.save()

    assert lines(at_desk(mona), north)


def test_the_lines_of_others_are_not_shown(north: Customer, debtor: Debtor) -> None:
    other = debtor("Other")

    shown = lines(at_desk(), other)

    assert {line["kind"] for line in shown} == {"Money", "Changes"}
    assert not re.search("INV-0001|Greta", str(shown))
