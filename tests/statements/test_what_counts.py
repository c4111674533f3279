"""Which documents and events count, when, and with which sign: one scene for each rule."""

from datetime import timedelta
from typing import Any

import pytest

from customers.errors import Refused
from customers.ledger.applying import Application
from customers.ledger.closing import reopen_invoice, write_off_invoice
from customers.ledger.crediting import credit_note_to_balance, void_credit_note
from customers.ledger.issuing import update_invoice, void_invoice
from customers.ledger.paying import apply_payment, record_payment, update_payment, void_payment
from customers.ledger.plans import Part, make_plan
from customers.ledger.refunding import refund_payment, reverse_payment
from customers.models import Customer, Invoice, PaymentApplication, WriteOff
from statements.building import build_statement, build_statements
from statements.options import parse_options
from statements.statement import Options, Statement
from tests.ledgers import CHICAGO, Books, at, first_second, last_second, minor, open_books

pytestmark = pytest.mark.django_db
JULY = (first_second("2026-07-01"), last_second("2026-07-31"))


def july(books: Books, **options: Any) -> Statement:
    wanted = Options(type="balance_forward", start=JULY[0], end=JULY[1], **options)
    return build_statement(customer=books.customer, options=wanted)


def unpaid(books: Books, day: str = "2026-07-31", **options: Any) -> Statement:
    wanted = Options(type="open_item", end=last_second(day), **options)
    return build_statement(customer=books.customer, options=wanted)


def moves(statement: Statement) -> list[tuple[str, int]]:
    return [(line.type, line.amount) for line in statement.lines[1:]]


@pytest.fixture
def books() -> Books:
    return open_books()


def test_drafts_count_nowhere_until_they_are_issued(books: Books) -> None:
    draft = books.invoice("2026-07-05", "D", "10", draft=True)
    assert moves(july(books)) == []
    assert unpaid(books).open_lines == ()

    update_invoice(invoice=draft, changes={"draft": False}, now=at("2026-08-02"))

    assert moves(july(books)) == [("invoice", 1000)]


def test_a_void_takes_a_document_out_of_every_period(books: Books) -> None:
    books.invoice("2026-07-05", "I", "10")
    invoice = books.invoice("2026-07-05", "V", "20")
    note = books.credit_note("2026-07-06", "N", "4")

    void_invoice(invoice=invoice, now=at("2026-09-01"))
    void_credit_note(credit_note=note, now=at("2026-09-01"))

    assert moves(july(books)) == [("invoice", 1000)]
    assert unpaid(books).total == 1000


def test_a_voided_payment_opens_what_it_had_settled_as_if_it_never_was(books: Books) -> None:
    books.invoice("2026-07-05", "I", "10")
    payment = books.pay("2026-07-07", "6", "CHK", on=[("I", "6")])

    void_payment(payment=payment, now=at("2026-09-01"))

    assert moves(july(books)) == [("invoice", 1000)]
    assert (unpaid(books).total, unpaid(books).memo.unapplied) == (1000, 0)


def test_a_pending_payment_is_a_memo_and_counts_on_its_own_date_once_it_clears(books: Books) -> None:
    books.invoice("2026-07-05", "I", "10")
    payment = books.pay("2026-07-28", "10", "ACH", status="pending")
    before = unpaid(books)

    update_payment(payment=payment, changes={"status": "succeeded"}, now=at("2026-08-02"))

    assert (before.total, before.memo.pending, moves(july(books))) == (
        1000, 1000, [("invoice", 1000), ("payment", -1000)],
    )  # fmt: skip


def test_failed_payments_and_those_without_a_customer_count_nowhere(books: Books) -> None:
    books.invoice("2026-07-05", "I", "10")
    books.pay("2026-07-06", "10", "ACH", status="failed")
    record_payment(customer=None, amount=minor("10"), currency="usd", values={"date": at("2026-07-07")},
                   now=at("2026-07-07"))  # fmt: skip

    statement = unpaid(books)

    assert moves(july(books)) == [("invoice", 1000)]
    assert (statement.total, statement.memo.unapplied, statement.memo.pending) == (1000, 0, 0)


