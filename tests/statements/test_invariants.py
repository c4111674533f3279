"""What holds for every ledger, whatever happened in it: tried on random ones, in every currency, for a
family, its head alone and its child."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customers.ages import MOST_BOUNDS
from customers.ledger.issuing import void_invoice
from customers.ledger.paying import record_payment, void_payment
from customers.ledger.reconciling import differences
from customers.models import Company
from statements.building import build_statement, build_statements
from statements.statement import Options, Statement
from tests.ledgers import Books
from tests.random_ledgers import (
    FIRST,
    LAST,
    REWRITING,
    RandomLedger,
    cuts,
    events,
    ledgers,
    moments,
    played,
    relaxed,
    seconds,
)

pytestmark = pytest.mark.django_db

# Each of these plays two ledgers, or reads all of one twice.
fewer = settings(relaxed, max_examples=12)
Scope = tuple[Books, dict[str, Any]]


def forward(books: Books, start: int, end: int, **options: Any) -> Statement:
    wanted = {"currency": "usd", "start": start, "end": end, **options}
    return build_statement(customer=books.customer, options=Options(type="balance_forward", **wanted))


def unpaid(books: Books, end: int, **options: Any) -> Statement:
    wanted = {"currency": "usd", "end": end, **options}
    return build_statement(customer=books.customer, options=Options(type="open_item", **wanted))


def scopes(ledger: RandomLedger) -> Iterator[Scope]:
    """Every account and currency of a ledger, with the options that ask for it."""
    for books, children in ledger.scopes:
        for currency in ledger.currencies:
            yield books, {"include_children": children, "currency": currency}


def everything(ledger: RandomLedger, start: int, end: int) -> list[Statement]:
    """All that can be asked of a ledger for one period."""
    found = []
    for books, options in scopes(ledger):
        found += [forward(books, start, end, **options), unpaid(books, end, **options)]
    return found


@relaxed
@given(story=ledgers, cut=cuts)
def test_totals_add_up_and_both_kinds_agree(story: list[Any], cut: list[datetime]) -> None:
    with played(story) as ledger:
        start, end = seconds(cut[0]), seconds(cut[1])

        for books, options in scopes(ledger):
            statement, items = forward(books, start, end, **options), unpaid(books, end, **options)

            balance = statement.opening
            for line in statement.lines[1:]:
                balance += line.amount
                assert line.balance == balance
            assert balance == statement.closing
            invoiced = sum(line.amount for line in statement.lines if line.type in ("invoice", "credit_note"))
            adjusted = -sum(line.amount for line in statement.lines if line.type == "write_off")
            assert (statement.invoiced, statement.adjusted) == (invoiced, adjusted)
            assert statement.closing == items.total - items.memo.unapplied
            assert items.total == sum(line.balance for line in items.open_lines) == items.aging.total
            late = unpaid(books, end, items="past_due", **options)
            assert late.total == items.past_due == sum(items.aging.buckets[1:])
            assert all(bucket >= 0 for bucket in items.aging.buckets[1:])
            assert statement.aging == items.aging
            assert statement.closing_credit == items.memo.credit >= 0
            assert items.memo.pending >= 0


@relaxed
@given(story=ledgers, cut=cuts, between=moments)
def test_periods_chain_wherever_they_are_cut(
    story: list[Any], cut: list[datetime], between: datetime
) -> None:
    with played(story) as ledger:
        start, middle, end = sorted([seconds(cut[0]), seconds(cut[1]), seconds(between)])

        for books, options in scopes(ledger):
            whole = forward(books, start, end, **options)
            first = forward(books, start, middle, **options)
            second = forward(books, middle + 1, max(end, middle + 1), **options)

            assert first.closing == second.opening
            assert first.closing_credit == second.opening_credit
            if end > middle:
                assert second.closing == whole.closing
                assert [(line.at, line.type, line.amount) for line in first.lines[1:] + second.lines[1:]] == [
                    (line.at, line.type, line.amount) for line in whole.lines[1:]
                ]


SUMS = (
    "opening", "invoiced", "paid", "adjusted", "closing", "opening_credit", "issued_credit", "spent_credit",
    "closing_credit", "open_total", "past_due",
)  # fmt: skip


@relaxed
@given(story=ledgers, cut=cuts)
def test_a_family_is_the_sum_of_its_members(story: list[Any], cut: list[datetime]) -> None:
    with played(story) as ledger:
        start, end = seconds(cut[0]), seconds(cut[1])

        for currency in ledger.currencies:
            whole, alone, child = (
                forward(books, start, end, currency=currency, include_children=children)
                for books, children in ledger.scopes
            )

            for figure in SUMS:
                assert getattr(whole, figure) == getattr(alone, figure) + getattr(child, figure), figure
            for figure in ("unapplied", "credit", "pending"):
                parts = getattr(alone.memo, figure) + getattr(child.memo, figure)
                assert getattr(whole.memo, figure) == parts, figure
            buckets = zip(alone.aging.buckets, child.aging.buckets, strict=True)
            assert whole.aging.buckets == tuple(map(sum, buckets))
            # Between its own members nothing is a movement; each of them alone shows its side.
            assert not [line for line in whole.lines if line.type == "transfer"]
            sides = [
                sum(line.amount for line in one.lines if line.type == "transfer") for one in (alone, child)
            ]
            assert sum(sides) == 0


@relaxed
@given(story=ledgers, cut=cuts)
def test_one_by_one_and_in_bulk_are_the_same_facts(story: list[Any], cut: list[datetime]) -> None:
    with played(story) as ledger:
        books = [ledger.parent, ledger.child]
        options = Options(type="balance_forward", start=seconds(cut[0]), end=seconds(cut[1]))

        bulk = build_statements(customer_ids=[b.customer.pk for b in books], options=options)

        for each in books:
            singles = [
                build_statement(customer=each.customer, options=replace(options, currency=currency))
                for currency in ledger.currencies
            ]
            assert bulk[each.customer.pk] == tuple(one for one in singles if not one.is_empty)


@relaxed
@given(story=ledgers)
def test_the_books_agree_after_anything(story: list[Any]) -> None:
    with played(story):
        found = [str(difference) for difference in differences(now=datetime(2026, 6, 1, tzinfo=UTC))]

        assert found == []


@relaxed
@given(story=ledgers, later=ledgers, end=moments)
@example(
    story=[("debit", FIRST, 1000, 0, False)],
    later=[("fail", LAST, 1, 0, False)],
    end=FIRST + timedelta(days=9),
)
@example(
    story=[("invoice", FIRST, 1000, 0, True), ("payment", FIRST, 1000, 2, False)],
    later=[("transfer", LAST, 700, 0, True)],
    end=FIRST + timedelta(days=9),
)
def test_a_past_statement_does_not_change_with_what_happens_later(
    story: list[Any], later: list[Any], end: datetime
) -> None:
    """Voids are the exception: they take a document out of every period."""
    earlier = [(kind, min(when, end), *rest) for kind, when, *rest in story]
    with played(earlier) as ledger:
        before = everything(ledger, seconds(FIRST), seconds(end))
        currencies = ledger.currencies

        for kind, when, *rest in later:
            if kind not in REWRITING:
                ledger.play(kind, max(when, end + timedelta(seconds=1)), *rest)

        after = everything(ledger, seconds(FIRST), seconds(end))
        assert [one for one in after if one.currency in currencies] == before


@fewer
@given(story=ledgers, noise=st.lists(events, min_size=2, max_size=6), cut=cuts)
def test_what_does_not_count_changes_nothing(story: list[Any], noise: list[Any], cut: list[datetime]) -> None:
    """Drafts, voided documents and payments, failed and unmatched payments, other currencies."""
    start, end = seconds(cut[0]), seconds(cut[1])
    with played(story) as ledger:
        before = everything(ledger, start, end)

        for number, (_, when, amount, pick, on_child) in enumerate(noise):
            add_noise(ledger.child if on_child else ledger.parent, number, when, amount, pick)

        after = everything(ledger, start, end)
        assert [one for one in after if one.currency != "eur"] == before


def add_noise(books: Books, number: int, when: datetime, amount: int, pick: int) -> None:
    day, money, name = "2026-01-01", f"{amount / 100:.2f}", f"noise {number}"
    values = {"date": when, "reference": name}
    if pick == 0:
        books.invoice(day, name, money, moment=when, draft=True)
    elif pick == 1:
        void_invoice(invoice=books.invoice(day, name, money, moment=when), now=when)
    elif pick == 2:
        Books(customer=books.customer, currency="eur").invoice(day, name, money, moment=when)
    else:
        payment = record_payment(
            customer=None if pick == 3 else books.customer, amount=amount, currency="usd",
            values={**values, "status": "failed"} if pick == 4 else values, now=when,
        )  # fmt: skip
        if pick == 5:
            void_payment(payment=payment, now=when)


UNTOUCHED = ("refund", "reverse", "give_back")


@fewer
@given(story=ledgers, cut=cuts, fee=st.integers(1, 900))
def test_a_convenience_fee_is_neither_owed_nor_paid(story: list[Any], cut: list[datetime], fee: int) -> None:
    """Nothing is given back here: then a part of what comes back is the fee."""
    start, end = seconds(cut[0]), seconds(cut[1])
    # A payment of choice 4 has a fee of its own, a part of its amount.
    story = [event for event in story if event[0] not in UNTOUCHED and event[3] != 4]
    with played(story) as ledger:
        without = [told(one) for one in everything(ledger, start, end)]

    with played(story, fee=fee) as ledger:
        assert [told(one) for one in everything(ledger, start, end)] == without


independent = st.lists(
    st.tuples(
        st.sampled_from(["invoice", "credit_note", "payment", "debit", "grant", "yen_invoice"]),
        moments,
        st.integers(1, 50_000),
        st.sampled_from([0, 2]),
        st.booleans(),
    ),
    min_size=3,
    max_size=12,
)


@fewer
@given(story=independent, cut=cuts, seed=st.integers(0, 1000))
def test_the_order_of_entry_changes_nothing(story: list[Any], cut: list[datetime], seed: int) -> None:
    """Of what does not build on one another; all dated as it happened."""
    start, end = seconds(cut[0]), seconds(cut[1])
    numbered = list(enumerate(story))
    shuffled = random.Random(seed).sample(numbered, len(numbered))
    seen = []
    for order in (numbered, shuffled):
        with played([]) as ledger:
            for number, one in order:
                ledger.count = number
                ledger.play(*one)
            seen.append([told(one) for one in everything(ledger, start, end)])

    assert seen[0] == seen[1]


def told(statement: Statement) -> Any:
    """All that a statement says, without ids and fees: those of two ledgers differ."""
    lines = [replace(line, member_id=None, fee=0) for line in statement.lines]
    credit_lines = [replace(line, member_id=None) for line in statement.credit_lines]
    open_lines = [replace(line, member_id=None) for line in statement.open_lines]
    figures = [getattr(statement, figure) for figure in (*SUMS, "total", "amount_due")]
    return lines, credit_lines, open_lines, figures, statement.memo, statement.aging


bounds = st.lists(st.integers(1, 90), min_size=1, max_size=MOST_BOUNDS, unique=True).map(sorted)


@relaxed
@given(story=ledgers, end=moments, bounds=bounds, basis=st.sampled_from(["due_date", "date"]))
def test_every_aging_adds_up_to_what_is_open(
    story: list[Any], end: datetime, bounds: list[int], basis: str
) -> None:
    with played(story) as ledger:
        usual = unpaid(ledger.parent, seconds(end))
        Company.objects.update(aging_bounds=bounds, aging_basis=basis)

        items, late = (
            unpaid(ledger.parent, seconds(end)),
            unpaid(ledger.parent, seconds(end), items="past_due"),
        )

        assert len(items.aging.buckets) == len(bounds) + 1
        assert sum(items.aging.buckets) == items.total == usual.total
        assert items.past_due == late.total == usual.past_due
        if basis == "due_date" and bounds[0] == 1:
            assert sum(items.aging.buckets[1:]) == items.past_due
