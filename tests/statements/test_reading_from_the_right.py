"""Arabic paper: what stands where, read off the printed page and not off the text behind it."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from statements.letterhead import Edition, Look
from statements.rendering import render_statement
from statements.statement import Member, Statement
from tests.statements.paper_samples import (
    ADDRESSEE,
    NORTHWIND,
    SENDER,
    balance_forward,
    in_edition,
    open_items,
)

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext reads the page (apt-get install poppler-utils)"
)

SOUTH = Member(id=2, name="Northwind (South), Ltd.", number="CUST-00043")
ARABIC = in_edition(locale="ar_AE", paper="a4")
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</word>')
# Where the head, the window and the foot are, in points from the top.
HEAD, WINDOW, FOOT = (0, 50), (150, 265), (770, 842)


def lines_of(pdf: bytes, page: int, folder: Path, band: tuple[int, int]) -> list[str]:
    """The Latin words and dots of each line between two heights, as they stand from left to right."""
    (folder / "arabic.pdf").write_bytes(pdf)
    command = [shutil.which("pdftotext") or "", "-f", str(page), "-l", str(page), "-bbox", "arabic.pdf", "-"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder).stdout
    rows: dict[int, list[tuple[float, str]]] = {}
    for left, bottom, text in WORD.findall(shown):
        if band[0] < float(bottom) < band[1] and not re.search("[\u0600-\u06ff]", text):
            rows.setdefault(round(float(bottom) / 3), []).append((float(left), text.replace("&amp;", "&")))
    return [" ".join(text for _, text in sorted(row)) for _, row in sorted(rows.items())]


def printed(statement: Statement, edition: Edition = ARABIC, **addressee: object) -> bytes:
    return render_statement(
        statement=statement,
        sender=SENDER,
        addressee=replace(ADDRESSEE, **addressee),  # type: ignore[arg-type]
        edition=edition,
    )


def family(count: int) -> Statement:
    statement = open_items(count)
    lines = [replace(line, member_id=1 + index % 2) for index, line in enumerate(statement.open_lines)]
    return replace(statement, members=(NORTHWIND, SOUTH), open_lines=tuple(lines))


def test_number_and_date_in_the_running_head_are_whole_and_in_their_order(tmp_path: Path) -> None:
    """From the right: the title, the number, the date; the date with its year on the left, as in Arabic."""
    head = lines_of(printed(open_items(60)), 2, tmp_path, HEAD)

    assert sorted(head) == ["2026/07/31 · ST-2026-000317", "CUST-00042 · Northwind Outfitters, Inc."]


def test_a_name_that_is_too_long_for_its_line_keeps_its_signs_at_its_ends(tmp_path: Path) -> None:
    name = "Northwind Outfitters, Inc. of the Upper Lakes, Rivers, Ltd."
    lines = lines_of(printed(open_items(2), name=name, attention_to="Jane Doe Jr."), 1, tmp_path, WINDOW)

    assert "Northwind Outfitters, Inc. of the Upper Lakes," in lines
    assert "Rivers, Ltd." in lines
    assert any(line.startswith("Jane Doe Jr.") for line in lines)


def test_the_senders_line_above_the_window_reads_as_one_text(tmp_path: Path) -> None:
    lines = lines_of(printed(open_items(2)), 1, tmp_path, WINDOW)

    first = next(index for index, line in enumerate(lines) if line.startswith("Harbor & Pine Supply Co. ·"))
    assert f"{lines[first]} {lines[first + 1]}".startswith(
        "Harbor & Pine Supply Co. · 1840 Lakeshore Avenue · Suite 300 · Milwaukee, WI 53202"
    )


def test_names_of_accounts_keep_their_signs_in_the_rows(tmp_path: Path) -> None:
    shown = " ".join(lines_of(printed(family(4)), 1, tmp_path, (265, 700)))

    assert ".Inc" not in shown
    assert ",Outfitters" not in shown
    assert "Ltd." in shown


def test_an_account_above_its_lines_has_its_number_on_the_left(tmp_path: Path) -> None:
    edition = replace(ARABIC, look=Look(grouped=True))

    lines = lines_of(printed(family(4), edition), 1, tmp_path, (265, 700))

    assert "CUST-00043 · Northwind (South), Ltd." in lines


def test_a_number_stands_beside_its_kind_and_the_way_of_paying_behind_it(tmp_path: Path) -> None:
    statement = balance_forward(1)
    line = replace(statement.lines[-1], type="payment", method="ach", number="CHK-1")
    statement = replace(statement, lines=(statement.lines[0], line))

    shown = " ".join(lines_of(printed(statement), 1, tmp_path, (265, 700)))

    assert "ACH · CHK-1" in shown


def test_an_account_that_paid_keeps_the_sign_behind_its_name(tmp_path: Path) -> None:
    statement = balance_forward(1)
    line = replace(statement.lines[-1], type="transfer", counterparty="Anchor, Inc.", number="CHK-1")
    statement = replace(statement, lines=(statement.lines[0], line))

    shown = " ".join(lines_of(printed(statement), 1, tmp_path, (265, 700)))

    assert "Anchor, Inc." in shown


def test_the_foot_has_each_part_whole(tmp_path: Path) -> None:
    shown = " ".join(lines_of(printed(open_items(2)), 1, tmp_path, FOOT))

    assert (
        "harborpine.example · billing@harborpine.example · +1 414 555 0142 · Harbor & Pine Supply Co."
        in shown
    )
