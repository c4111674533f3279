"""Killed between any two commits: nothing is charged twice, nothing stays in a dead hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from customers.autopay import attempts
from customers.autopay.charging import charge_invoice
from customers.autopay.collecting import charge_due_invoices
from customers.autopay.gateways import Outcome, Status
from customers.autopay.gateways.sandbox import SandboxGateway
from customers.autopay.outcomes import record_outcome
from customers.autopay.refunds import refund_charge
from customers.autopay.resolving import settle_unclear_charges
from customers.ledger.applying import Application
from customers.ledger.crediting import adjust_credit
from customers.ledger.paying import apply_payment, record_payment
from customers.ledger.settling import settle_documents
from customers.models import Charge, ChargeClaim, ChargeRefund, Event, Invoice, Payment, Refund
from tests.customers.autopay.wallets import DUE, check_books, on_autopay, owed, taken_at_gateway

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Killed(BaseException):
    """A process that is gone: nothing after it runs."""


@pytest.fixture
def killed_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on the process dies right after this commit."""

    def die_after(step: str) -> None:
        def die(reached: str) -> None:
            if reached == step:
                monkeypatch.setattr(attempts, "after_commit", lambda reached: None)
                raise Killed(step)

        monkeypatch.setattr(attempts, "after_commit", die)

    return die_after


@pytest.fixture(autouse=True)
def _books(db: None) -> Iterator[None]:
    yield
    check_books()


def sweep(now: Any) -> None:
    """What the timetable rings for."""
    settle_unclear_charges(now=now)
    charge_due_invoices(now=now, most=20, seconds=20)


@pytest.mark.parametrize("step", ["prepared", "sent", "asked", "recorded"])
@pytest.mark.parametrize("kind", ["tok_visa", "tok_bank", "tok_decline_charge"])
def test_a_charge_that_died_is_brought_to_its_end(
    killed_after: Callable[[str], None], step: str, kind: str
) -> None:
    invoice = owed(on_autopay(kind))
    killed_after(step)

    with pytest.raises(Killed):
        charge_invoice(invoice=invoice, now=DUE)
    sweep(DUE + MINUTE)
    assert Charge.objects.count() == 1, "nobody may charge what is in a dead hand"
    for minutes in (6, 7, 70):
        sweep(DUE + minutes * MINUTE)

    invoice.refresh_from_db()
    taken = [] if kind == "tok_decline_charge" else [10_000]
    assert taken_at_gateway() == taken
    assert Payment.objects.exclude(status="failed").count() == len(taken)
    assert invoice.balance == (0 if kind == "tok_visa" else 10_000)
    assert invoice.attempt_count == (1 if kind == "tok_decline_charge" else 0)
    assert ChargeClaim.objects.filter(released_at=None).count() == (1 if kind == "tok_bank" else 0)


def test_what_was_never_sent_ends_without_counting_as_an_attempt(killed_after: Callable[[str], None]) -> None:
    invoice = owed(on_autopay())
    killed_after("prepared")
    with pytest.raises(Killed):
        charge_invoice(invoice=invoice, now=DUE)

    settle_unclear_charges(now=DUE + 6 * MINUTE)

    charge = Charge.objects.get()
    invoice.refresh_from_db()
    assert (charge.status, charge.failure_code) == ("failed", "not_sent")
    assert (invoice.attempt_count, invoice.first_failed_at) == (0, None)
    assert taken_at_gateway() == []
    # The process wakes up after all: its charge is not sent any more.
    assert attempts.carry_out(charge=charge, now=DUE + 7 * MINUTE).status == "failed"
    assert taken_at_gateway() == []


def test_a_lost_answer_keeps_the_claim_until_the_gateway_tells(settings: Any) -> None:
    invoice = owed(on_autopay("tok_answer_lost"))

    charge = charge_invoice(invoice=invoice, now=DUE)

    assert (charge.status, charge.next_look_at) == ("unknown", DUE + 5 * MINUTE)
    assert Payment.objects.get().status == "pending"
    sweep(DUE + 4 * MINUTE)
    assert Charge.objects.get().status == "unknown"
    sweep(DUE + 5 * MINUTE)

    invoice.refresh_from_db()
    assert (invoice.balance, Payment.objects.get().status) == (0, "succeeded")
    assert Payment.objects.get().reference == Charge.objects.get().gateway_id
    assert taken_at_gateway() == [10_000]


