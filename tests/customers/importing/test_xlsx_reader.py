import io
from datetime import date, time
from decimal import Decimal

import pytest
from openpyxl import Workbook

from customers.importing.faults import UnreadableFile
from customers.importing.tables import Unusable, read_tables
from tests.customers.importing.writing_files import xlsx_bytes


def rows_of(data: bytes):
    return {table.label: list(table.rows) for table in read_tables("book.xlsx", io.BytesIO(data))}


def test_keeps_texts_with_leading_zeros_and_knows_numbers_and_dates():
    data = xlsx_bytes({"One": [["a"], ["0000611365"], [55.94], [0.1 + 0.2], [7], [date(2013, 1, 2)], [True]]})

    [rows] = rows_of(data).values()

    assert [row[0] for _, row in rows] == [
        "0000611365", Decimal("55.94"), Decimal("0.3"), Decimal(7), date(2013, 1, 2), "yes"
    ]  # fmt: skip


def test_restores_leading_zeros_that_the_number_format_shows():
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["number"])
    sheet.append([611365])
    sheet["A2"].number_format = "0000000000"
    stream = io.BytesIO()
    book.save(stream)

    [rows] = rows_of(stream.getvalue()).values()

    assert rows == [(2, ["0000611365"])]


def test_refuses_the_value_of_formulas_errors_and_times():
    data = xlsx_bytes({"One": [["a", "b", "c"], ["=A1+1", "#N/A", time(12, 30)]]})

    [rows] = rows_of(data).values()

    assert all(isinstance(cell, Unusable) for cell in rows[0][1])
    assert "formula" in rows[0][1][0].reason


def test_reads_every_filled_sheet_and_names_it():
    found = rows_of(xlsx_bytes({"Customers": [["a"], ["1"]], "Empty": [], "Invoices": [["b"], [], ["2"]]}))

    assert found == {
        "book.xlsx, sheet Customers": [(2, ["1"])],
        "book.xlsx, sheet Invoices": [(3, ["2"])],
    }


def test_refuses_damaged_workbooks():
    whole = xlsx_bytes({"One": [["a"], ["1"]]})

    for data in (whole[: len(whole) // 2], b"PK\x03\x04 nothing"):
        with pytest.raises(UnreadableFile, match=r"damaged|cannot be opened"):
            rows_of(data)


def test_refuses_a_workbook_without_content():
    with pytest.raises(UnreadableFile, match="no filled sheet"):
        rows_of(xlsx_bytes({"One": []}))
