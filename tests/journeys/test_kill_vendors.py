"""Workers killed while texts and letters go out to vendors that fail at every fifth: none lost, none doubled,
what is unclear is found or listed.

The vendors stand in this process, on real sockets, and keep what they took. `MANY_MESSAGES=2000` asks for as
many as the promise is given for, which takes a quarter of an hour.
"""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.ledger.accounts import create_customer
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice
from customers.models import Company, Contact
from notifications import tasks
from notifications.models import Message, StatementRun
from notifications.runs import RunRequest, progress_of, start_run
from notifications.vendors import connect_lob, connect_twilio
from tests.desk import at_desk
from tests.journeys.crew import kill_and_replace, ring_until, wait_for_the_end, workers
from tests.vendors.lob_server import KEY, lob_server
from tests.vendors.server import EVERY_KIND, UNCLEAR_FOR_GOOD, each_fifth
from tests.vendors.twilio_server import ACCOUNT, SENDER, TOKEN, twilio_server

CUSTOMERS = int(os.environ.get("MANY_MESSAGES", "40"))
KILLS = max(4, CUSTOMERS // 100)
HURRY = {
    "SMS_QUIET_HOURS": "",
    "TWILIO_PER_SECOND": "0",
    "LOB_PER_SECOND": "0",
    "LOOK_UP_FIRST_SECONDS": "0.5",
    "LOOK_UP_AGAIN_SECONDS": "1",
    "VENDOR_TIMEOUT_SECONDS": "1",
}
HOME = {"city": "Boston", "state": "MA", "postal_code": "02110"}

pytestmark = pytest.mark.django_db(transaction=True)


def test_texts_whose_workers_are_killed(tmp_path: Path, settings: Any) -> None:
    with twilio_server(delay=0.05, script=each_fifth()) as twilio:
        settings.DELIVERY_MODE, settings.TWILIO_BASE_URL = "live", twilio.url
        connect_twilio(account_sid=ACCOUNT, auth_token=TOKEN, sender=SENDER, now=timezone.now())
        run = _prepare_run("sms")
        with workers(tmp_path, {**HURRY, "TWILIO_BASE_URL": twilio.url}) as crew:
            kill_and_replace(run, crew, kills=KILLS)
            wait_for_the_end(run)
            _wait_for_the_answers(run)

    counts, rows = progress_of(run), Message.objects.filter(run=run)
    taken = {text["to"] for text in twilio.texts}
    assert set(twilio.copies.values()) == {1}
    assert counts.selected == counts.sent + counts.unknown == CUSTOMERS
    assert counts.unknown <= KILLS + sum(twilio.served[kind] for kind in UNCLEAR_FOR_GOOD)
    assert _listed("sms") == set(rows.filter(state="unknown").values_list("recipient", flat=True))
    assert sum(twilio.served[kind] for kind in EVERY_KIND) >= CUSTOMERS // 5
    # What Twilio has is known to be sent, what is unclear Twilio does not have.
    assert taken == set(rows.filter(state="sent").values_list("recipient", flat=True))
    assert twilio.broken_contracts == []


def test_letters_whose_workers_are_killed(tmp_path: Path, settings: Any) -> None:
    Company.objects.update_or_create(pk=1, defaults={"name": "Harbour", "address1": "1 Quay", **HOME})
    with lob_server(delay=0.05, script=each_fifth()) as lob:
        settings.DELIVERY_MODE, settings.LOB_BASE_URL = "live", lob.url
        connect_lob(api_key=KEY, now=timezone.now())
        run = _prepare_run("letter")
        with workers(tmp_path, {**HURRY, "LOB_BASE_URL": lob.url}) as crew:
            kill_and_replace(run, crew, kills=KILLS)
            wait_for_the_end(run)
            _wait_for_the_answers(run)

    counts = progress_of(run)
    assert (counts.sent, counts.unknown, counts.failed) == (CUSTOMERS, 0, 0)
    assert _listed("letter") == set()
    assert sum(lob.served[kind] for kind in EVERY_KIND) >= CUSTOMERS // 5
    assert set(lob.copies.values()) == {1}
    assert set(lob.copies) == set(Message.objects.filter(run=run).values_list("public_id", flat=True))
    assert lob.broken_contracts == []


def _prepare_run(channel: str) -> StatementRun:
    moment = timezone.now() - timedelta(days=20)
    for index in range(CUSTOMERS):
        values = {"name": f"Customer {index}", "address1": f"{index} Main St", **HOME}
        customer = create_customer(values=values, now=moment)
        Contact.objects.create(
            customer=customer, name="Ann", phone=f"+1617{5550000 + index}", sms_enabled=True
        )
        line = LineInput(name="Goods", unit_cost=Decimal(10 + index))
        issue_invoice(customer=customer, lines=[line], values={"date": moment}, now=moment)
    run, _ = start_run(request=RunRequest(type="open_item", channel=channel), now=timezone.now())
    tasks.ring(tasks.plan_run, run_id=run.pk)
    return run


def _wait_for_the_answers(run: StatementRun) -> None:
    """Until no vendor is to be asked about an unclear message any more."""
    unclear = Message.objects.filter(run=run, state="unknown", ask_at__isnull=False)
    ring_until(lambda: not unclear.exists())


def _listed(channel: str) -> set[str]:
    """Whom the page of unclear messages shows, over all of its pages."""
    desk, found = at_desk(), set[str]()
    number: int | None = 1
    while number:
        where = reverse("admin:notifications_message_unclear")
        sections = desk.get(where, {f"{channel}_page": number}).context["sections"]
        shown = next((section for section in sections if section["channel"] == channel), None)
        found |= {row["to"] for row in shown["rows"]} if shown else set()
        number = shown["older"] if shown else None
    return found