def test_a_request_that_never_arrives_is_repeated_under_its_key_and_then_given_up(settings: Any) -> None:
    settings.SAME_KEY_SECONDS = 2 * 3600
    invoice = owed(on_autopay("tok_request_lost"))
    charge = charge_invoice(invoice=invoice, now=DUE)
    looked: list[Any] = []

    for hours in range(30):
        settle_unclear_charges(now=DUE + timedelta(hours=hours, minutes=6))
        charge.refresh_from_db()
        looked.append(charge.looks)

    invoice.refresh_from_db()
    assert (charge.status, charge.failure_code) == ("failed", "not_received")
    assert looked[:3] == [1, 2, 2]
    assert Payment.objects.get().status == "failed"
    assert (invoice.attempt_count, taken_at_gateway()) == (0, [])


def test_an_unclear_charge_ends_up_with_people_when_the_gateway_stays_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    charge = charge_invoice(invoice=owed(on_autopay("tok_request_lost")), now=DUE)
    silent = Outcome(Status.UNKNOWN, code="no_answer")
    monkeypatch.setattr(SandboxGateway, "look_up", lambda self, *, key: silent)

    for days in range(10):
        for minutes in (6, 70):
            settle_unclear_charges(now=DUE + days * DAY + minutes * MINUTE)

    charge.refresh_from_db()
    assert (charge.status, charge.looks, charge.next_look_at) == ("unknown", 7, None)
    assert ChargeClaim.objects.filter(released_at=None).exists()


