"""Many messages on each channel with a fault on every fifth call: none lost, none doubled.

`MANY_MESSAGES=2000` asks for as many as the promise is given for, which takes some minutes.
"""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.ledger.accounts import create_customer
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import issue_invoice
from customers.models import Contact
from notifications.composing import release_documents
from notifications.delivering import ask_vendor, deliver_batch
from notifications.models import Message, RunItem, StatementRun
from notifications.runs import RunRequest, finish_runs, plan_run, progress_of, start_run
from statements.models import IssuedStatement
from statements.tasks import render_statements
from tests.vendors.lob_server import LobServer
from tests.vendors.server import BEFORE, EVERY_KIND, UNCLEAR_FOR_GOOD, each_fifth
from tests.vendors.twilio_server import TwilioServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MANY = int(os.environ.get("MANY_MESSAGES", "160"))


def test_texts_with_a_fault_on_every_fifth_call(twilio: TwilioServer, live: Any) -> None:
    run = _start("sms", live)
    twilio.script = each_fifth()

    _carry(run, "sms")

    counts = progress_of(run)
    rows = Message.objects.filter(run=run)
    unknown = set(rows.filter(state="unknown").values_list("recipient", flat=True))
    taken = {text["to"] for text in twilio.texts}
    _every_kind_was_met(twilio.served)
    # None doubled, none lost, and everything that Twilio has is known to be there.
    assert set(twilio.copies.values()) == {1}
    assert counts.selected == counts.sent + counts.unknown == MANY
    assert taken == set(rows.filter(state="sent").values_list("recipient", flat=True))
    assert not unknown & taken
    # Every unclear one is listed, and there are no more of them than faults that leave one unclear.
    assert len(unknown) == counts.unknown == sum(twilio.served[kind] for kind in UNCLEAR_FOR_GOOD)
    assert RunItem.objects.filter(run=run, outcome="unknown").count() == len(unknown)


def test_letters_with_a_fault_on_every_fifth_call(lob: LobServer, live: Any) -> None:
    run = _start("letter", live)
    lob.script = each_fifth()

    _carry(run, "letter")

    counts = progress_of(run)
    _every_kind_was_met(lob.served)
    # The key makes every repetition safe, so that nothing stays unclear.
    assert (counts.sent, counts.unknown, counts.failed) == (MANY, 0, 0)
    assert set(lob.copies.values()) == {1}
    assert len(lob.copies) == MANY
    assert set(lob.copies) == set(Message.objects.filter(run=run).values_list("public_id", flat=True))


def _start(channel: str, live: Any) -> StatementRun:
    live.VENDOR_TIMEOUT_SECONDS = 0.3
    live.WORK_NEW_ROW_SECONDS, live.WORK_BATCH_ROWS = 60, 100
    moment = datetime.now(UTC) - timedelta(days=20)
    for index in range(MANY):
        home = {"address1": f"{index} Main St", "city": "Boston", "state": "MA", "postal_code": "02110"}
        customer = create_customer(values={"name": f"Customer {index}", **home}, now=moment)
        Contact.objects.create(
            customer=customer, name="Ann", phone=f"+1617{5550000 + index}", sms_enabled=True
        )
        line = LineInput(name="Goods", unit_cost=Decimal(10))
        issue_invoice(customer=customer, lines=[line], values={"date": moment}, now=moment)
    run, _ = start_run(request=RunRequest(type="open_item", channel=channel), now=datetime.now(UTC))
    while plan_run(run_id=run.pk, now=datetime.now(UTC)):
        pass
    while channel == "letter" and IssuedStatement.objects.exclude(render_state="ready").exists():
        render_statements()
    release_documents(now=datetime.now(UTC))
    return run


def _carry(run: StatementRun, channel: str) -> None:
    """What the timetable does, with a clock that runs fast."""
    clock = datetime.now(UTC)
    for _ in range(3000):
        clock += timedelta(seconds=5)
        deliver_batch(channel=channel, now=clock)
        ask_vendor(channel=channel, now=clock)
        waiting = Message.objects.filter(run=run)
        asked = waiting.filter(state="unknown", ask_at__isnull=False)
        if not waiting.open().exists() and not asked.exists():
            break
    finish_runs(now=clock)
    assert StatementRun.objects.get(pk=run.pk).state == StatementRun.State.FINISHED


def _every_kind_was_met(served: Counter[str]) -> None:
    assert set(EVERY_KIND) <= set(served)
    assert min(served[kind] for kind in (*EVERY_KIND, *BEFORE)) >= MANY // 5 // len(EVERY_KIND) - 1
