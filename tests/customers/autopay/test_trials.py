"""A source that is stored with its first charge: what becomes of it waits for what became of the charge."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from customers.autopay import attempts
from customers.autopay.charging import ChargeRequest, charge_customer, charge_invoice
from customers.autopay.gateways import GatewayRefused, Outcome, Status
from customers.autopay.gateways.sandbox import SandboxGateway
from customers.autopay.outcomes import record_outcome, settle_charge
from customers.autopay.resolving import settle_unclear_charges
from customers.ledger.accounts import create_customer
from customers.ledger.plans import Part, make_plan
from customers.models import Charge, Customer, Event, PaymentSource
from tests.customers.autopay.wallets import DUE, FIRST, MARCH_2, keep, on_autopay, owed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("march_books")]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Killed(BaseException):
    """A process that is gone: nothing after it runs."""


@pytest.fixture
def dies_after(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Charge]:
    """Charge a new token, and be killed right after a commit."""

    def die_after(step: str, customer: Customer, kind: str, **wish: Any) -> Charge:
        def die(reached: str) -> None:
            if reached == step:
                raise Killed

        with monkeypatch.context() as deadly:
            deadly.setattr(attempts, "after_commit", die)
            with pytest.raises(Killed):
                first_charge(customer, kind, **wish)
        return Charge.objects.latest("pk")

    return die_after


def first_charge(customer: Customer, kind: str, *, now: Any = MARCH_2, make_default: bool = True) -> Charge:
    """Charge a token that is to be kept; the money becomes credit."""
    request = ChargeRequest(
        amount=500, currency="usd", applications=[], token=kind, vault=True, make_default=make_default
    )
    return charge_customer(customer=customer, request=request, now=now)


def newcomer() -> Customer:
    return create_customer(values={"name": "Fair Winds", "autopay": True}, now=MARCH_2)


def default_of(customer: Customer) -> PaymentSource | None:
    return Customer.objects.get(pk=customer.pk).payment_source


def sweep(*minutes: int) -> None:
    for late in minutes:
        settle_unclear_charges(now=MARCH_2 + late * MINUTE)


def test_while_the_answer_is_missing_the_default_stays(settings: Any) -> None:
    settings.SAME_KEY_SECONDS = 60
    customer = on_autopay()
    good, told = default_of(customer), Event.objects.filter(type="customer.updated").count()

    charge = first_charge(customer, "tok_request_lost")

    assert charge.status == "unknown"
    assert default_of(customer) == good
    assert customer.payment_sources.count() == 2
    sweep(6)
    assert Charge.objects.get().status == "failed"
    assert default_of(customer) == good
    assert list(customer.payment_sources.all()) == [good]
    assert Event.objects.filter(type="customer.updated").count() == told


def test_the_answer_that_is_found_makes_the_source_the_default() -> None:
    customer = on_autopay("tok_amex")

    charge = first_charge(customer, "tok_answer_lost")
    assert default_of(customer) != charge.source
    sweep(6)

    assert Charge.objects.get().status == "succeeded"
    assert default_of(customer) == charge.source


def test_a_default_that_was_given_up_is_replaced_when_the_answer_is_found() -> None:
    customer = on_autopay()
    customer.payment_sources.update(chargeable=False, failure_reason="Lost.")
    given_up = default_of(customer)

    charge = first_charge(customer, "tok_answer_lost", make_default=False)
    assert default_of(customer) == given_up
    sweep(6)

    assert default_of(customer) == charge.source


def test_a_plan_waits_for_the_answer_too() -> None:
    customer = newcomer()
    plan = make_plan(invoice=owed(customer), parts=[Part(FIRST, 10_000)], now=MARCH_2)

    first_charge(customer, "tok_answer_lost")
    plan.refresh_from_db()
    assert plan.status == "pending_signup"
    sweep(6)

    plan.refresh_from_db()
    assert plan.status == "active"


@pytest.mark.parametrize("step", ["prepared", "sent", "asked", "recorded"])
@pytest.mark.parametrize("wish", [True, False])
def test_after_a_crash_the_first_source_is_the_default(
    dies_after: Callable[..., Charge], step: str, wish: bool
) -> None:
    customer = newcomer()
    charge = dies_after(step, customer, "tok_visa", make_default=wish)

    sweep(6, 70)

    kept = Charge.objects.get().source
    if step == "prepared":
        assert Charge.objects.get().failure_code == "not_sent"
        assert not customer.payment_sources.exists()
    else:
        assert kept is not None
        assert default_of(customer) == kept == charge.source


@pytest.mark.parametrize("step", ["prepared", "sent", "asked", "recorded"])
def test_after_a_crash_a_declined_source_is_forgotten(dies_after: Callable[..., Charge], step: str) -> None:
    customer = on_autopay()
    good = default_of(customer)
    dies_after(step, customer, "tok_decline_charge")

    sweep(6, 70)

    assert Charge.objects.get().status == "failed"
    assert list(customer.payment_sources.all()) == [good]
    assert default_of(customer) == good
    assert Event.objects.filter(type="payment_source.deleted").count() == 1


def test_a_debit_under_way_takes_no_place_that_is_filled() -> None:
    customer = on_autopay()
    good = default_of(customer)

    charge = first_charge(customer, "tok_bank")
    assert default_of(customer) == good
    settle_charge(charge=charge, status="failed", now=MARCH_2 + DAY, message="Insufficient funds.")

    assert default_of(customer) == good
    assert list(customer.payment_sources.all()) == [good]


def test_a_debit_that_has_settled_takes_the_place_it_was_to_have() -> None:
    customer = on_autopay()
    charge = first_charge(customer, "tok_bank")

    settle_charge(charge=charge, status="succeeded", now=MARCH_2 + DAY)

    assert default_of(customer) == charge.source


def test_a_debit_under_way_fills_an_empty_place_until_it_comes_back() -> None:
    customer = newcomer()

    charge = first_charge(customer, "tok_bank", make_default=False)
    assert default_of(customer) == charge.source
    settle_charge(charge=charge, status="failed", now=MARCH_2 + DAY, message="No account.", usable=False)

    assert default_of(customer) is None
    assert not customer.payment_sources.exists()


def test_a_source_that_was_charged_again_meanwhile_stays() -> None:
    customer = newcomer()
    charge = first_charge(customer, "tok_bank")
    charge_invoice(invoice=owed(customer), now=DUE)

    settle_charge(charge=charge, status="failed", now=MARCH_2 + DAY, message="Insufficient funds.")
    sweep(3 * 24 * 60)

    assert default_of(customer) == PaymentSource.objects.get()


def test_whoever_chooses_another_default_meanwhile_is_not_overruled() -> None:
    customer = on_autopay()
    charge = first_charge(customer, "tok_bank")
    chosen = keep(customer, "tok_amex", make_default=True, now=MARCH_2 + MINUTE)

    settle_charge(charge=charge, status="succeeded", now=MARCH_2 + DAY)

    assert default_of(customer) == chosen
    assert customer.payment_sources.count() == 3


def test_of_two_wishes_the_later_one_counts_whichever_answer_comes_first() -> None:
    customer = on_autopay()
    debit = first_charge(customer, "tok_bank")
    later = first_charge(customer, "tok_answer_lost", now=MARCH_2 + MINUTE)

    sweep(7)
    settle_charge(charge=debit, status="succeeded", now=MARCH_2 + DAY)

    assert default_of(customer) == later.source


def test_a_decision_is_made_once() -> None:
    customer = on_autopay()
    charge = first_charge(customer, "tok_mastercard")
    chosen = keep(customer, "tok_amex", make_default=True, now=MARCH_2 + MINUTE)

    record_outcome(charge=charge, outcome=Outcome(Status.SUCCEEDED), now=MARCH_2 + DAY)
    sweep(6, 70)

    assert default_of(customer) == chosen


def test_a_gateway_that_will_not_forget_hides_no_decline_and_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(self: Any, *, token: str) -> None:
        raise GatewayRefused("Try again later.")

    customer = on_autopay()
    with monkeypatch.context() as stubborn:
        stubborn.setattr(SandboxGateway, "detach", refuse)
        charge = first_charge(customer, "tok_decline_charge")
        sweep(6)

    assert (charge.status, charge.failure_message) == ("failed", "Your card was declined.")
    assert customer.payment_sources.count() == 2
    sweep(70, 2 * 24 * 60)
    assert list(customer.payment_sources.all()) == [default_of(customer)]
    assert Charge.objects.get().next_look_at is None
