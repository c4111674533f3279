import io

import pytest

from customers.importing.mapping import from_json
from customers.importing.preview import our_columns, preview
from tests.customers.importing.writing_files import sample, xlsx_bytes

pytestmark = pytest.mark.django_db


def test_shows_the_first_rows_and_the_layout():
    [table] = preview(name="a.csv", stream=io.BytesIO(sample()))

    assert (table.layout, table.problem, len(table.rows)) == ("ibm_receivables", "", 5)
    assert table.columns[3] == "invoiceNumber"
    assert table.rows[0][3] == "0000000000"


def test_says_what_hinders_until_the_map_fits():
    data = b"Kunde;Firma\n007;Blue\n"
    columns = {"columns": {"customer": "Kunde", "customer_name": "Firma"}}

    [before] = preview(name="a.csv", stream=io.BytesIO(data))
    [after] = preview(name="a.csv", stream=io.BytesIO(data), mapping=from_json(columns))

    assert "not those of a known layout" in before.problem
    assert before.rows == (("007", "Blue"),)
    assert (after.problem, after.layout) == ("", "duebook")


def test_shows_every_sheet_and_no_file_breaks_it():
    data = xlsx_bytes({"One": [["customer", "customer_name"], ["1", "=A1"]], "Two": [["x"], [1]]})

    assert [table.label for table in preview(name="b.xlsx", stream=io.BytesIO(data))] == [
        "b.xlsx, sheet One", "b.xlsx, sheet Two"
    ]  # fmt: skip
    [broken] = preview(name="c.csv", stream=io.BytesIO(b"\xff\xfea"))
    assert "UTF-16" in broken.problem


def test_offers_the_columns_of_every_layout():
    offered = our_columns()

    assert set(offered) == {
        "ibm_receivables",
        "customers",
        "contacts",
        "invoices",
        "credit_notes",
        "payments",
    }
    assert "due_date" in offered["invoices"]
