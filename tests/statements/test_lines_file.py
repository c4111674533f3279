import csv
from dataclasses import replace
from io import StringIO

from statements.lines_file import lines_csv, needs_lines_file
from statements.paper.rows import LINES_PRINTED
from tests.statements.paper_samples import CHICAGO, balance_forward, open_items


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


def test_only_a_page_of_months_needs_the_file():
    assert not needs_lines_file(open_items(LINES_PRINTED))
    assert needs_lines_file(open_items(LINES_PRINTED + 1))
