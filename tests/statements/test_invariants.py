"""What holds for every ledger, whatever happened in it: tried on random ones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.ages import MOST_BOUNDS
from customers.ledger.reconciling import differences
from customers.models import Company
from statements.building import build_statement, build_statements
from statements.statement import Options, Statement
from tests.ledgers import Books
from tests.random_ledgers import FIRST, REWRITING, cuts, ledgers, moments, played, relaxed, seconds

pytestmark = pytest.mark.django_db


def forward(books: Books, start: int, end: int, **options: Any) -> Statement:
    wanted = Options(type="balance_forward", start=start, end=end, currency="usd", **options)
    return build_statement(customer=books.customer, options=wanted)


def unpaid(books: Books, end: int, **options: Any) -> Statement:
    wanted = Options(type="open_item", end=end, currency="usd", **options)
    return build_statement(customer=books.customer, options=wanted)


@relaxed
@given(story=ledgers, cut=cuts)
def test_totals_add_up_and_both_kinds_agree(story: list[Any], cut: list[datetime]) -> None:
    with played(story) as ledger:
        start, end = seconds(cut[0]), seconds(cut[1])

        for books in (ledger.parent, ledger.child):
            statement, items = forward(books, start, end), unpaid(books, end)

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
            late = unpaid(books, end, items="past_due")
            assert late.total == items.past_due == sum(items.aging.buckets[1:])
            assert all(bucket >= 0 for bucket in items.aging.buckets[1:])
            assert statement.aging == items.aging
            assert statement.closing_credit == items.memo.credit >= 0


@relaxed
@given(story=ledgers, cut=cuts, between=moments)
def test_periods_chain_wherever_they_are_cut(
    story: list[Any], cut: list[datetime], between: datetime
) -> None:
    with played(story) as ledger:
        start, middle, end = sorted([seconds(cut[0]), seconds(cut[1]), seconds(between)])

        whole = forward(ledger.parent, start, end)
        first, second = (
            forward(ledger.parent, start, middle),
            forward(ledger.parent, middle + 1, max(end, middle + 1)),
        )

        assert first.closing == second.opening
        assert first.closing_credit == second.opening_credit
        if end > middle:
            assert second.closing == whole.closing
            assert [(line.at, line.type, line.amount) for line in first.lines[1:] + second.lines[1:]] == [
                (line.at, line.type, line.amount) for line in whole.lines[1:]
            ]


@relaxed
@given(story=ledgers, cut=cuts)
def test_a_family_is_the_sum_of_its_members(story: list[Any], cut: list[datetime]) -> None:
    with played(story) as ledger:
        start, end = seconds(cut[0]), seconds(cut[1])

        whole = forward(ledger.parent, start, end)
        parts = [
            forward(ledger.parent, start, end, include_children=False),
            forward(ledger.child, start, end),
        ]

        for figure in (
            "opening",
            "invoiced",
            "paid",
            "adjusted",
            "closing",
            "opening_credit",
            "closing_credit",
        ):
            assert getattr(whole, figure) == sum(getattr(part, figure) for part in parts), figure
        assert whole.aging.buckets == tuple(
            map(sum, zip(*(part.aging.buckets for part in parts), strict=True))
        )
        assert whole.memo.unapplied == sum(part.memo.unapplied for part in parts)


@relaxed
@given(story=ledgers, cut=cuts)
def test_one_by_one_and_in_bulk_are_the_same_facts(story: list[Any], cut: list[datetime]) -> None:
    with played(story) as ledger:
        books = [ledger.parent, ledger.child]
        options = Options(type="balance_forward", start=seconds(cut[0]), end=seconds(cut[1]))

        bulk = build_statements(customer_ids=[b.customer.pk for b in books], options=options)

        for each in books:
            single = build_statement(customer=each.customer, options=replace(options, currency="usd"))
            dollars = tuple(one for one in bulk[each.customer.pk] if one.currency == "usd")
            assert dollars == (() if single.is_empty else (single,))


@relaxed
@given(story=ledgers)
def test_the_books_agree_after_anything(story: list[Any]) -> None:
    with played(story):
        found = [str(difference) for difference in differences(now=datetime(2026, 6, 1, tzinfo=UTC))]

        assert found == []


@relaxed
@given(story=ledgers, later=ledgers, end=moments)
def test_a_past_statement_does_not_change_with_what_happens_later(
    story: list[Any], later: list[Any], end: datetime
) -> None:
    """Voids are the exception: they take a document out of every period."""
    earlier = [(kind, min(when, end), *rest) for kind, when, *rest in story]
    with played(earlier) as ledger:
        before = unpaid(ledger.parent, seconds(end)), forward(ledger.parent, seconds(FIRST), seconds(end))

        for kind, when, *rest in later:
            if kind not in REWRITING:
                ledger.play(kind, max(when, end + timedelta(seconds=1)), *rest)

        after = unpaid(ledger.parent, seconds(end)), forward(ledger.parent, seconds(FIRST), seconds(end))
        assert after == before


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