def test_a_deposit_is_unapplied_until_its_invoice_exists(books: Books) -> None:
    payment = books.pay("2026-06-10", "10", "DEP")
    invoice = books.invoice("2026-07-20", "I", "10")
    use = Application(PaymentApplication.Type.INVOICE, 1000, invoice)
    apply_payment(payment=payment, applications=[use], now=at("2026-06-12"))

    assert unpaid(books, "2026-07-19").memo.unapplied == 1000
    assert (unpaid(books).memo.unapplied, unpaid(books).total) == (0, 0)


def test_a_convenience_fee_is_neither_owed_nor_paid(books: Books) -> None:
    books.invoice("2026-07-05", "I", "100")
    books.pay("2026-07-06", "103", "CARD", on=[("I", "100"), ("fee", "3")])

    statement = july(books)

    assert moves(statement) == [("invoice", 10000), ("payment", -10000)]
    assert (statement.lines[-1].fee, statement.closing) == (300, 0)


def test_a_credit_note_kept_as_credit_moves_over(books: Books) -> None:
    note = books.credit_note("2026-07-06", "N", "40")
    credit_note_to_balance(credit_note=note, amount=4000, now=at("2026-07-07"))

    statement = july(books)

    assert moves(statement) == [("credit_note", -4000), ("moved_to_credit", 4000)]
    assert (statement.closing, statement.closing_credit, unpaid(books).open_lines) == (0, 4000, ())


def test_credit_granted_by_hand_counts_when_it_is_spent(books: Books) -> None:
    books.credit("2026-07-03", "25")

    statement = july(books)

    assert moves(statement) == []
    assert [(line.type, line.amount) for line in statement.credit_lines] == [("credit_adjustment", 2500)]
    assert (statement.paid, statement.closing_credit) == (0, 2500)


def test_a_refund_reopens_what_it_is_taken_from_or_lowers_the_unapplied_part(books: Books) -> None:
    invoice = books.invoice("2026-07-05", "I", "100")
    payment = books.pay("2026-07-06", "130", "CARD", on=[("I", "100")])
    refund_payment(payment=payment, amount=3000, now=at("2026-07-10"))
    refund_payment(payment=payment, invoice=invoice, amount=4000, now=at("2026-07-20"))

    assert moves(july(books))[2:] == [("refund", 3000), ("refund", 4000)]
    assert [(unpaid(books, day).total, unpaid(books, day).memo.unapplied) for day in
            ("2026-07-09", "2026-07-10", "2026-07-20")] == [(0, 3000), (0, 0), (4000, 0)]  # fmt: skip


def test_a_returned_payment_keeps_its_line_and_undoes_what_went_into_credit(books: Books) -> None:
    books.invoice("2026-06-05", "I", "100")
    cheque = books.pay("2026-07-06", "120", "CHK", on=[("I", "100"), ("credit", "20")])
    reverse_payment(payment=cheque, now=at("2026-07-16"))

    statement = july(books)

    assert moves(statement) == [
        ("payment", -12000), ("moved_to_credit", 2000), ("payment_reversal", 12000),
        ("moved_to_credit", -2000),
    ]  # fmt: skip
    assert (statement.closing, statement.closing_credit) == (10000, 0)
    assert unpaid(books, "2026-07-10").total == 0


def test_an_invoice_closed_by_hand_is_given_up_at_that_moment(books: Books) -> None:
    invoice = books.invoice("2026-07-05", "I", "100")
    write_off_invoice(invoice=invoice, reason=WriteOff.Reason.CLOSED, now=at("2026-07-20"))
    closed = july(books)
    reopen_invoice(invoice=invoice, now=at("2026-07-25"))

    assert moves(closed) == [("invoice", 10000), ("write_off", -10000)]
    assert (closed.adjusted, closed.closing) == (10000, 0)
    assert moves(july(books)) == [("invoice", 10000), ("write_off", -10000), ("write_off", 10000)]
    assert [unpaid(books, day).total for day in ("2026-07-19", "2026-07-20", "2026-07-25")] == [
        10000,
        0,
        10000,
    ]