def test_a_gateway_that_breaks_is_not_a_decline(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(self: Any, order: Any) -> Outcome:
        raise ConnectionResetError

    invoice = owed(on_autopay())
    with monkeypatch.context() as broken:
        broken.setattr(SandboxGateway, "charge", break_down)
        assert charge_invoice(invoice=invoice, now=DUE).status == "unknown"

    sweep(DUE + 5 * MINUTE)

    assert Charge.objects.get().status == "succeeded"
    assert taken_at_gateway() == [10_000]


def test_a_debit_whose_answer_was_lost_is_told_by_its_name_when_it_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_down(self: Any, order: Any) -> Outcome:
        raise ConnectionResetError

    invoice = owed(on_autopay("tok_bank"))
    with monkeypatch.context() as broken:
        broken.setattr(SandboxGateway, "charge", break_down)
        charge_invoice(invoice=invoice, now=DUE)
        sweep(DUE + 5 * MINUTE)
    assert not Event.objects.filter(type="payment.updated").exists(), "a look that found nothing is no news"

    sweep(DUE + 70 * MINUTE)

    charge, payment = Charge.objects.get(), Payment.objects.get()
    told = Event.objects.get(type="payment.updated")
    assert (charge.status, payment.status, payment.reference) == ("pending", "pending", charge.gateway_id)
    assert told.data["object"]["charge"]["gateway_id"] == charge.gateway_id
    assert told.previous is not None
    assert (told.previous["reference"], told.previous["charge"]["gateway_id"]) == (None, None)


def test_money_that_arrives_after_its_charge_was_given_up_is_recorded(
    killed_after: Callable[[str], None],
) -> None:
    invoice = owed(on_autopay())
    killed_after("prepared")
    with pytest.raises(Killed):
        charge_invoice(invoice=invoice, now=DUE)
    settle_unclear_charges(now=DUE + 6 * MINUTE)
    charge = Charge.objects.get()
    record_payment(customer=invoice.customer, amount=10_000, spread=True, now=DUE + 7 * MINUTE)

    record_outcome(
        charge=charge, outcome=Outcome(Status.SUCCEEDED, gateway_id="ch_late"), now=DUE + 8 * MINUTE
    )

    charge.refresh_from_db()
    assert charge.status == "succeeded"
    assert charge.payment is not None
    assert charge.payment.balance == 10_000, "the invoice was paid otherwise: the money stays unapplied"


def test_the_same_news_twice_changes_things_once() -> None:
    invoice = owed(on_autopay("tok_bank"))
    charge = charge_invoice(invoice=invoice, now=DUE)
    cleared = Outcome(Status.SUCCEEDED, gateway_id=charge.gateway_id)
    back = Outcome(Status.DECLINED, gateway_id=charge.gateway_id, message="Came back.")

    for outcome in (cleared, cleared, back, Outcome(Status.PENDING), Outcome(Status.UNKNOWN)):
        record_outcome(charge=charge, outcome=outcome, now=DUE + DAY)

    assert Charge.objects.get().status == "succeeded"
    assert Payment.objects.get().status == "succeeded"
    assert Event.objects.filter(type="invoice.paid").count() == 1


def test_the_last_look_stands_a_charge_down(killed_after: Callable[[str], None]) -> None:
    customer = on_autopay()
    invoice = owed(customer)
    killed_after("prepared")
    with pytest.raises(Killed):
        charge_invoice(invoice=invoice, now=DUE)
    customer.payment_sources.update(chargeable=False)

    ended = attempts.carry_out(charge=Charge.objects.get(), now=DUE)

    invoice.refresh_from_db()
    assert (ended.status, ended.failure_code) == ("failed", "stood_down")
    assert (invoice.attempt_count, taken_at_gateway()) == (0, [])


@pytest.mark.parametrize("step", ["refund prepared", "refund asked"])
def test_a_refund_that_died_is_brought_to_its_end(killed_after: Callable[[str], None], step: str) -> None:
    charge = charge_invoice(invoice=owed(on_autopay()), now=DUE)
    killed_after(step)
    with pytest.raises(Killed):
        refund_charge(charge=charge, amount=4_000, now=DUE)
    assert not Refund.objects.exists()

    settle_unclear_charges(now=DUE + 6 * MINUTE)
    settle_unclear_charges(now=DUE + 70 * MINUTE)

    refund = ChargeRefund.objects.get()
    assert (refund.status, refund.amount) == ("succeeded", 4_000)
    assert Refund.objects.get().amount == 4_000
    assert Invoice.objects.get().balance == 4_000


def test_a_refund_waits_for_credit_that_was_spent_meanwhile(
    killed_after: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway gave the money back, but the credit it had become was spent in between."""
    customer = on_autopay()
    charge = charge_invoice(invoice=owed(customer), now=DUE)
    payment = Payment.objects.get()
    payment.applications.update(ended_at=DUE)
    settle_documents(invoices=[Invoice.objects.get().pk], payments=[payment.pk])
    apply_payment(payment=payment, applications=[Application("credit", 10_000)], now=DUE)
    killed_after("refund asked")
    with pytest.raises(Killed):
        refund_charge(charge=charge, amount=10_000, now=DUE)
    adjust_credit(customer=customer, amount=-5_000, currency="usd", now=DUE + MINUTE)

    settle_unclear_charges(now=DUE + 6 * MINUTE)
    waiting = ChargeRefund.objects.get()
    settle_unclear_charges(now=DUE + 6 * MINUTE)
    adjust_credit(customer=customer, amount=5_000, currency="usd", now=DUE + 7 * MINUTE, date=DUE)
    settle_unclear_charges(now=DUE + 70 * MINUTE)

    assert waiting.status == "unknown"
    assert waiting.failure_message
    assert ChargeRefund.objects.get().status == "succeeded"
    told = Event.objects.filter(type="payment.updated").order_by("-pk")[:2]
    assert [refunds_in(row.data["object"]) for row in told] == [["succeeded"], ["pending"]]
    assert [refunds_in(row.previous) for row in told] == [["pending"], []]


def refunds_in(payment: Any) -> list[str]:
    return [refund["status"] for refund in payment["charge"]["refunds"]]
