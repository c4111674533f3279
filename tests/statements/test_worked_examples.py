"""The worked examples of the statement rules, to the line and the cent."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from customers.dates import local_day
from customers.ledger.accounts import update_customer
from customers.ledger.applying import Application
from customers.ledger.crediting import apply_credit
from customers.ledger.paying import apply_payment, record_payment
from customers.ledger.reconciling import differences
from customers.ledger.refunding import refund_payment, reverse_payment
from customers.models import Instalment, PaymentApplication, PaymentPlan
from customers.money import to_amount
from statements.building import build_statement
from statements.statement import Options, Statement
from tests.ledgers import CHICAGO, Books, at, first_second, last_second, minor, open_books

pytestmark = pytest.mark.django_db

JULY = ("2026-07-01", "2026-07-31")
AUGUST = ("2026-08-01", "2026-08-31")


def forward(books: Books, period: tuple[str, str] = JULY, **options: object) -> Statement:
    start, end = period
    return build_statement(
        customer=books.customer,
        options=Options(type="balance_forward", start=first_second(start), end=last_second(end), **options),  # type: ignore[arg-type]
    )


def unpaid(books: Books, day: str = "2026-07-31", **options: object) -> Statement:
    return build_statement(
        customer=books.customer,
        options=Options(type="open_item", end=last_second(day), **options),  # type: ignore[arg-type]
    )


def shown(minor_units: int, currency: str = "usd") -> str:
    return str(to_amount(minor_units, currency))


def day(seconds: int) -> str:
    return local_day(moment(seconds), CHICAGO).isoformat()


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def lines(statement: Statement) -> list[tuple[str, ...]]:
    """(day, kind and number, amount, balance) as the examples print them; with the member's name
    in front of the kind when the statement is consolidated."""
    names = {member.id: member.name for member in statement.members}
    rows: list[tuple[str, ...]] = []
    for line in statement.lines:
        label = f"{line.type} {line.number}".strip()
        amount = "" if line.type == "previous_balance" else shown(line.amount, statement.currency)
        row: tuple[str, ...] = (day(line.at), label, amount, shown(line.balance, statement.currency))
        if statement.consolidated:
            row = (row[0], names.get(line.member_id or 0, ""), *row[1:])
        rows.append(row)
    return rows


def open_lines(statement: Statement) -> list[tuple[str, ...]]:
    return [
        (
            day(line.at),
            line.number,
            shown(line.total, statement.currency),
            day(line.due_at) if line.due_at else "",
            str(line.days_late or ""),
            shown(line.balance, statement.currency),
        )
        for line in statement.open_lines
    ]


def totals(statement: Statement) -> tuple[str, ...]:
    """opening, invoiced, paid, adjusted, closing, credit before, credit after, unapplied, open, due."""
    figures = (
        statement.opening, statement.invoiced, statement.paid, statement.adjusted, statement.closing,
        statement.opening_credit, statement.closing_credit, statement.memo.unapplied,
        statement.open_total, statement.amount_due,
    )  # fmt: skip
    return tuple(shown(figure, statement.currency) for figure in figures)


def aging(statement: Statement) -> tuple[str, ...]:
    return tuple(shown(amount, statement.currency) for amount in statement.aging.buckets)


@pytest.fixture(autouse=True)
def _books_agree(db: None) -> Iterator[None]:
    yield
    assert [str(difference) for difference in differences(now=at("2026-12-31"))] == []


def plain_month() -> Books:
    books = open_books()
    books.invoice("2026-05-20", "I-880", "1200.00", due="2026-06-19")
    books.pay("2026-06-25", "700.00", "CHK 1", on=[("I-880", "700.00")])
    books.invoice("2026-07-06", "I-901", "340.00", due="2026-08-05")
    books.credit_note("2026-07-09", "N-12", "40.00", on="I-901")
    books.pay("2026-07-22", "500.00", "ACH 4411", on=[("I-880", "500.00")])
    books.pay("2026-08-04", "300.00", "ACH 4500", on=[("I-901", "300.00")])
    return books


def test_w1_a_plain_month_with_an_opening_balance() -> None:
    statement = forward(plain_month())

    assert lines(statement) == [
        ("2026-06-30", "previous_balance", "", "500.00"),
        ("2026-07-06", "invoice I-901", "340.00", "840.00"),
        ("2026-07-09", "credit_note N-12", "-40.00", "800.00"),
        ("2026-07-22", "payment ACH 4411", "-500.00", "300.00"),
    ]
    assert totals(statement) == (
        "500.00", "300.00", "500.00", "0.00", "300.00", "0.00", "0.00", "0.00", "300.00", "300.00",
    )  # fmt: skip


def test_w2_open_items_as_of_a_past_day_know_nothing_of_later_payments() -> None:
    books = plain_month()

    july, september = unpaid(books), unpaid(books, "2026-09-15")

    assert open_lines(july) == [("2026-07-06", "I-901", "340.00", "2026-08-05", "", "300.00")]
    assert shown(july.total) == "300.00"
    assert aging(july) == ("300.00", "0.00", "0.00", "0.00", "0.00")
    assert (shown(july.amount_due), shown(july.net)) == ("300.00", "300.00")
    assert open_lines(september) == []
    assert september.total == 0


def early_money() -> Books:
    books = open_books()
    payment = books.pay("2026-07-10", "900.00", "WIRE 9")
    books.invoice("2026-07-14", "I-910", "500.00", due="2026-07-28")
    books.invoice("2026-08-03", "I-930", "400.00", due="2026-09-02")
    apply_payment(payment=payment, applications=[books.use("I-930", "400.00")], now=at("2026-08-03"))
    apply_payment(payment=payment, applications=[books.use("I-910", "500.00")], now=at("2026-08-12"))
    return books


def test_w3_money_before_invoices_and_a_late_application() -> None:
    books = early_money()

    july = unpaid(books)

    assert open_lines(july) == [("2026-07-14", "I-910", "500.00", "2026-07-28", "3", "500.00")]
    assert aging(july) == ("0.00", "500.00", "0.00", "0.00", "0.00")
    assert (shown(july.total), shown(july.memo.unapplied)) == ("500.00", "900.00")
    assert (shown(july.amount_due), shown(july.net)) == ("500.00", "-400.00")
    assert lines(forward(books)) == [
        ("2026-06-30", "previous_balance", "", "0.00"),
        ("2026-07-10", "payment WIRE 9", "-900.00", "-900.00"),
        ("2026-07-14", "invoice I-910", "500.00", "-400.00"),
    ]
    assert totals(forward(books)) == (
        "0.00", "500.00", "900.00", "0.00", "-400.00", "0.00", "0.00", "900.00", "500.00", "0.00",
    )  # fmt: skip
    assert lines(forward(books, AUGUST)) == [
        ("2026-07-31", "previous_balance", "", "-400.00"),
        ("2026-08-03", "invoice I-930", "400.00", "0.00"),
    ]
    assert totals(forward(books, AUGUST)) == (
        "-400.00", "400.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00",
    )  # fmt: skip


def overpayment() -> Books:
    books = open_books()
    books.invoice("2026-07-02", "I-920", "180.00", due="2026-08-01")
    books.pay("2026-07-15", "230.00", "CHK 12", on=[("I-920", "180.00"), ("credit", "50.00")])
    books.invoice("2026-08-05", "I-940", "75.00", due="2026-09-04")
    apply_credit(
        customer=books.customer, invoice=books.invoices["I-940"], amount=minor("50"), now=at("2026-08-05")
    )
    return books


def test_w4_an_overpayment_goes_to_credit_and_is_spent_next_month() -> None:
    books = overpayment()

    july, august = forward(books), forward(books, AUGUST)

    assert lines(july) == [
        ("2026-06-30", "previous_balance", "", "0.00"),
        ("2026-07-02", "invoice I-920", "180.00", "180.00"),
        ("2026-07-15", "payment CHK 12", "-230.00", "-50.00"),
        ("2026-07-15", "moved_to_credit CHK 12", "50.00", "0.00"),
    ]
    assert totals(july) == (
        "0.00", "180.00", "180.00", "0.00", "0.00", "0.00", "50.00", "0.00", "0.00", "0.00",
    )  # fmt: skip
    assert lines(august) == [
        ("2026-07-31", "previous_balance", "", "0.00"),
        ("2026-08-05", "invoice I-940", "75.00", "75.00"),
        ("2026-08-05", "applied_credit I-940", "-50.00", "25.00"),
    ]
    assert totals(august) == (
        "0.00", "75.00", "50.00", "0.00", "25.00", "50.00", "0.00", "0.00", "25.00", "25.00",
    )  # fmt: skip


def test_w5_a_returned_cheque_then_a_card_then_a_part_refund() -> None:
    books = open_books()
    invoice = books.invoice("2026-06-10", "I-950", "640.00", due="2026-07-10")
    cheque = books.pay("2026-07-03", "640.00", "CHK 88", on=[("I-950", "640.00")])
    reverse_payment(payment=cheque, now=at("2026-07-08"))
    card = books.pay("2026-07-20", "640.00", "CARD 4242", on=[("I-950", "640.00")])
    refund_payment(payment=card, invoice=invoice, amount=minor("40"), now=at("2026-07-27"))

    statement = forward(books)

    assert lines(statement) == [
        ("2026-06-30", "previous_balance", "", "640.00"),
        ("2026-07-03", "payment CHK 88", "-640.00", "0.00"),
        ("2026-07-08", "payment_reversal CHK 88", "640.00", "640.00"),
        ("2026-07-20", "payment CARD 4242", "-640.00", "0.00"),
        ("2026-07-27", "refund CARD 4242", "40.00", "40.00"),
    ]
    assert totals(statement) == (
        "640.00", "0.00", "600.00", "0.00", "40.00", "0.00", "0.00", "0.00", "40.00", "40.00",
    )  # fmt: skip


def test_w6_a_write_off_leaves_both_kinds_from_its_day_on() -> None:
    books = open_books()
    books.invoice("2026-02-02", "I-700", "310.00", due="2026-03-04")
    books.invoice("2026-07-01", "I-955", "90.00", due="2026-07-31")
    books.write_off("2026-07-30", "I-700")

    statement, june = forward(books), unpaid(books, "2026-06-30")

    assert lines(statement) == [
        ("2026-06-30", "previous_balance", "", "310.00"),
        ("2026-07-01", "invoice I-955", "90.00", "400.00"),
        ("2026-07-30", "write_off I-700", "-310.00", "90.00"),
    ]
    assert totals(statement) == (
        "310.00", "90.00", "0.00", "310.00", "90.00", "0.00", "0.00", "0.00", "90.00", "90.00",
    )  # fmt: skip
    assert open_lines(june) == [("2026-02-02", "I-700", "310.00", "2026-03-04", "118", "310.00")]
    assert aging(june) == ("0.00", "0.00", "0.00", "0.00", "310.00")


def plan_and_credit() -> Books:
    books = open_books()
    invoice = books.invoice("2026-04-01", "I-600", "1500.00")
    plan = PaymentPlan.objects.create(invoice=invoice, agreed_at=at("2026-04-01"))
    for when in ("2026-05-01", "2026-07-01", "2026-09-01"):
        Instalment.objects.create(plan=plan, date=at(when), amount=minor("500"))
    books.pay("2026-05-15", "650.00", "CHK 3", on=[("I-600", "650.00")])
    books.invoice("2026-05-30", "I-870", "80.00", due="2026-06-14")
    books.invoice("2026-07-20", "I-960", "45.00")
    books.credit_note("2026-07-25", "N-20", "25.00")
    return books


def test_w7_payment_plan_open_credit_note_and_no_due_date() -> None:
    books = plan_and_credit()

    everything, late = unpaid(books), unpaid(books, items="past_due")

    assert open_lines(everything) == [
        ("2026-04-01", "I-600", "1500.00", "2026-07-01", "30", "850.00"),
        ("2026-05-30", "I-870", "80.00", "2026-06-14", "47", "80.00"),
        ("2026-07-20", "I-960", "45.00", "", "", "45.00"),
        ("2026-07-25", "N-20", "-25.00", "", "", "-25.00"),
    ]
    assert shown(everything.total) == "950.00"
    assert aging(everything) == ("520.00", "350.00", "80.00", "0.00", "0.00")
    assert open_lines(late) == open_lines(everything)[:2]
    assert shown(late.total) == "430.00"
    assert aging(late) == aging(everything)
    assert (shown(late.amount_due), shown(late.net), shown(everything.net)) == ("430.00", "950.00", "950.00")


def family() -> tuple[Books, Books, Books]:
    group, north, south = open_books("Group"), open_books("North"), open_books("South")
    for child in (north, south):
        update_customer(
            customer=child.customer, changes={"parent_customer": group.customer}, now=at("2026-01-02")
        )
        child.customer.refresh_from_db()
    group.invoice("2026-06-15", "G-1", "50.00", due="2026-07-15")
    north.invoice("2026-07-03", "N-1", "120.00", due="2026-08-02")
    south.invoice("2026-07-04", "S-1", "80.00", due="2026-08-03")
    group.pay("2026-07-25", "130.00", "CHK 7", on=[("G-1", "50.00"), (south.invoices["S-1"], "80.00")])
    return group, north, south


def test_w8_a_parent_pays_for_a_child() -> None:
    group, north, south = family()

    whole, alone = forward(group), forward(group, include_children=False)

    assert lines(whole) == [
        ("2026-06-30", "", "previous_balance", "", "50.00"),
        ("2026-07-03", "North", "invoice N-1", "120.00", "170.00"),
        ("2026-07-04", "South", "invoice S-1", "80.00", "250.00"),
        ("2026-07-25", "Group", "payment CHK 7", "-130.00", "120.00"),
    ]
    assert totals(whole) == (
        "50.00", "200.00", "130.00", "0.00", "120.00", "0.00", "0.00", "0.00", "120.00", "120.00",
    )  # fmt: skip
    assert lines(forward(south)) == [
        ("2026-06-30", "previous_balance", "", "0.00"),
        ("2026-07-04", "invoice S-1", "80.00", "80.00"),
        ("2026-07-25", "transfer S-1", "-80.00", "0.00"),
    ]
    assert forward(south).lines[2].counterparty == "Group"
    assert totals(forward(south))[:5] == ("0.00", "80.00", "80.00", "0.00", "0.00")
    assert lines(alone) == [
        ("2026-06-30", "previous_balance", "", "50.00"),
        ("2026-07-25", "payment CHK 7", "-130.00", "-80.00"),
        ("2026-07-25", "transfer S-1", "80.00", "0.00"),
    ]
    assert totals(alone)[:5] == ("50.00", "0.00", "50.00", "0.00", "0.00")
    assert alone.closing + forward(north).closing + forward(south).closing == whole.closing


def test_w8_a_child_with_statements_of_its_own_only_stands_outside_its_parents() -> None:
    group, north, south = family()
    update_customer(customer=south.customer, changes={"child_statements": "child"}, now=at("2026-07-26"))

    whole = forward(group)

    assert lines(whole) == [
        ("2026-06-30", "", "previous_balance", "", "50.00"),
        ("2026-07-03", "North", "invoice N-1", "120.00", "170.00"),
        ("2026-07-25", "Group", "payment CHK 7", "-130.00", "40.00"),
        ("2026-07-25", "Group", "transfer S-1", "80.00", "120.00"),
    ]
    assert whole.lines[-1].counterparty == "South"
    assert whole.closing == forward(group, include_children=False).closing + forward(north).closing
    assert totals(forward(south))[:5] == ("0.00", "80.00", "80.00", "0.00", "0.00")


def test_w9_two_currencies_are_never_mixed() -> None:
    books = open_books()
    books.invoice("2026-07-01", "U-1", "100.00", due="2026-07-31")
    yen = Books(customer=books.customer, currency="jpy")
    yen.invoice("2026-07-10", "J-1", "54000", due="2026-08-09")
    yen.pay("2026-07-12", "4000", "BANK 1", on=[("J-1", "4000")])

    newest, dollars = unpaid(books), unpaid(books, currency="usd")

    assert newest.currency == "jpy"
    assert open_lines(newest) == [("2026-07-10", "J-1", "54000", "2026-08-09", "", "50000")]
    assert aging(newest) == ("50000", "0", "0", "0", "0")
    assert shown(newest.net, "jpy") == "50000"
    assert [line.number for line in dollars.open_lines] == ["U-1"]
    assert shown(dollars.total) == "100.00"


def test_w10_the_last_second_of_the_month_belongs_to_it() -> None:
    books = open_books()
    books.invoice("2026-07-31", "Z-1", "11.00", moment=at("2026-07-31", "23:59:59"))
    books.invoice("2026-08-01", "Z-2", "22.00", moment=at("2026-08-01", "00:00:00"))

    july, august = forward(books), forward(books, AUGUST)

    assert shown(july.closing) == "11.00"
    assert lines(august) == [
        ("2026-07-31", "previous_balance", "", "11.00"),
        ("2026-08-01", "invoice Z-2", "22.00", "33.00"),
    ]


def test_w11_convenience_fee_pending_debit_and_open_credit() -> None:
    books = open_books()
    books.invoice("2026-07-02", "I-970", "200.00", due="2026-08-01")
    books.pay("2026-07-09", "206.00", "CARD 4242", on=[("I-970", "200.00"), ("fee", "6.00")])
    books.pay("2026-07-28", "90.00", "ACH 7", status="pending")
    books.credit_note("2026-07-30", "N-31", "35.00")

    statement, items = forward(books), unpaid(books)

    assert lines(statement) == [
        ("2026-06-30", "previous_balance", "", "0.00"),
        ("2026-07-02", "invoice I-970", "200.00", "200.00"),
        ("2026-07-09", "payment CARD 4242", "-200.00", "0.00"),
        ("2026-07-30", "credit_note N-31", "-35.00", "-35.00"),
    ]
    assert shown(statement.lines[2].fee) == "6.00"
    assert totals(statement) == (
        "0.00", "165.00", "200.00", "0.00", "-35.00", "0.00", "0.00", "0.00", "-35.00", "0.00",
    )  # fmt: skip
    assert open_lines(items) == [("2026-07-30", "N-31", "-35.00", "", "", "-35.00")]
    assert aging(items) == ("-35.00", "0.00", "0.00", "0.00", "0.00")
    assert (shown(items.memo.pending), shown(items.amount_due), shown(items.net)) == (
        "90.00", "0.00", "-35.00",
    )  # fmt: skip


def test_w12_credit_balance_only() -> None:
    books = open_books()
    books.credit("2026-06-03", "60.00")
    books.invoice("2026-07-02", "I-980", "100.00", due="2026-08-01")
    apply_credit(
        customer=books.customer, invoice=books.invoices["I-980"], amount=minor("45"), now=at("2026-07-03")
    )
    books.credit("2026-07-20", "-10.00")

    statement = forward(books)

    assert lines(statement) == [
        ("2026-06-30", "previous_balance", "", "0.00"),
        ("2026-07-02", "invoice I-980", "100.00", "100.00"),
        ("2026-07-03", "applied_credit I-980", "-45.00", "55.00"),
    ]
    assert totals(statement) == (
        "0.00", "100.00", "45.00", "0.00", "55.00", "60.00", "5.00", "0.00", "55.00", "55.00",
    )  # fmt: skip
    assert [
        (day(line.at), line.type, shown(line.amount), shown(line.balance)) for line in statement.credit_lines
    ] == [
        ("2026-07-03", "applied_credit", "-45.00", "15.00"),
        ("2026-07-20", "credit_adjustment", "-10.00", "5.00"),
    ]
    assert (shown(statement.issued_credit), shown(statement.spent_credit)) == ("-10.00", "45.00")


def test_a_payment_of_the_parent_may_not_be_applied_twice_over() -> None:
    group, _, south = family()
    invoice = south.invoices["S-1"]

    with pytest.raises(Exception, match="open on invoice S-1"):
        record_payment(
            customer=group.customer,
            amount=minor("80"),
            applications=[
                Application(type=PaymentApplication.Type.INVOICE, amount=minor("80"), invoice=invoice)
            ],
            now=at("2026-07-26"),
        )

    assert Decimal(forward(group).closing) == Decimal("12000")
