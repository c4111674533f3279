"""Stored cards and bank accounts: keep, choose the default, verify, forget.

The gateway is asked outside of any transaction, the rows are written inside of one. What was stored at
the gateway for a row that could not be written is given back.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.autopay.gateways import Gateway, GatewayRefused, SourceFacts, gateway_for, open_gateway
from customers.errors import Refused
from customers.ledger.changes import what_changed
from customers.ledger.enrolment import try_again
from customers.ledger.events import record_event
from customers.ledger.locking import lock_accounts
from customers.ledger.plans import pause_plans, start_waiting_plans
from customers.models import Charge, Customer, PaymentSource
from customers.wire import describe

logger = logging.getLogger(__name__)

MOST_SOURCES = 50

Kind = PaymentSource.Kind


@dataclass(frozen=True, slots=True)
class WantedSource:
    """A source to be kept, as a client asks for it.

    `param` is what a refusal of the token names, `method_param` what one of the method does. Without a
    `method` the token says whether it is a card or a bank account.
    """

    token: str
    method: str = ""
    receipt_email: str = ""
    make_default: bool = False
    param: str = "gateway_token"
    method_param: str = "method"


@dataclass(frozen=True, slots=True)
class Attached:
    """What the gateway keeps now; a row has yet to say so."""

    gateway: Gateway
    facts: SourceFacts
    wanted: WantedSource


@contextmanager
def attached(*, customer: Customer, wanted: WantedSource) -> Iterator[Attached]:
    """Have the gateway keep a source, and give it back when what follows inside fails.

    `customer` is the account as it will be, saved or still to be created. Raises Refused for a method that is
    disabled, a token that the gateway refuses, a full wallet. Never call it inside a transaction.
    """
    check_method(wanted.method, customer, param=wanted.method_param)
    if customer.pk is not None and customer.payment_sources.count() >= MOST_SOURCES:
        raise Refused(f"A customer can have at most {MOST_SOURCES} payment sources.")
    gateway = gateway_for(customer, wanted.method or "credit_card")
    known = ""
    if customer.pk is not None:
        same = customer.payment_sources.filter(gateway=gateway.name, gateway_account=gateway.account)
        known = same.exclude(gateway_customer="").values_list("gateway_customer", flat=True).first() or ""
    try:
        facts = gateway.attach(token=wanted.token, customer=known)
    except GatewayRefused as refused:
        raise Refused(str(refused), param=wanted.param) from None
    try:
        check_kind(wanted.method, facts, param=wanted.method_param)
        check_method(wanted.method or method_of(facts.kind), customer, param=wanted.method_param)
        yield Attached(gateway, facts, wanted)
    except BaseException:
        _give_back(gateway, facts.token)
        raise


@transaction.atomic
def store_source(
    *, customer: Customer, kept: Attached, now: datetime, on_trial: bool = False
) -> PaymentSource:
    """Write down what the gateway keeps. Without a default source so far it becomes the default.

    One that is `on_trial` becomes nobody's default yet: `trials` follow when it has proved itself.
    """
    lock_accounts([customer.pk])
    facts, account = kept.facts, kept.gateway.account
    source = PaymentSource.objects.create(
        customer=customer,
        gateway=kept.gateway.name,
        gateway_account=account,
        chargeable=facts.verified,
        receipt_email=kept.wanted.receipt_email,
        created_at=now,
        **columns_of(facts),
    )
    record_event(type="payment_source.created", row=source, now=now)
    if not on_trial:
        choose_source(source=source, make_default=kept.wanted.make_default, now=now)
    return source


@transaction.atomic
def choose_source(*, source: PaymentSource, make_default: bool, now: datetime) -> None:
    """Make a stored source the default: when asked, or when the customer has none, or one that was given
    up. A bank account that waits for its verification stays the default."""
    lock_accounts([source.customer_id])
    customer = Customer.objects.select_related("payment_source").get(pk=source.customer_id)
    found = PaymentSource.objects.filter(pk=source.pk).first()
    if make_default:
        # Who wished for another one before has thought better of it, however late its charge succeeds.
        wishes = Charge.objects.filter(customer=customer, trial=Charge.Trial.DEFAULT)
        wishes.filter(created_at__lt=source.created_at).update(trial=Charge.Trial.KEEP)
    default = customer.payment_source
    lacks_one = default is None or (not default.chargeable and bool(default.failure_reason))
    if found is not None and (make_default or lacks_one):
        set_default(customer, found, now)


@transaction.atomic
def mark_verified(*, source: PaymentSource, now: datetime) -> PaymentSource:
    """The amounts were right: from now on the bank account can be charged."""
    lock_accounts([source.customer_id])
    source = PaymentSource.objects.select_related("customer__payment_source").get(pk=source.pk)
    check_verifiable(source)
    before = describe(source)
    with default_shown(source, now):
        source.verified = source.chargeable = True
        source.save()
        previous = what_changed(before, describe(source))
        record_event(type="payment_source.updated", row=source, now=now, previous=previous)
    if source.customer.payment_source_id == source.pk:
        start_waiting_plans(customer=source.customer, now=now)
        try_again(customer=source.customer, now=now)
    return source


@contextmanager
def default_shown(source: PaymentSource, now: datetime) -> Iterator[None]:
    """A change of the default source, made inside, is one of its customer, too: the wire shows it there."""
    customer = Customer.objects.filter(payment_source=source).first()
    before = describe(customer) if customer else {}
    yield
    if customer is None:
        return
    customer = Customer.objects.get(pk=customer.pk)
    if previous := what_changed(before, describe(customer)):
        customer.save(update_fields=["updated_at"])
        record_event(type="customer.updated", row=customer, now=now, previous=previous)


@transaction.atomic
def delete_source(*, source: PaymentSource, now: datetime) -> None:
    """Forget a source that its gateway has forgotten; the customer is left without a default then."""
    lock_accounts([source.customer_id])
    found = PaymentSource.objects.select_related("customer").filter(pk=source.pk).first()
    if found is None:
        return
    check_detachable(found)
    customer = found.customer
    record_event(type="payment_source.deleted", row=found, now=now)
    if customer.payment_source_id == found.pk:
        set_default(customer, None, now)
    found.delete()


def verify_at_gateway(*, source: PaymentSource, amounts: tuple[int, int]) -> None:
    """Ask the gateway whether the amounts are right; outside of any transaction."""
    check_verifiable(source)
    gateway = open_gateway(source.gateway, source.gateway_account)
    try:
        gateway.verify(token=source.gateway_token, amounts=amounts)
    except GatewayRefused as refused:
        raise Refused(str(refused)) from None


def detach_at_gateway(*, source: PaymentSource) -> None:
    """Have the gateway forget a source; outside of any transaction. A refusal there is one here."""
    check_detachable(source)
    gateway = open_gateway(source.gateway, source.gateway_account)
    try:
        gateway.detach(token=source.gateway_token)
    except GatewayRefused as refused:
        raise Refused(str(refused)) from None


def columns_of(facts: SourceFacts) -> dict[str, Any]:
    """What a gateway says of a source, by column."""
    return {
        "kind": facts.kind,
        "last4": facts.last4,
        "brand": facts.brand,
        "exp_month": facts.exp_month,
        "exp_year": facts.exp_year,
        "funding": facts.funding,
        "bank_name": facts.bank_name,
        "routing_number": facts.routing_number,
        "verified": facts.verified,
        "currency": facts.currency,
        "country": facts.country,
        "gateway_token": facts.token,
        "gateway_customer": facts.customer,
    }


def check_method(
    method: str, customer: Customer | None, *, disabled: tuple[str, ...] = (), param: str = "method"
) -> None:
    """Raises Refused for a way to pay that the customer or invoice may not use."""
    if method in {*disabled, *(customer.disabled_payment_methods if customer else ())}:
        raise Refused(f"The payment method {method} is disabled for this customer.", param=param)


def check_kind(method: str, facts: SourceFacts, *, param: str = "method") -> None:
    if method and (method == "credit_card") != (facts.kind == Kind.CARD):
        found = "a card" if facts.kind == Kind.CARD else "a bank account"
        raise Refused(f"This token stands for {found}.", param=param)


def method_of(kind: str) -> str:
    """The method of a payment by a source of this kind."""
    return "credit_card" if kind == Kind.CARD else "ach"


def check_verifiable(source: PaymentSource) -> None:
    if source.verified:
        raise Refused("This bank account is already verified.")
    if source.failure_reason:
        raise Refused(f"This bank account cannot be verified: {source.failure_reason}")


def check_detachable(source: PaymentSource) -> None:
    if Charge.objects.filter(source=source, status__in=Charge.OPEN).exists():
        raise Refused("A charge of this payment source is pending: it cannot be removed now.")


def set_default(customer: Customer, source: PaymentSource | None, now: datetime) -> None:
    """What AutoPay charges from now on; under the lock of the account."""
    before, was = describe(customer)["payment_source"], customer.payment_source_id
    customer.payment_source = source
    customer.save(update_fields=["payment_source", "updated_at"])
    after = describe(customer)["payment_source"]
    if after != before:
        record_event(type="customer.updated", row=customer, now=now, previous={"payment_source": before})
    if source is not None and source.chargeable:
        start_waiting_plans(customer=customer, now=now)
        if source.pk != was:
            try_again(customer=customer, now=now)
    else:
        pause_plans(customer=customer, now=now)


def _give_back(gateway: Gateway, token: str) -> None:
    """What cannot be given back is only noted: the fault that led here matters more."""
    try:
        gateway.detach(token=token)
    except GatewayRefused:
        logger.warning("A payment source without a customer stayed at the gateway %s.", gateway.name)
