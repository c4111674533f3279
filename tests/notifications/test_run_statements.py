"""The command, as people type it."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers.ledger.accounts import create_contact
from notifications.models import Message, StatementRun
from statements.models import IssuedStatement
from tests.ledgers import at
from tests.notifications.conftest import Debtor
from tests.notifications.mail_server import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pdf")]

WORDS = ("--type", "open_item", "--end", "2026-07-31", "--channel", "email")


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("run_statements", *(words or (*WORDS, "--wait")), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_waits_until_everything_is_out_without_any_worker(debtor: Debtor) -> None:
    debtor()
    debtor(amount=None)

    said = run()

    assert "Finished: 1 sent, 0 failed, 1 skipped (1 no balance), 0 unknown" in said
    assert StatementRun.objects.get().end_at == at("2026-07-31", "23:59:59")


def test_texts_that_wait_for_the_morning_are_left_to_the_workers(debtor: Debtor, time_machine: Any) -> None:
    customer = debtor("Night Owl")
    create_contact(
        customer=customer,
        values={"name": "Ann", "phone": "+13125550100", "sms_enabled": True},
        now=timezone.now(),
    )
    words = ("--type", "open_item", "--end", "2026-07-31", "--channel", "sms", "--wait")
    time_machine.move_to(at("2026-08-03", "23:10:00"), tick=True)

    said = run(*words)

    assert "1 messages may not go before 2026-08-04 08:" in said
    assert Message.objects.get().state == "queued"
    time_machine.move_to(at("2026-08-04", "09:10:00"), tick=True)
    assert "Finished: 1 sent" in run(*words)


def test_the_same_words_report_the_run_and_send_nothing(debtor: Debtor) -> None:
    debtor()
    run()

    said = run()

    assert "did the same already" in said
    assert Message.objects.count() == 1
    assert "1 sent" in run(*WORDS, "--wait", "--again", "The logo was missing")
    assert Message.objects.count() == 2


def test_a_dry_run_tells_and_stores_nothing(debtor: Debtor) -> None:
    debtor(amount="1234.50")
    debtor(email="")

    said = run(*WORDS, "--dry-run")

    assert "email: 1 customers, 1 messages" in said
    assert "skipped, no address: 1" in said
    assert "total USD: 1,234.50" in said
    assert not StatementRun.objects.exists()
    assert not IssuedStatement.objects.exists()


def test_only_the_named_customers_are_taken(debtor: Debtor) -> None:
    debtor("Acme", number="A-1")
    debtor("Beta", number="B-1")

    run(*WORDS, "--wait", "--customer", "a-1")

    assert Message.objects.get().customer.name == "Acme"  # type: ignore[union-attr]


def test_a_run_that_was_cut_short_goes_on(debtor: Debtor) -> None:
    debtor()
    out = run(*WORDS)
    assert "in the background" in out
    assert not Message.objects.exists()

    assert "1 sent" in run()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((*WORDS, "--customer", "nobody"), 2),
        (("--type", "balance_forward", "--start", "2026-08-01", "--end", "2026-07-31"), 2),
        ((*WORDS, "--currency", "zzz"), 2),
    ],
)
def test_words_that_make_no_sense_end_with_two(debtor: Debtor, words: tuple[str, ...], code: int) -> None:
    with pytest.raises(CommandError) as refusal:
        run(*words)

    assert refusal.value.returncode == code
    assert not StatementRun.objects.exists()


def test_failures_end_with_one(debtor: Debtor, sink: Sink) -> None:
    sink.behaviours[debtor().email] = "550 5.1.1 no such user"

    with pytest.raises(CommandError) as refusal:
        run()

    assert refusal.value.returncode == 1


def test_a_run_that_stopped_itself_ends_with_three(debtor: Debtor, sink: Sink, settings: Any) -> None:
    debtor()
    sink.at_sender = "535 5.7.8 bad credentials"

    with pytest.raises(CommandError, match="email channel is stopped") as refusal:
        run()

    assert refusal.value.returncode == 3
