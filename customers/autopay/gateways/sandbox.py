"""The built-in gateway, `test` on the wire: moves no money, keeps its word like a real one.

It remembers every key in a table of its own, so a charge that is repeated is answered as the first
time, also by another process and after a restart. Debits stay pending until somebody settles them.
"""

import secrets
from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from customers.autopay.gateways.base import (
    ChargeOrder,
    Gateway,
    GatewayRefused,
    Offer,
    Outcome,
    RefundOrder,
    SourceFacts,
    Status,
)
from customers.autopay.gateways.samples import DECLINES, SAMPLES, TOKENS, Sample
from customers.models import SandboxEntry

# What a bank account is verified by (Invoiced guide, Testing).
VERIFYING_AMOUNTS = {35, 45}

# One of each kind, and one for each thing that can go wrong.
_OFFERED = (
    "tok_visa",
    "tok_mastercard",
    "tok_amex",
    "tok_bank",
    "tok_bank_unverified",
    "tok_decline_charge",
    "tok_decline_store",
)
_STORED = "pm_sandbox_"
_ROUTING_NUMBER = "110000000"
_Entry = SandboxEntry.Status


class SandboxGateway(Gateway):
    name = "test"

    def offers(self) -> Sequence[Offer]:
        return [Offer(token, _facts(_sample_of(token), token, customer="")) for token in _OFFERED]

    def describe(self, *, token: str) -> SourceFacts:
        sample = _sample_of(token)
        if sample.refuses_storing:
            raise GatewayRefused("Your card's security code is incorrect.")
        return _facts(sample, token, customer="")

    def attach(self, *, token: str, customer: str) -> SourceFacts:
        sample = _sample_of(token)
        if sample.refuses_storing:
            raise GatewayRefused("Your card's security code is incorrect.")
        stored = f"{_STORED}{_name_of(token)}_{secrets.token_hex(8)}"
        return _facts(sample, stored, customer=customer or f"cus_sandbox_{secrets.token_hex(8)}")

    def detach(self, *, token: str) -> None:
        """Nothing is kept for a source, so there is nothing to forget."""

    def verify(self, *, token: str, amounts: tuple[int, int]) -> None:
        if set(amounts) != VERIFYING_AMOUNTS:
            raise GatewayRefused("The amounts are not those that were paid into the bank account.")

    def charge(self, order: ChargeOrder) -> Outcome:
        try:
            sample = _sample_of(order.token)
        except GatewayRefused as refused:
            return self._remember(order, "ch", _Entry.DECLINED, "missing", str(refused))
        if sample.loses_request:
            return Outcome(Status.UNKNOWN, code="no_answer")
        if sample.decline_code:
            message, _ = DECLINES[sample.decline_code]
            outcome = self._remember(order, "ch", _Entry.DECLINED, sample.decline_code, message)
        else:
            status = _Entry.SUCCEEDED if sample.kind == "card" else _Entry.PENDING
            outcome = self._remember(order, "ch", status)
        return Outcome(Status.UNKNOWN, code="no_answer") if sample.loses_answer else outcome

    def refund(self, order: RefundOrder) -> Outcome:
        if not SandboxEntry.objects.filter(gateway_id=order.charge_id).exists():
            return Outcome(Status.DECLINED, code="missing", message="The gateway does not know this charge.")
        return self._remember(order, "re", _Entry.SUCCEEDED)

    def look_up(self, *, key: str) -> Outcome | None:
        entry = SandboxEntry.objects.filter(key=key).first()
        return None if entry is None else _outcome(entry)

    def _remember(
        self, order: ChargeOrder | RefundOrder, prefix: str, status: str, code: str = "", message: str = ""
    ) -> Outcome:
        """Answer a key for the first time, or as it was answered before."""
        try:
            with transaction.atomic():
                entry = SandboxEntry.objects.create(
                    key=order.key,
                    gateway_id=f"{prefix}_sandbox_{secrets.token_hex(12)}",
                    amount=order.amount,
                    currency=order.currency,
                    status=status,
                    code=code,
                    message=message,
                )
        except IntegrityError:
            entry = SandboxEntry.objects.get(key=order.key)
        return _outcome(entry)


def settle_entry(*, key: str, succeeded: bool, code: str, message: str) -> None:
    """Let a pending debit arrive or fail, for the gateway's later answers."""
    status = _Entry.SUCCEEDED if succeeded else _Entry.DECLINED
    pending = SandboxEntry.objects.filter(key=key, status=_Entry.PENDING)
    pending.update(status=status, code=code, message=message)


def _outcome(entry: SandboxEntry) -> Outcome:
    _, again = DECLINES.get(entry.code, ("", True))
    return Outcome(
        Status(entry.status),
        gateway_id=entry.gateway_id,
        code=entry.code,
        message=entry.message,
        usable=again,
    )


def _name_of(token: str) -> str:
    """The sample behind a published name or a token that `attach` made."""
    if token.startswith(_STORED):
        return token.removeprefix(_STORED).partition("_")[0]
    return TOKENS.get(token, "")


def _sample_of(token: str) -> Sample:
    sample = SAMPLES.get(_name_of(token))
    if sample is None:
        raise GatewayRefused("The gateway does not know this token.")
    return sample


def _facts(sample: Sample, token: str, *, customer: str) -> SourceFacts:
    if sample.kind == "card":
        return SourceFacts(
            kind="card", token=token, last4=sample.last4, brand=sample.brand, funding=sample.funding,
            exp_month=12, exp_year=date.today().year + 4, country=sample.country, customer=customer,  # noqa: DTZ011
        )  # fmt: skip
    return SourceFacts(
        kind="bank_account", token=token, last4=sample.last4, bank_name="Test Bank",
        routing_number=_ROUTING_NUMBER, currency="eur" if sample.country == "DE" else "usd",
        country=sample.country, verified=sample.verified, customer=customer,
    )  # fmt: skip
