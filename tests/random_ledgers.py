"""Random ledgers: payments before invoices, late applications, voids, refunds, returned payments, write-offs,
payments for other accounts, debits that clear or fail, several currencies, plans, days on which the clocks
change, ends of months."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st

from customers.errors import Refused
from customers.ledger.accounts import update_customer
from customers.ledger.applying import Application
from customers.ledger.clearing import clear_payment, fail_payment
from customers.ledger.closing import reopen_invoice, write_off_invoice
from customers.ledger.crediting import (
    adjust_credit,
    apply_credit,
    apply_credit_note,
    credit_note_to_balance,
    issue_credit_note,
    void_credit_note,
)
from customers.ledger.drafting import LineInput
from customers.ledger.issuing import void_invoice
from customers.ledger.paying import (
    apply_payment,
    record_payment,
    spread_payment,
    update_payment,
    void_payment,
)
from customers.ledger.plans import Part, make_plan
from customers.ledger.refunding import give_back, refund_payment, reverse_payment
from customers.models import (
    CreditAdjustment,
    CreditBalance,
    CreditNote,
    Invoice,
    Payment,
    PaymentApplication,
    WriteOff,
)
from customers.money import to_amount
from tests.ledgers import Books, at, open_books

# Around the change to summer time in Chicago (8 March 2026) and two month ends.
FIRST, LAST = at("2026-02-20", "00:00:00"), at("2026-04-05", "23:59:59")
SPAN = int((LAST - FIRST).total_seconds())
Type = PaymentApplication.Type

KINDS = (
    *("invoice", "invoice", "invoice", "payment", "payment", "spread", "apply", "replace", "transfer"),
    "redate",
    *("credit_note", "apply_note", "note_of_parent", "note_to_credit"),
    *("grant", "grant", "take", "take", "spend"),
    *("refund", "reverse", "debit", "debit", "clear", "fail", "fail"),
    *("write_off", "reopen", "void_invoice", "void_payment", "void_note"),
    *("give_back", "plan", "yen_invoice", "yen_payment"),
)
# What takes a document out of every period, or rewrites one: the rules' only exceptions. A debit that
# clears counts on its own date.
REWRITING = ("void_invoice", "void_payment", "void_note", "replace", "redate", "clear")
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
        # A fee that is paid on top of each payment.
        self.fee = 0

    @property
    def scopes(self) -> list[tuple[Books, bool]]:
        """Whose statement, and whether its children stand on it: the family, its head alone, the child."""
        return [(self.parent, True), (self.parent, False), (self.child, True)]

    @property
    def currencies(self) -> list[str]:
        found = {"usd"}
        for model in (Invoice, Payment):
            found |= set(model._default_manager.order_by().values_list("currency", flat=True).distinct())
        return sorted(found)

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
        invoice = pick_row(Invoice.objects.open().filter(customer=books.customer), pick)
        uses = []
        if invoice is not None and pick % 2:
            uses.append(Application(Type.INVOICE, min(amount, invoice.balance), invoice))
        if pick == 4:
            uses.append(Application(Type.CONVENIENCE_FEE, max(1, amount // 10)))
        if pick == 5 and amount > 10:
            uses.append(Application(Type.CREDIT, amount // 3))
        if self.fee and pick:
            uses.append(Application(Type.CONVENIENCE_FEE, self.fee))
            amount += self.fee
        record_payment(
            customer=books.customer, amount=amount, currency="usd", applications=uses,
            values={
                "date": when, "reference": f"P-{self.count}", "status": "succeeded" if pick else "pending",
            },
            now=when,
        )  # fmt: skip

    def do_debit(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        self.do_payment(books, when, amount, 0)

    def do_clear(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if payment := pick_row(Payment.objects.filter(customer=books.customer, status="pending"), pick):
            clear_payment(payment=payment, now=when)

    def do_fail(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if payment := pick_row(Payment.objects.filter(customer=books.customer, status="pending"), pick):
            fail_payment(payment=payment, now=when)

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

    def do_redate(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        """A date corrected: what was made with it moves along."""
        if payment := pick_row(Payment.objects.filter(customer=books.customer), pick):
            update_payment(payment=payment, changes={"date": when}, now=max(when, payment.date))

    def do_credit_note(self, books: Books, when: datetime, amount: int, pick: int) -> None:
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

    def do_note_of_parent(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        """A payment without money that brings a note of the parent to an invoice of either account."""
        note = pick_row(CreditNote.objects.filter(customer=self.parent.customer, balance__gt=0), pick)
        invoice = pick_row(Invoice.objects.open().filter(customer=books.customer), pick)
        if note and invoice:
            part = min(amount, note.balance, invoice.balance)
            record_payment(
                customer=self.parent.customer, amount=0, currency="usd",
                applications=[Application(Type.CREDIT_NOTE, part, invoice, note)], now=when,
            )  # fmt: skip

    def do_note_to_credit(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if note := pick_row(CreditNote.objects.filter(customer=books.customer, balance__gt=0), pick):
            credit_note_to_balance(credit_note=note, amount=note.balance, now=when)

    def do_void_note(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if note := pick_row(CreditNote.objects.filter(customer=books.customer), pick):
            void_credit_note(credit_note=note, now=when)

    def do_grant(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        adjust_credit(customer=books.customer, amount=amount, currency="usd", now=when)

    def do_take(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        """Of what there is, and not before it came: else nearly all would be refused."""
        credit = CreditBalance.objects.filter(customer=books.customer, currency="usd", amount__gt=0)
        if not credit.exists():
            self.do_grant(books, when, amount * 2, pick)
        amount = min(amount, credit.get().amount)
        dates = CreditAdjustment.objects.filter(customer=books.customer).values_list("date", flat=True)
        adjust_credit(customer=books.customer, amount=-amount, currency="usd", now=max([when, *dates]))

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

    def do_give_back(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if payment := pick_row(Payment.objects.filter(customer=books.customer), pick):
            give_back(payment=payment, amount=min(amount, payment.amount), now=when)

    def do_plan(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if invoice := pick_row(Invoice.objects.open().filter(customer=books.customer), pick):
            half = invoice.total // 2
            parts = [
                Part(when + timedelta(days=5), half),
                Part(when + timedelta(days=35), invoice.total - half),
            ]
            make_plan(invoice=invoice, parts=parts, now=when)

    def do_yen_invoice(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        Books(customer=books.customer, currency="jpy").invoice(
            "2026-01-01", f"Y-{self.count}", str(amount), moment=when
        )

    def do_yen_payment(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        invoice = pick_row(Invoice.objects.open().filter(customer=books.customer, currency="jpy"), pick)
        uses = [Application(Type.INVOICE, min(amount, invoice.balance), invoice)] if invoice else []
        record_payment(
            customer=books.customer, amount=amount, currency="jpy", applications=uses,
            values={"date": when, "reference": f"YP-{self.count}"}, now=when,
        )  # fmt: skip

    def do_write_off(self, books: Books, when: datetime, amount: int, pick: int) -> None:
        if invoice := pick_row(Invoice.objects.open().filter(customer=books.customer), pick):
            reason = WriteOff.Reason.CLOSED if amount % 2 else WriteOff.Reason.BAD_DEBT
            write_off_invoice(invoice=invoice, now=when, reason=reason)

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
def played(story: list[tuple[str, datetime, int, int, bool]], *, fee: int = 0) -> Iterator[RandomLedger]:
    """A ledger of its own for each example: everything is rolled back afterwards."""
    with transaction.atomic():
        ledger = RandomLedger()
        ledger.fee = fee
        for one in story:
            ledger.play(*one)
        event(f"{ledger.written // 4 * 4}+ written")
        yield ledger
        transaction.set_rollback(True)


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())
