"""Stored sources that are forgotten at their gateways before their rows go.

The gateway cannot be rolled back. What it has forgotten when something fails half-way is marked in a
transaction of its own, so that no charge is tried with a token that nobody knows any more.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from customers.autopay.sources import detach_at_gateway, set_default
from customers.ledger.accounts import check_deletable, delete_customer
from customers.ledger.changes import what_changed
from customers.ledger.events import record_event
from customers.ledger.locking import lock_accounts
from customers.models import Customer, PaymentSource
from customers.wire import describe

REASON = "Removed at the gateway."


@contextmanager
def detached(*, sources: Iterable[PaymentSource], now: datetime) -> Iterator[None]:
    """Have the gateways forget these sources of one customer; what follows inside removes their rows.

    When a gateway refuses (raises Refused) or what follows fails, those that are forgotten stay as
    sources that cannot be charged. Never call it inside a transaction.
    """
    gone: list[PaymentSource] = []
    try:
        for source in sources:
            detach_at_gateway(source=source)
            gone.append(source)
        yield
    except BaseException:
        if gone:
            mark_detached(sources=gone, now=now)
        raise


@contextmanager
def all_detached(*, customer: Customer, now: datetime) -> Iterator[None]:
    """The same for all that an account has, before it is deleted. Raises Refused when it cannot be."""
    check_deletable(customer)
    sources = customer.payment_sources.select_related("gateway_account").order_by("pk")
    with detached(sources=sources, now=now):
        yield


def close_account(*, customer: Customer, now: datetime) -> None:
    """Delete an account together with its sources at their gateways. Outside of any transaction.

    Raises Refused, with nothing deleted, for an account with a history and when a gateway refuses.
    """
    with all_detached(customer=customer, now=now):
        delete_customer(customer=customer, now=now)


@transaction.atomic
def mark_detached(*, sources: Sequence[PaymentSource], now: datetime) -> None:
    """Write down that these sources of one customer cannot be charged any more, nor are its default."""
    lock_accounts([sources[0].customer_id])
    for source in PaymentSource.objects.filter(pk__in=[row.pk for row in sources]).order_by("pk"):
        customer = Customer.objects.select_related("payment_source").get(pk=source.customer_id)
        if customer.payment_source_id == source.pk:
            set_default(customer, None, now)
        before = describe(source)
        source.chargeable, source.failure_reason = False, REASON
        source.save(update_fields=["chargeable", "failure_reason", "updated_at"])
        previous = what_changed(before, describe(source))
        if previous:
            record_event(type="payment_source.updated", row=source, now=now, previous=previous)
