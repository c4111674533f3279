"""A marked request whose first copy died: the second reports what was charged, and charges nothing anew."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.autopay import attempts
from customers.models import (
    Charge,
    ChargeRefund,
    Company,
    Customer,
    IdempotencyKey,
    Payment,
    PaymentSource,
    SandboxEntry,
)
from tests.customers.api.conftest import Wire, bill
from tests.customers.api.wallet import autopay_invoice, charge

KEY = {"HTTP_IDEMPOTENCY_KEY": "charge-4711"}


class Killed(BaseException):
    """A process that is gone: nothing after it runs."""


@pytest.fixture
def send(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Send a marked request whose process dies after a commit, wait out its lease, and send it again."""
    Company.objects.update_or_create(pk=1, defaults={"apply_credits": False})

    def send_twice(path: str, body: Any, step: str) -> Any:
        def die(reached: str) -> None:
            if reached == step:
                raise Killed

        with monkeypatch.context() as deadly:
            deadly.setattr(attempts, "after_commit", die)
            with pytest.raises(Killed):
                wire.send("POST", path, body, **KEY)
        IdempotencyKey.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        return wire.send("POST", path, body, **KEY)

    return send_twice


@pytest.mark.parametrize("step", ["prepared", "sent", "asked", "recorded"])
@pytest.mark.parametrize("kind", ["tok_visa", "tok_bank", "tok_decline_charge"])
def test_a_charge_is_reported_not_made_again(
    wire: Wire, acme: int, send: Callable[..., Any], step: str, kind: str
) -> None:
    invoice = bill(wire, acme)
    part = {"type": "invoice", "invoice": invoice["id"], "amount": 100}
    body = {"customer": acme, "amount": 100, "gateway_token": kind, "applied_to": [part], "vault_method": 1}

    answer = send("/charges", body, step)
    replayed = wire.send("POST", "/charges", body, **KEY)

    assert Charge.objects.count() == SandboxEntry.objects.count() == 1
    assert replayed.text == answer.text
    if kind == "tok_decline_charge":
        assert answer.refusal == (400, None)
        assert answer.json["message"] == "Your card was declined."
        assert not PaymentSource.objects.exists()
    else:
        assert (answer.status, answer["charge"]["id"]) == (201, Charge.objects.get().pk)
        assert Payment.objects.count() == PaymentSource.objects.count() == 1
        assert Customer.objects.get(pk=acme).payment_source == PaymentSource.objects.get()


@pytest.mark.parametrize("step", ["prepared", "sent", "asked", "recorded"])
@pytest.mark.parametrize("kind", ["tok_visa", "tok_decline_charge"])
def test_paying_an_invoice_is_one_attempt(
    wire: Wire, acme: int, send: Callable[..., Any], step: str, kind: str
) -> None:
    invoice = autopay_invoice(wire, acme, kind=kind)

    answer = send(f"/invoices/{invoice['id']}/pay", "", step)

    shown = wire.read(f"/invoices/{invoice['id']}")
    assert Charge.objects.count() == SandboxEntry.objects.count() == 1
    assert (answer.status, shown["attempt_count"]) == ((200, 0) if kind == "tok_visa" else (400, 1))


@pytest.mark.parametrize("step", ["refund prepared", "refund asked"])
def test_a_refund_is_given_once(wire: Wire, acme: int, send: Callable[..., Any], step: str) -> None:
    made = charge(wire, acme, bill(wire, acme))

    answer = send(f"/charges/{made['charge']['id']}/refunds", {"amount": 30}, step)

    assert (answer.status, answer["amount"], answer["status"]) == (201, 30, "succeeded")
    assert ChargeRefund.objects.count() == 1
    assert SandboxEntry.objects.filter(gateway_id__startswith="re_").count() == 1


def test_an_unclear_charge_is_answered_as_pending(wire: Wire, acme: int) -> None:
    made = charge(wire, acme, bill(wire, acme), "tok_answer_lost")

    assert (made.status, made["status"], made["charge"]["status"]) == (201, "pending", "pending")
    assert Charge.objects.get().status == "unknown"