def test_a_payment_of_march_applied_in_april_leaves_the_invoice_open_in_march(books: Books) -> None:
    invoice = books.invoice("2026-03-02", "I", "50")
    payment = books.pay("2026-03-10", "50", "CHK")
    use = Application(PaymentApplication.Type.INVOICE, 5000, invoice)
    apply_payment(payment=payment, applications=[use], now=at("2026-04-04"))

    march, april = unpaid(books, "2026-03-31"), unpaid(books, "2026-04-30")

    assert (march.total, march.memo.unapplied, march.net) == (5000, 5000, 0)
    assert (april.total, april.memo.unapplied) == (0, 0)


def test_an_application_taken_back_still_counts_on_the_days_before(books: Books) -> None:
    books.invoice("2026-07-05", "I", "100")
    payment = books.pay("2026-07-06", "100", "CHK", on=[("I", "100")])
    refund_payment(payment=payment, invoice=books.invoices["I"], amount=10000, now=at("2026-08-06"))

    assert unpaid(books).total == 0
    assert unpaid(books, "2026-08-06").total == 10000


def test_events_of_one_second_stand_in_the_order_of_their_kind_and_number(books: Books) -> None:
    moment = at("2026-07-07", "09:00:00")
    books.invoice("2026-07-07", "B", "10", moment=moment)
    books.invoice("2026-07-07", "A", "10", moment=moment)
    books.pay("2026-07-07", "5", "CHK", date=moment, on=[("A", "5")])
    note = books.credit_note("2026-07-07", "N", "1")
    type(note).objects.filter(pk=note.pk).update(date=moment)

    statement = july(books)

    assert [(line.type, line.number) for line in statement.lines[1:]] == [
        ("invoice", "A"), ("invoice", "B"), ("credit_note", "N"), ("payment", "CHK"),
    ]  # fmt: skip


def test_due_today_is_not_late_and_tomorrow_it_is(books: Books) -> None:
    books.invoice("2026-07-01", "I", "10", due="2026-07-31")

    today, tomorrow = unpaid(books, items="past_due"), unpaid(books, "2026-08-01", items="past_due")

    assert (today.open_lines, today.total) == ((), 0)
    assert (tomorrow.open_lines[0].days_late, tomorrow.total) == (1, 1000)


def test_an_autopay_invoice_without_due_date_is_late_from_its_first_failed_attempt(books: Books) -> None:
    invoice = books.invoice("2026-07-01", "I", "10")
    Invoice.objects.filter(pk=invoice.pk).update(
        autopay=True, payment_terms="AutoPay", due_date=None, first_failed_at=at("2026-07-20")
    )

    assert unpaid(books, "2026-07-19", items="past_due").open_lines == ()
    [line] = unpaid(books, items="past_due").open_lines
    assert (line.due_at, line.days_late, line.overdue) == (None, 11, 1000)


def test_each_instalment_ages_by_its_own_date_and_payments_fill_the_oldest(books: Books) -> None:
    invoice = books.invoice("2026-05-01", "I", "300")
    days = ("2026-06-01", "2026-07-20", "2026-09-01")
    make_plan(invoice=invoice, parts=[Part(at(day), 10000) for day in days], now=at("2026-05-02"))
    books.pay("2026-06-15", "150", "CHK", on=[("I", "150")])

    statement = unpaid(books)

    assert statement.aging.buckets == (10000, 5000, 0, 0, 0)
    assert (statement.past_due, statement.open_lines[0].due_at) == (5000, int(at("2026-07-20").timestamp()))


def test_a_failed_charge_of_an_instalment_does_not_make_the_later_ones_late(books: Books) -> None:
    invoice = books.invoice("2026-05-01", "I", "300")
    make_plan(
        invoice=invoice, parts=[Part(at("2026-07-20"), 10000), Part(at("2026-09-01"), 20000)],
        now=at("2026-05-02"),
    )  # fmt: skip
    Invoice.objects.filter(pk=invoice.pk).update(
        autopay=True, due_date=None, first_failed_at=at("2026-07-20")
    )

    assert unpaid(books).past_due == 10000


def test_past_due_statements_never_list_credit_notes(books: Books) -> None:
    books.invoice("2026-06-01", "I", "10", due="2026-06-30")
    books.credit_note("2026-06-02", "N", "4")

    statement = unpaid(books, items="past_due")

    assert [line.number for line in statement.open_lines] == ["I"]
    assert (statement.total, statement.open_total) == (1000, 600)


