"""One past, one set of figures: whoever asks for them, of random ledgers, on random days."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.admin.account_list import add_figures, figures_of
from customers.admin.as_of import AsOf
from customers.dates import end_of_day, local_day
from customers.ledger.balances import balance_of, present_balance, receivables
from customers.ledger.roll_forward import roll_forwards
from customers.models import ApiKey, Company, Customer, Invoice
from customers.money import to_amount, to_minor
from customers.wire.invoice import invoice_status
from statements.building import build_statements
from statements.statement import Options, Statement
from tests.customers.api.conftest import Wire, basic
from tests.desk import at_desk
from tests.ledgers import CHICAGO
from tests.random_ledgers import FIRST, RandomLedger, ledgers, moments, played, relaxed

pytestmark = pytest.mark.django_db

days = moments.map(lambda moment: local_day(moment, CHICAGO))
rules = st.sampled_from([([1, 31, 61, 91], "due_date"), ([8, 15], "date"), ([1, 5, 20], "due_date")])
Key = tuple[int, str]


def second(day: date) -> int:
    return int(end_of_day(day, CHICAGO).timestamp())


def statements_of(ledger: RandomLedger, day: date) -> dict[Key, Statement]:
    """Open item statements of each account alone, by account and currency."""
    options = Options(type="open_item", end=second(day), include_children=False)
    found = build_statements(customer_ids=ids_of(ledger), options=options)
    return {(pk, one.currency): one for pk, statements in found.items() for one in statements}


def ids_of(ledger: RandomLedger) -> list[int]:
    return [ledger.parent.customer.pk, ledger.child.customer.pk]


@contextmanager
def at_the_end_of(day: date) -> Iterator[datetime]:
    """The clock stands still in the last second of a company day."""
    with time_machine.travel(end_of_day(day, CHICAGO), tick=False):
        yield end_of_day(day, CHICAGO)


@relaxed
@given(story=ledgers, day=days, rule=rules)
def test_statements_lists_report_and_balances_agree(
    story: list[Any], day: date, rule: tuple[list[int], str]
) -> None:
    with played(story) as ledger:
        Company.objects.update(aging_bounds=rule[0], aging_basis=rule[1])
        aging = Company.get().aging
        statements = statements_of(ledger, day)
        expected = {key: (one.open_total, one.past_due, one.aging.buckets) for key, one in statements.items()}

        rows = receivables(at=second(day), zone=CHICAGO, aging=aging)
        assert {
            (row.customer_id, row.currency): (row.open_amount, row.past_due_amount, row.buckets)
            for row in rows
        } == expected
        assert in_list(ledger, day) == expected
        assert in_report(day) == printed(ledger, expected)
        for (pk, currency), one in statements.items():
            customer = Customer.objects.get(pk=pk)
            balance = balance_of(
                customer=customer, now=FIRST, as_of=end_of_day(day, CHICAGO), currency=currency
            )
            assert balance.total_outstanding - balance.open_credit_notes == one.open_total
            assert balance.available_credits == one.memo.credit
        closing = {row.currency: row.closing for row in roll_forwards(start=0, end=second(day))}
        for currency, amount in closing.items():
            forward = Options(type="balance_forward", start=0, end=second(day), currency=currency)
            alone = Options(**{**vars_of(forward), "include_children": False})
            made = build_statements(customer_ids=ids_of(ledger), options=alone)
            assert amount == sum(one.closing for each in made.values() for one in each)


def vars_of(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in Options.__dataclass_fields__}


def in_list(ledger: RandomLedger, day: date) -> dict[Key, Any]:
    """The columns of the customer list."""
    as_of = AsOf(day=day, at=second(day), zone=CHICAGO, aging=Company.get().aging, picked=True)
    customers = list(Customer.objects.filter(pk__in=ids_of(ledger)))
    add_figures(customers, as_of)
    return {
        (row.customer_id, row.currency): (row.open_amount, row.past_due_amount, row.buckets)
        for customer in customers
        for row in figures_of(customer)
    }


def in_report(day: date) -> dict[tuple[str, str], list[str]]:
    """What the aging command prints."""
    out = io.StringIO()
    call_command("aging", "--as-of", day.isoformat(), "--format", "csv", stdout=out)
    _, *lines = csv.reader(io.StringIO(out.getvalue()))
    return {(line[0], line[2]): [line[4], *line[6:]] for line in lines}


def printed(ledger: RandomLedger, expected: dict[Key, Any]) -> dict[tuple[str, str], list[str]]:
    numbers = {books.customer.pk: books.customer.number for books in (ledger.parent, ledger.child)}
    return {
        (numbers[pk], currency): [
            str(to_amount(amount, currency)) for amount in (total, late, *buckets)
        ]
        for (pk, currency), (total, late, buckets) in expected.items()
    }  # fmt: skip


@settings(relaxed, max_examples=8)
@given(story=ledgers, day=days, rule=rules)
def test_dashboard_and_api_show_the_same(story: list[Any], day: date, rule: tuple[list[int], str]) -> None:
    with played(story) as ledger:
        Company.objects.update(name="Harbour", aging_bounds=rule[0], aging_basis=rule[1])
        expected = statements_of(ledger, day)
        with at_the_end_of(day):
            wire = Wire(HTTP_AUTHORIZATION=basic(ApiKey.issue(name="Agreement")[1]))

            shown = on_dashboard(at_desk(), day)
            for pk in ids_of(ledger):
                answered = wire.read(f"/customers/{pk}", include="aging").json
                # Ages are in the currency in which the balance is answered: perhaps that of a yen invoice.
                currency = wire.read(f"/customers/{pk}/balance").json["currency"]
                own = expected.get((pk, currency))
                amounts = [to_minor(Decimal(str(bucket["amount"])), currency) for bucket in answered["aging"]]
                assert amounts == list(own.aging.buckets if own else [0] * (len(rule[0]) + 1))
                balance = wire.read(f"/customers/{pk}/balance", currency="usd").json
                own = expected.get((pk, "usd"))
                net = Decimal(str(balance["total_outstanding"])) - Decimal(str(balance["open_credit_notes"]))
                assert net * 100 == (own.open_total if own else 0)

        totals: dict[str, list[int]] = {}
        for (_, currency), one in expected.items():
            row = totals.setdefault(currency, [0] * (len(rule[0]) + 2))
            row[:] = [
                a + b for a, b in zip(row, (one.open_total, *one.aging.buckets), strict=True)
            ]  # fmt: skip
        assert shown == totals


def on_dashboard(desk: Client, day: date) -> dict[str, list[int]]:
    """Open amount and buckets in minor units, by currency."""
    strips = desk.get(reverse("admin:index"), {"as_of": day.isoformat()}).context["strips"]
    return {
        strip.currency: [_minor(strip.open_amount), *(_minor(amount) for _, _, amount, _ in strip.buckets)]
        for strip in strips
    }


def _minor(text: str) -> int:
    """$1,234.50 and ¥1,234 without sign and points: both in their minor units."""
    digits = "".join(character for character in text if character.isdigit())
    return -int(digits) if text.startswith("-") else int(digits)


@relaxed
@given(story=ledgers, day=days)
def test_the_present_is_what_will_once_be_the_past_of_this_day(story: list[Any], day: date) -> None:
    """Nothing current is read: asked now, or later about now, the answer is the same."""
    earlier = [event for event in story if local_day(event[1], CHICAGO) <= day]
    with played(earlier) as ledger, at_the_end_of(day) as now:
        for books in (ledger.parent, ledger.child):
            present = present_balance(customer_id=books.customer.pk, now=now, currency="usd")
            later = balance_of(
                customer=books.customer, now=now + timedelta(days=400), as_of=now, currency="usd"
            )
            assert present == later
            items = {line.number: line for line in statements_lines(ledger, books.customer.pk, day)}
            for invoice in Invoice.objects.filter(customer=books.customer).prefetch_related(
                "payment_plans__instalments", "write_offs"
            ):
                late = invoice.number in items and items[invoice.number].overdue > 0
                assert (invoice_status(invoice, now, CHICAGO) == "past_due") == late, invoice.number


def statements_lines(ledger: RandomLedger, pk: int, day: date) -> list[Any]:
    return [
        line
        for (owner, _), one in statements_of(ledger, day).items()
        if owner == pk
        for line in one.open_lines
    ]
