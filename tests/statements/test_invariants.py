"""What holds for every ledger, whatever happened in it: tried on random ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from customers.errors import Refused
from customers.ledger.accounts import update_customer
from customers.ledger.applying import Application
from customers.ledger.closing import reopen_invoice, write_off_invoice
from customers.ledger.crediting import (
    adjust_credit,
    apply_credit,
    apply_credit_note,
    credit_note_to_balance,
    void_credit_note,
)
from customers.ledger.issuing import void_invoice
from customers.ledger.paying import apply_payment, spread_payment, update_payment, void_payment
from customers.ledger.reconciling import differences
from customers.ledger.refunding import refund_payment, reverse_payment
from customers.models import CreditNote, Invoice, Payment, PaymentApplication
from statements.building import build_statement, build_statements
from statements.statement import Options, Statement
from tests.ledgers import Books, at, open_books

pytestmark = pytest.mark.django_db

# Around the change to summer time in Chicago (8 March 2026) and two month ends.
FIRST, LAST = at("2026-02-20", "00:00:00"), at("2026-04-05", "23:59:59")
SPAN = int((LAST - FIRST).total_seconds())
Type = PaymentApplication.Type

KINDS = (
    *("invoice", "invoice", "invoice", "payment", "payment", "spread", "apply", "replace", "transfer"),
    *("credit_note", "apply_note", "note_to_credit", "grant", "take", "spend", "refund", "reverse"),
    *("write_off", "reopen", "void_invoice", "void_payment", "void_note"),
)
moments = st.integers(0, SPAN).map(lambda seconds: FIRST + timedelta(seconds=seconds))
# Days of noon moments repeat, so that several events share one second.
noons = st.integers(0, 44).map(lambda days: FIRST + timedelta(days=days, hours=12))
events = st.tuples(
    st.sampled_from(KINDS),
    st.one_of(noons, moments),
    st.integers(1, 50_000),
    st.integers(0, 5),
    st.booleans(),
)
ledgers = st.lists(events, min_size=4, max_size=22)
cuts = st.tuples(moments, moments).map(sorted)
relaxed = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class RandomLedger:
    """Plays random events on a parent and its child; refused ones leave no trace."""

    def __init__(self) -> None:
        self.parent, self.child = open_books("Harbor Group"), open_books("Harbor North")
        update_customer(
            customer=self.child.customer,
            changes={"parent_customer": self.parent.customer},
            now=FIRST,
        )
        self.child.customer.refresh_from_db()
        self.count = 0
        self.written = 0

    def play(self, kind: str, when: datetime, amount: int, pick: int, on_child: bool) -> None:
        books = self.child if on_child else self.parent
        self.count += 1
        try:
            with transaction.atomic():
                getattr(self, f"do_{kind}")(books, when, amount, pick)
                self.written += 1
        except Refused:
            pass

    def do_invoice(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        due = when + timedelta(days=10 * pick) if pick else None
        books.invoice(
            "2026-01-01", f"I-{self.count}", f"{amount / 100:.2f}", moment=when, due=None,
            **({"payment_terms": f"NET {10 * pick}"} if due else {}),
        )  # fmt: skip

    def do_payment(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        from customers.ledger.paying import record_payment

        invoice = pick_row(Invoice.objects.open().filter(customer=books.customer), pick)
        uses = []
        if invoice is not None and pick % 2:
            uses.append(Application(Type.INVOICE, min(amount, invoice.balance), invoice))
        if pick == 4:
            uses.append(Application(Type.CONVENIENCE_FEE, max(1, amount // 10)))
        if pick == 5 and amount > 10:
            uses.append(Application(Type.CREDIT, amount // 3))
        record_payment(
            customer=books.customer, amount=amount, currency="usd", applications=uses,
            values={
                "date": when, "reference": f"P-{self.count}", "status": "succeeded" if pick else "pending",
            },
            now=when,
        )  # fmt: skip

    def do_transfer(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        invoice = pick_row(Invoice.objects.open().filter(customer=self.child.customer), pick)
        payment = pick_row(Payment.objects.filter(customer=self.parent.customer, balance__gt=0), pick)
        if invoice and payment:
            part = min(amount, invoice.balance, payment.balance)
            apply_payment(payment=payment, applications=[Application(Type.INVOICE, part, invoice)], now=when)

    def do_spread(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if payment := pick_row(Payment.objects.filter(customer=books.customer), pick):
            spread_payment(payment=payment, now=when)

    def do_apply(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if payment := pick_row(Payment.objects.filter(customer=books.customer), pick):
            apply_payment(payment=payment, applications=[Application(Type.CREDIT, amount)], now=when)

    def do_replace(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if payment := pick_row(Payment.objects.filter(customer=books.customer), pick):
            update_payment(payment=payment, changes={"date": when}, applications=[], now=when)

    def do_credit_note(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        from customers.ledger.crediting import issue_credit_note
        from customers.ledger.drafting import LineInput
        from customers.money import to_amount

        invoice = pick_row(Invoice.objects.open().filter(customer=books.customer), pick) if pick % 2 else None
        issue_credit_note(
            customer=books.customer, lines=[LineInput(name="Credit", unit_cost=to_amount(amount, "usd"))],
            values={"date": when, "number": f"N-{self.count}", "currency": "usd"}, invoice=invoice, now=when,
        )  # fmt: skip

    def do_apply_note(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        note = pick_row(CreditNote.objects.filter(customer=books.customer, balance__gt=0), pick)
        invoice = pick_row(Invoice.objects.open().filter(customer=books.customer), pick)
        if note and invoice:
            apply_credit_note(
                credit_note=note, invoice=invoice, amount=min(note.balance, invoice.balance), now=when
            )

    def do_note_to_credit(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if note := pick_row(CreditNote.objects.filter(customer=books.customer, balance__gt=0), pick):
            credit_note_to_balance(credit_note=note, amount=note.balance, now=when)

    def do_void_note(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if note := pick_row(CreditNote.objects.filter(customer=books.customer), pick):
            void_credit_note(credit_note=note, now=when)

    def do_grant(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        adjust_credit(customer=books.customer, amount=amount, currency="usd", now=when)

    def do_take(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        adjust_credit(customer=books.customer, amount=-amount, currency="usd", now=when)

    def do_spend(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        payer = self.parent if pick % 2 else books
        if invoice := pick_row(Invoice.objects.open().filter(customer=books.customer), pick):
            apply_credit(
                customer=payer.customer, invoice=invoice, amount=min(amount, invoice.balance), now=when
            )

    def do_refund(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if payment := pick_row(Payment.objects.filter(customer=books.customer), pick):
            used = payment.applications.filter(ended_at=None, type="invoice").first()
            invoice = used.invoice if used and pick % 2 else None
            refund_payment(payment=payment, invoice=invoice, amount=amount, now=when)

    def do_reverse(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if payment := pick_row(Payment.objects.filter(customer=books.customer), pick):
            reverse_payment(payment=payment, now=when)

    def do_write_off(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if invoice := pick_row(Invoice.objects.open().filter(customer=books.customer), pick):
            write_off_invoice(invoice=invoice, now=when)

    def do_reopen(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if invoice := pick_row(Invoice.objects.filter(customer=books.customer).exclude(closed_at=None), pick):
            reopen_invoice(invoice=invoice, now=when)

    def do_void_invoice(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if invoice := pick_row(Invoice.objects.filter(customer=books.customer), pick):
            void_invoice(invoice=invoice, now=when)

    def do_void_payment(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if payment := pick_row(Payment.objects.filter(customer=books.customer), pick):
            void_payment(payment=payment, now=when)


def pick_row(rows: Any, pick: int) -> Any:
    found = list(rows.order_by("pk"))
    return found[pick % len(found)] if found else None


@contextmanager
def played(story: list[tuple[str, datetime, int, int, bool]]) -> Iterator[RandomLedger]:
    """A ledger of its own for each example: everything is rolled back afterwards."""
    with transaction.atomic():
        ledger = RandomLedger()
        for one in story:
            ledger.play(*one)
        event(f"{ledger.written // 4 * 4}+ written")
        yield ledger
        transaction.set_rollback(True)


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


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
            assert bulk[each.customer.pk] == (() if single.is_empty else (single,))


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
    rewriting = ("void_invoice", "void_payment", "void_note", "replace")
    with played(earlier) as ledger:
        before = unpaid(ledger.parent, seconds(end)), forward(ledger.parent, seconds(FIRST), seconds(end))

        for kind, when, *rest in later:
            if kind not in rewriting:
                ledger.play(kind, max(when, end + timedelta(seconds=1)), *rest)

        after = unpaid(ledger.parent, seconds(end)), forward(ledger.parent, seconds(FIRST), seconds(end))
        assert after == before
