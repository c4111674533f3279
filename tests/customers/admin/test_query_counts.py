"""Lists cost a fixed number of queries, however long they are."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.ledgers import Books

pytestmark = pytest.mark.django_db
LISTS = [
    "customers_customer_changelist",
    "customers_invoice_changelist",
    "customers_creditnote_changelist",
    "customers_payment_changelist",
    "customers_creditadjustment_changelist",
    "customers_invoice_open_items",
    "customers_user_changelist",
    "statements_issuedstatement_changelist",
    "notifications_statementrun_changelist",
]


def queries(desk: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert desk.get(reverse(f"admin:{name}")).status_code == 200
    return len(seen)


@pytest.mark.parametrize("name", LISTS)
def test_a_longer_list_costs_no_more_queries(desk: Client, books: Books, name: str) -> None:
    books.pay("2026-03-05", "10", on=[("INV-1", "10")])
    books.credit_note("2026-03-06", "CN-1", "5.00")
    books.credit("2026-03-07", "3.00")
    before = max(queries(desk, name), queries(desk, name))

    for number in range(10):
        books.invoice("2026-03-08", f"X-{number}", "7.00")
        books.credit_note("2026-03-09", f"Y-{number}", "1.00")
        books.pay("2026-03-10", "1.00")
        books.credit("2026-03-11", "1.00")

    assert queries(desk, name) <= before
