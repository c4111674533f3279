import csv
from dataclasses import replace
from io import StringIO

from statements.lines_file import lines_csv, needs_lines_file
from statements.paper.rows import LINES_PRINTED
from statements.statement import CreditLine
from tests.statements.paper_samples import CHICAGO, END, balance_forward, moment, open_items


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


def test_every_open_item_is_a_row_with_exact_amounts():
    statement = open_items(20)
    rows = rows_of(lines_csv(statement=statement, zone=CHICAGO))

    assert len(rows) == 20
    assert rows[2]["total"] == "957.64"
    assert rows[2]["balance"] == "638.43"
    assert rows[0]["date"] == "2026-05-12"
    assert rows[0]["due_date"] == "2026-06-11"
    assert rows[0]["customer_number"] == "CUST-00042"


def test_movements_keep_their_sign_and_running_balance():
    statement = balance_forward(5)
    rows = rows_of(lines_csv(statement=statement, zone=CHICAGO))

    assert [row["type"] for row in rows][:2] == ["previous_balance", "invoice"]
    assert rows[2]["amount"] == "-291.32"
    assert rows[-1]["balance"] == f"{statement.closing / 100:.2f}"


def test_a_number_that_looks_like_a_formula_stays_text():
    line = replace(open_items(1).open_lines[0], number="=HYPERLINK(1)")
    rows = rows_of(lines_csv(statement=replace(open_items(1), open_lines=(line,)), zone=CHICAGO))

    assert rows[0]["number"] == "'=HYPERLINK(1)"


def test_the_credit_balance_follows_the_account():
    credit = CreditLine(at=moment(2026, 7, 9), type="credit_adjustment", number="", amount=900, balance=1_900)
    statement = replace(
        balance_forward(2),
        opening_credit=1_000,
        issued_credit=900,
        closing_credit=1_900,
        credit_lines=(credit,),
    )

    rows = rows_of(lines_csv(statement=statement, zone=CHICAGO))

    assert [row["section"] for row in rows] == ["account"] * 3 + ["credit"] * 2
    assert [(row["date"], row["type"], row["amount"], row["balance"]) for row in rows[-2:]] == [
        ("2026-06-30", "previous_balance", "0.00", "10.00"),
        ("2026-07-09", "credit_adjustment", "9.00", "19.00"),
    ]


def test_many_lines_of_credit_need_the_file_too():
    line = CreditLine(at=END, type="credit_adjustment", number="", amount=0, balance=0)

    assert needs_lines_file(replace(balance_forward(1), credit_lines=(line,) * (LINES_PRINTED + 1)))
    assert not needs_lines_file(replace(balance_forward(1), credit_lines=(line,) * LINES_PRINTED))


def test_only_a_page_of_months_needs_the_file():
    assert not needs_lines_file(open_items(LINES_PRINTED))
    assert needs_lines_file(open_items(LINES_PRINTED + 1))
