"""From what all owed to what all owe: the sum of everybody's statements."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given

from customers.ledger.roll_forward import RollForward, roll_forwards
from customers.models import Company, Customer
from statements.building import build_statements
from statements.statement import Options
from tests.desk import at_desk, download, page_text, staff
from tests.ledgers import Books, at, first_second, last_second, open_books
from tests.random_ledgers import cuts, ledgers, played, relaxed, seconds

pytestmark = pytest.mark.django_db
PAGE, MOVEMENTS = "admin:customers_invoice_roll_forward", "admin:customers_invoice_movements"
JULY = {"start": "2026-07-01", "end": "2026-07-31"}


def summed(start: int, end: int, customer_ids: list[int]) -> dict[str, tuple[int, ...]]:
    """What the statements of accounts come to when each stands alone."""
    options = Options(type="balance_forward", start=start, end=end, include_children=False)
    sums: dict[str, list[int]] = {}
    for statements in build_statements(customer_ids=customer_ids, options=options).values():
        for one in statements:
            row = sums.setdefault(one.currency, [0] * 7)
            figures = (
                one.opening, one.invoiced, one.paid, one.adjusted, one.closing, one.opening_credit,
                one.closing_credit,
            )  # fmt: skip
            row[:] = [total + figure for total, figure in zip(row, figures, strict=True)]
    return {currency: tuple(row) for currency, row in sums.items() if any(row)}


def of(row: RollForward) -> tuple[int, ...]:
    back = row.refunds + row.reversals + row.moved_to_credit + row.transfers
    paid = row.payments + row.applied_credit - back
    return (
        row.opening, row.invoices - row.credit_notes, paid, row.write_offs, row.closing, row.opening_credit,
        row.closing_credit,
    )  # fmt: skip


@relaxed
@given(story=ledgers, cut=cuts)
def test_is_the_sum_of_all_statements_and_of_one_owners(story: list[Any], cut: list[Any]) -> None:
    with played(story) as ledger:
        start, end = seconds(cut[0]), seconds(cut[1])
        owner = staff("Max", role="account_manager")
        Customer.objects.filter(pk=ledger.child.customer.pk).update(owner=owner)
        both = [ledger.parent.customer.pk, ledger.child.customer.pk]

        everybody = roll_forwards(start=start, end=end)
        own = roll_forwards(start=start, end=end, owner_id=owner.pk)

        assert {row.currency: of(row) for row in everybody if any(of(row))} == summed(start, end, both)
        assert {row.currency: of(row) for row in own if any(of(row))} == summed(start, end, both[1:])
        assert all(row.transfers == 0 for row in everybody)


@pytest.fixture
def books(db: None) -> Books:
    books = open_books("Blue Anchor", number="BA-1")
    Company.objects.update(name="Harbour Supplies")
    books.invoice("2026-06-20", "A", "500")
    books.invoice("2026-07-06", "B", "340")
    books.credit_note("2026-07-09", "N", "40", on="B")
    books.pay("2026-07-22", "600", "CHK 1", on=[("A", "500"), ("credit", "20")])
    books.write_off("2026-07-30", "B")
    books.invoice("2026-08-01", "C", "7", moment=at("2026-08-01", "00:00:00"))
    return books


def test_names_every_kind_of_movement(books: Books) -> None:
    [row] = roll_forwards(start=first_second("2026-07-01"), end=last_second("2026-07-31"))

    assert row == RollForward(
        currency="usd", opening=50000, invoices=34000, credit_notes=4000, payments=60000, refunds=0,
        reversals=0, write_offs=30000, applied_credit=0, moved_to_credit=2000, transfers=0, closing=-8000,
        opening_credit=0, issued_credit=2000, spent_credit=0, closing_credit=2000,
    )  # fmt: skip


def test_a_sum_that_does_not_add_up_cannot_be(books: Books) -> None:
    [row] = roll_forwards(start=first_second("2026-07-01"), end=last_second("2026-07-31"))

    with pytest.raises(ValueError, match="add up"):
        replace(row, closing=1)
    with pytest.raises(ValueError, match="add up"):
        replace(row, closing_credit=1)


def test_costs_one_query_whatever_the_number_of_customers(
    books: Books, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        open_books(f"Customer {number}").invoice("2026-07-02", f"X{number}", "1")

    with django_assert_num_queries(1):
        [row] = roll_forwards(start=first_second("2026-07-01"), end=last_second("2026-07-31"))

    assert row.invoices == 34500


def test_the_page_shows_a_period_and_opens_what_is_behind_a_figure(books: Books) -> None:
    desk = at_desk()

    [table] = desk.get(reverse(PAGE), JULY).context["tables"]
    rows = {row["name"]: row for row in table["rows"]}
    behind = desk.get(rows["Invoices"]["url"])
    open_then = desk.get(rows["Closing balance"]["url"])

    assert (rows["Opening balance"]["amount"], rows["Closing balance"]["amount"]) == ("$500.00", "-$80.00")
    assert rows["Payments"]["amount"] == "-$600.00"
    assert "Paid for other accounts" not in rows
    assert [(line["number"], line["amount"]) for line in behind.context["entries"]] == [("B", "$340.00")]
    assert behind.context["total"] == rows["Invoices"]["amount"]
    assert open_then.status_code == 200


def test_movements_come_in_pages(books: Books) -> None:
    for number in range(101):
        books.invoice("2026-07-10", f"M-{number:03}", "1")
    words = {**JULY, "type": "invoice", "currency": "usd"}
    desk = at_desk()

    first, second = desk.get(reverse(MOVEMENTS), words), desk.get(reverse(MOVEMENTS), {**words, "p": "2"})

    assert (len(first.context["entries"]), len(second.context["entries"])) == (100, 2)
    assert first.context["total"] == second.context["total"] == "$441.00"
    assert "Page 2 of 2, 102 movements" in page_text(second)


@pytest.mark.parametrize("wrong", [{"type": "nonsense"}, {"currency": "xxz"}, {"start": "2026-08-09"}])
def test_what_is_no_figure_has_nothing_behind_it(books: Books, wrong: dict[str, str]) -> None:
    words = {**JULY, "type": "invoice", "currency": "usd", **wrong}

    assert at_desk().get(reverse(MOVEMENTS), words).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"start": "2026-08-01"}, {"start": "July"}, {"end": "9999-12-31"}, {"owner": "77"}]
)
def test_a_period_that_cannot_be_is_refused_on_the_form(books: Books, wrong: dict[str, str]) -> None:
    answer = at_desk().get(reverse(PAGE), {**JULY, **wrong})

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert answer.context["tables"] == []


def test_account_managers_see_the_sums_of_their_own_customers(books: Books) -> None:
    other = open_books("Red Anchor")
    other.invoice("2026-07-05", "R", "11")
    manager = staff("Max", role="account_manager")
    Customer.objects.filter(pk=other.customer.pk).update(owner=manager)
    desk = at_desk(manager)

    [table] = desk.get(reverse(PAGE), {**JULY, "owner": str(staff("Eve").pk)}).context["tables"]
    lines = desk.get(reverse(MOVEMENTS), {**JULY, "type": "invoice", "currency": "usd"})

    assert table["rows"][-1]["amount"] == "$11.00"
    assert [line["customer"] for line in lines.context["entries"]] == ["Red Anchor"]


def test_one_owners_customers_are_chosen_on_the_form(books: Books) -> None:
    owner = staff("Max", role="account_manager")
    Customer.objects.filter(pk=books.customer.pk).update(owner=owner)
    open_books("Red Anchor").invoice("2026-07-05", "R", "11")

    [table] = at_desk().get(reverse(PAGE), {**JULY, "owner": str(owner.pk)}).context["tables"]

    assert table["rows"][-1]["amount"] == "-$80.00"


def test_the_file_has_every_figure(books: Books) -> None:
    answer = at_desk().get(reverse(PAGE), {**JULY, "format": "csv"})

    [row] = csv.DictReader(io.StringIO(download(answer).removeprefix("\ufeff")))
    assert (row["start"], row["end"], row["currency"]) == ("2026-07-01", "2026-07-31", "USD")
    assert (row["opening"], row["write_offs"], row["closing"]) == ("500.00", "300.00", "-80.00")


def test_only_those_who_may_export_get_the_file(books: Books) -> None:
    reader = at_desk(staff("Rita", role="read_only"))

    assert reader.get(reverse(PAGE), {**JULY, "format": "csv"}).status_code == 403


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("roll_forward", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_same_as_table_and_file(books: Books) -> None:
    yen = open_books("Kaze", ledger_currency="jpy")
    yen.invoice("2026-07-05", "Y", "5000")
    words = ("--start", "2026-07-01", "--end", "2026-07-31")

    rows = list(csv.DictReader(io.StringIO(printed(*words, "--format", "csv"))))
    table = {line[:16].strip(): line[16:].split() for line in printed(*words).splitlines()[1:]}

    assert [(row["currency"], row["closing"]) for row in rows] == [("JPY", "5000"), ("USD", "-80.00")]
    assert table["closing"] == ["5000", "-80.00"]
    assert table["credit notes"] == ["0", "40.00"]


def test_the_command_narrows_to_one_owner(books: Books) -> None:
    staff("Max")

    assert "no balance and no movement" in printed(
        "--start", "2026-07-01", "--end", "2026-07-31", "--owner", "max"
    )


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--start", "July", "--end", "2026-07-31"), "YYYY-MM-DD"),
        (("--start", "2026-08-01", "--end", "2026-07-31"), "ends before"),
        (("--start", "2026-07-01", "--end", "2026-07-31", "--owner", "nobody"), "nobody"),
    ],
)
def test_the_command_refuses_with_the_code_of_usage(db: None, words: tuple[str, ...], text: str) -> None:
    with pytest.raises(CommandError, match=text) as refused:
        printed(*words)

    assert refused.value.returncode == 2


def test_a_refund_of_a_fee_changes_nothing_that_was(books: Books) -> None:
    from customers.ledger.refunding import give_back

    payment = books.pay("2026-08-03", "206", "CARD", on=[("C", "7"), ("fee", "6")])
    options = Options(type="balance_forward", start=first_second("2026-08-01"), end=last_second("2026-08-05"))
    ids = [books.customer.pk]
    before = build_statements(customer_ids=ids, options=options)

    refund = give_back(payment=payment, amount=20600, now=at("2026-08-09"))

    assert build_statements(customer_ids=ids, options=options) == before
    later = replace(options, end=int((at("2026-08-09") + timedelta(days=1)).timestamp()))
    [statement] = build_statements(customer_ids=ids, options=later)[books.customer.pk]
    assert [(line.type, line.amount, line.fee) for line in statement.lines[-2:]] == [
        ("payment", -20000, 600),
        ("refund", 20000, 600),
    ]
    assert (refund.amount, refund.fee) == (20600, 600)
