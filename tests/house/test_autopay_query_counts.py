"""Under the lock of an account each further AutoPay invoice costs a few queries, whatever it shows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.ledger.accounts import update_customer
from customers.ledger.applying import Application
from customers.ledger.paying import record_payment, void_payment
from customers.models import Company, Customer
from tests.customers.autopay.wallets import MARCH_2, on_autopay, owed

pytestmark = pytest.mark.django_db


def queries_of(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def switch_off(customer: Customer, count: int) -> Callable[[], Any]:
    for _ in range(count):
        owed(customer)
    return lambda: update_customer(customer=customer, changes={"autopay": False}, now=MARCH_2)


def void(customer: Customer, count: int) -> Callable[[], Any]:
    parts = [Application(type="invoice", amount=10_000, invoice=owed(customer)) for _ in range(count)]
    payment = record_payment(customer=customer, amount=10_000 * count, applications=parts, now=MARCH_2)
    return lambda: void_payment(payment=payment, now=MARCH_2)


# It is saved, and its event is written and looks for webhooks. A void ends its application and writes its
# balance as well, and the delay of the company is asked for its next charge.
@pytest.mark.parametrize(("prepare", "each"), [(switch_off, 3), (void, 6)])
def test_another_invoice_costs_no_more_than_its_own_changes(prepare: Any, each: int) -> None:
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "UTC", "apply_credits": False})
    queries_of(prepare(on_autopay(), 1))

    few, many = (queries_of(prepare(on_autopay(), count)) for count in (2, 12))

    assert (many - few) / 10 <= each