def test_an_empty_statement_is_one_and_a_negative_one_asks_for_nothing(books: Books) -> None:
    empty = july(books)
    books.credit_note("2026-07-06", "N", "40")

    negative, items = july(books), unpaid(books)

    assert [line.type for line in empty.lines] == ["previous_balance"]
    assert (empty.closing, empty.amount_due, empty.is_empty) == (0, 0, True)
    assert (negative.closing, negative.amount_due) == (-4000, 0)
    assert (items.total, items.amount_due) == (-4000, 0)


def test_disputes_change_no_figure(books: Books) -> None:
    """A dispute pauses reminders; what is owed stays owed until a dated event says otherwise."""
    invoice = books.invoice("2026-07-01", "I", "10", due="2026-07-15")
    before = unpaid(books)

    Invoice.objects.filter(pk=invoice.pk).update(disputed_from=at("2026-07-10"))

    assert unpaid(books) == before


def test_amounts_in_other_currencies_are_in_no_figure(books: Books) -> None:
    books.invoice("2026-06-05", "U", "10")
    euros = Books(customer=books.customer, currency="eur")
    euros.invoice("2026-06-06", "E", "99")
    euros.pay("2026-07-06", "30", "EUR")
    options = Options(type="balance_forward", start=JULY[0], end=JULY[1])

    found = build_statements(customer_ids=[books.customer.pk], options=options)[books.customer.pk]

    assert {one.currency: (one.opening, one.closing, one.memo.unapplied) for one in found} == {
        "usd": (1000, 1000, 0), "eur": (9900, 6900, 3000),
    }  # fmt: skip


def test_the_customers_own_currency_comes_before_the_newest_invoices(books: Books) -> None:
    Books(customer=books.customer, currency="eur").invoice("2026-07-06", "E", "99")
    assert unpaid(books).currency == "eur"

    Customer.objects.filter(pk=books.customer.pk).update(currency="usd")

    assert unpaid(books).currency == "usd"
    assert Customer.objects.get(pk=books.customer.pk).currency == "usd"


def test_an_invoice_paid_by_then_does_not_choose_the_currency(books: Books) -> None:
    books.invoice("2026-07-01", "U", "10")
    euros = Books(customer=books.customer, currency="eur")
    euros.invoice("2026-07-06", "E", "99")
    euros.pay("2026-07-07", "99", "X", on=[("E", "99")])

    assert unpaid(books).currency == "usd"
    assert july(books).currency == "eur"


def test_a_period_without_a_start_begins_with_the_month_of_its_end() -> None:
    options = parse_options({"end": last_second("2026-03-20")}, zone=CHICAGO, now=at("2026-08-01"))

    assert (options.type, options.start) == ("balance_forward", first_second("2026-03-01"))


@pytest.mark.parametrize(
    ("words", "param"),
    [
        ({"type": "summary"}, "type"),
        ({"type": "open_item", "items": "paid"}, "items"),
        ({"start": 2_000_000_000, "end": 1_900_000_000}, "start"),
        ({"end": "tomorrow"}, "end"),
        ({"end": 9_999_999_999}, "end"),
        ({"currency": "xxq"}, "currency"),
    ],
)
def test_words_that_cannot_be_are_refused_by_name(words: dict[str, Any], param: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_options(words, zone=CHICAGO, now=at("2026-08-01"))

    assert refused.value.param == param


def test_the_zone_decides_how_days_are_cut_not_what_is_stored(books: Books) -> None:
    from customers.models import Company
    from statements.options import day_options

    books.invoice("2026-07-31", "I", "10", moment=at("2026-07-31", "22:00:00"))
    day = at("2026-07-31").date()
    chicago = day_options(type="open_item", zone=CHICAGO, end_day=day)
    Company.objects.update(time_zone="Asia/Tokyo")

    tokyo = day_options(type="open_item", zone=Company.get().zone, end_day=day)

    assert timedelta(seconds=chicago.end - tokyo.end) == timedelta(hours=14)
    assert build_statement(customer=books.customer, options=chicago).total == 1000
    assert build_statement(customer=books.customer, options=tokyo).total == 0
