"""The built-in gateway: it keeps its word like a real one."""

import pytest

from customers.autopay.gateways import (
    ChargeOrder,
    GatewayRefused,
    RefundOrder,
    Status,
    gateway_for,
    open_gateway,
)
from customers.autopay.gateways.samples import DECLINES, SAMPLES, TOKENS
from customers.autopay.gateways.sandbox import SandboxGateway
from customers.errors import Refused
from customers.models import Customer, GatewayAccount, SandboxEntry
from customers.vault import seal_map

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway() -> SandboxGateway:
    return SandboxGateway(None)


def order(kind: str = "tok_visa", key: str = "att-1", amount: int = 1000) -> ChargeOrder:
    return ChargeOrder(key=key, amount=amount, currency="usd", token=kind)


def test_the_same_key_takes_the_money_once(gateway: SandboxGateway) -> None:
    first = gateway.charge(order())
    again = SandboxGateway(None).charge(order())

    assert first.status == Status.SUCCEEDED
    assert again == first
    assert SandboxEntry.objects.count() == 1
    assert gateway.look_up(key="att-1") == first
    assert gateway.look_up(key="att-2") is None


def test_a_refund_is_given_once_too(gateway: SandboxGateway) -> None:
    charged = gateway.charge(order())
    back = RefundOrder(key="ref-1", amount=400, currency="usd", charge_id=charged.gateway_id)

    assert gateway.refund(back) == gateway.refund(back)
    assert gateway.refund(back).status == Status.SUCCEEDED
    stray = RefundOrder(key="ref-2", amount=400, currency="usd", charge_id="ch_unknown")
    assert gateway.refund(stray).status == Status.DECLINED


def test_a_decline_says_why_and_whether_to_try_again(gateway: SandboxGateway) -> None:
    soft = gateway.charge(order("tok_decline_charge", "att-1"))
    hard = gateway.charge(order("pm_card_chargeDeclinedLostCard", "att-2"))

    assert (soft.status, soft.message, soft.usable) == (Status.DECLINED, "Your card was declined.", True)
    assert (hard.status, hard.code, hard.usable) == (Status.DECLINED, "lost_card", False)


def test_a_token_that_nobody_knows_is_a_decline_not_a_riddle(gateway: SandboxGateway) -> None:
    unknown = gateway.charge(order("pm_gone"))

    assert (unknown.status, unknown.code) == (Status.DECLINED, "missing")


def test_debits_are_pending(gateway: SandboxGateway) -> None:
    assert gateway.charge(order("tok_bank")).status == Status.PENDING


def test_a_lost_answer_is_unknown_and_can_be_looked_up(gateway: SandboxGateway) -> None:
    lost = gateway.charge(order("tok_answer_lost", "att-1"))
    never = gateway.charge(order("tok_request_lost", "att-2"))

    assert (lost.status, never.status) == (Status.UNKNOWN, Status.UNKNOWN)
    found = gateway.look_up(key="att-1")
    assert found is not None
    assert found.status == Status.SUCCEEDED
    assert gateway.look_up(key="att-2") is None


@pytest.mark.parametrize("name", sorted(TOKENS))
def test_every_published_name_stands_for_a_sample(gateway: SandboxGateway, name: str) -> None:
    sample = SAMPLES[TOKENS[name]]
    if sample.refuses_storing:
        with pytest.raises(GatewayRefused):
            gateway.attach(token=name, customer="")
        return

    facts = gateway.attach(token=name, customer="cus_1")

    assert (facts.kind, facts.last4, facts.customer) == (sample.kind, sample.last4, "cus_1")
    assert not sample.decline_code or sample.decline_code in DECLINES
    assert gateway.describe(token=facts.token).last4 == sample.last4


def test_two_stored_cards_have_two_tokens(gateway: SandboxGateway) -> None:
    tokens = {gateway.attach(token="tok_visa", customer="").token for _ in range(3)}

    assert len(tokens) == 3


def test_only_the_right_amounts_verify(gateway: SandboxGateway) -> None:
    gateway.verify(token="tok_bank", amounts=(45, 35))
    with pytest.raises(GatewayRefused):
        gateway.verify(token="tok_bank", amounts=(35, 35))


def test_the_sandbox_charges_nothing_but_test_sources(settings: pytest.FixtureRequest) -> None:
    stripe = GatewayAccount.objects.create(name="Cards", gateway="stripe")
    customer = Customer(name="Acme", cc_gateway=stripe)

    assert isinstance(gateway_for(customer, "credit_card"), SandboxGateway)
    assert isinstance(gateway_for(None, "ach"), SandboxGateway)
    with pytest.raises(Refused):
        open_gateway("stripe", stripe)


def test_live_mode_never_takes_a_test_source_for_money(settings: pytest.FixtureRequest) -> None:
    settings.DELIVERY_MODE = "live"  # type: ignore[attr-defined]
    account = GatewayAccount.objects.create(name="Test", gateway="test")

    with pytest.raises(Refused):
        open_gateway("test", account)
    with pytest.raises(Refused, match="No payment gateway"):
        gateway_for(None, "credit_card")


def test_a_customers_own_gateway_comes_first_and_one_that_is_off_does_not_count() -> None:
    GatewayAccount.objects.create(name="Off", gateway="test", enabled=False)
    GatewayAccount.objects.create(name="First", gateway="test")
    own = GatewayAccount.objects.create(name="Own", gateway="test")
    customer = Customer(name="Acme", cc_gateway=own)

    assert gateway_for(customer, "credit_card").account == own
    assert gateway_for(customer, "ach").account is not None
    assert gateway_for(customer, "ach").account != own


def test_the_keys_of_an_account_are_opened_for_the_call_only() -> None:
    account = GatewayAccount(name="Cards", gateway="test", credentials=seal_map({"secret": "sk_test_1"}))

    assert SandboxGateway(account).credentials == {"secret": "sk_test_1"}
    assert "sk_test_1" not in account.credentials
    assert SandboxGateway(None).credentials == {}
