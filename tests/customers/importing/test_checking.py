"""Everything that can be wrong with a file, told by line and column, and nothing stored."""

from datetime import UTC, date, datetime

import pytest

from customers.importing.mapping import ColumnRule, Mapping, from_json
from customers.models import Customer, ImportJob, Invoice
from tests.customers.importing.writing_files import (
    IBM_HEADER,
    csv_bytes,
    ibm_file,
    ibm_row,
    own_file,
    sample,
    xlsx_bytes,
)


def told(check):
    return [(fault.line, fault.column, fault.reason) for fault in check.faults(100)]


def customer(number="C-1", name="Blue Anchor", **cells):
    return {"record": "customer", "customer": number, "customer_name": name, **cells}


def invoice(number="INV-1", amount="100.00", day="2024-05-01", **cells):
    return {"record": "invoice", "customer": "C-1", "invoice": number, "date": day, "amount": amount, **cells}


def payment(amount="100.00", on="INV-1", day="2024-05-20", **cells):
    return {"record": "payment", "customer": "C-1", "invoice": on, "date": day, "amount": amount, **cells}


def test_a_good_file_has_no_faults_and_is_counted_by_kind(check):
    found = check(sample(customers=3, invoices=4))

    assert told(found) == []
    assert found.rows == 12
    assert {kind: numbers["created"] for kind, numbers in found.counts().items()} == {
        "customers": 3, "contacts": 0, "invoices": 12, "credit_notes": 0, "payments": 9
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"InvoiceAmount": "-5.00"}, "InvoiceAmount", "negative"),
        ({"InvoiceAmount": "abc"}, "InvoiceAmount", "is no amount"),
        ({"InvoiceAmount": "1.234"}, "InvoiceAmount", "more decimals"),
        ({"InvoiceAmount": ""}, "InvoiceAmount", "is empty"),
        ({"InvoiceAmount": "=1+1"}, "InvoiceAmount", "is no amount"),
        ({"DueDate": "12/31/2012"}, "DueDate", "before the invoice date"),
        ({"InvoiceDate": "31/1/2013"}, "InvoiceDate", "no date as M/D/YYYY|days come first"),
        ({"InvoiceDate": "2/30/2013"}, "InvoiceDate", "does not exist"),
        ({"SettledDate": "1/1/2013"}, "SettledDate", "before the invoice date"),
        ({"DaysToSettle": "99"}, "DaysToSettle", "make it 13"),
        ({"Disputed": "perhaps"}, "Disputed", "neither yes nor no"),
        ({"PaperlessBill": "Pigeon"}, "PaperlessBill", "not one of"),
        ({"customerID": ""}, "customerID", "is empty"),
        ({"customerID": "x" * 33}, "customerID", "too long"),
        ({"invoiceNumber": "12\x0034"}, "invoiceNumber", "invisible"),
        ({"invoiceNumber": "=HYPERLINK(1)"}, "invoiceNumber", "formula"),
    ],
)
def test_tells_line_column_and_reason_of_a_bad_cell(check, cells, column, reason):
    found = check(ibm_file(ibm_row("1"), ibm_row("2", **cells), ibm_row("3")))

    [(line, where, why)] = [fault for fault in told(found) if fault[1] == column]
    assert (line, where) == (3, column)
    assert any(part in why for part in reason.split("|"))


def test_tells_all_faults_of_a_row_at_once(check):
    found = check(ibm_file(ibm_row(InvoiceAmount="x", Disputed="perhaps", customerID="")))

    assert {column for _, column, _ in told(found)} == {"customerID", "InvoiceAmount", "Disputed"}


def test_day_first_dates_betray_themselves_by_the_derived_columns(check):
    swapped = ibm_row(InvoiceDate="2/1/2013", DueDate="1/2/2013", SettledDate="5/1/2013", DaysToSettle="3")

    assert told(check(ibm_file(swapped)))
    assert told(check(ibm_file(swapped), mapping=Mapping(date_format="D/M/YYYY"))) == []


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (["number", "name"], "not those of a known layout"),
        (["customer", "invoice", "date"], "not those of a known layout"),
        (["customer", "invoice", "date", "amount", "colour"], '"colour" is not known'),
        (["customer", "Customer", "invoice", "date", "amount"], "is there twice"),
        (["customer", "invoice", "amount"], "needs the column date"),
    ],
)
def test_refuses_wrong_columns_as_a_whole(check, header, reason):
    found = check(csv_bytes(header, [["x"] * len(header)]))

    [(line, _, why)] = told(found)
    assert line == 1
    assert reason in why


def test_recognises_the_header_in_any_order_and_letter_case(check):
    order = sorted(range(len(IBM_HEADER)), key=lambda index: IBM_HEADER[index][::-1])
    header = [IBM_HEADER[index].upper().replace("DATE", " Date") for index in order]
    row = ibm_row()

    found = check(csv_bytes(header, [[row[index] for index in order]], delimiter=";"))

    assert told(found) == []
    assert found.layouts == ["ibm_receivables"]


def test_refuses_rows_with_too_few_or_too_many_cells(check):
    found = check(ibm_file(ibm_row()[:-1], [*ibm_row("2"), "extra"], [*ibm_row("3"), ""]))

    assert [(line, reason) for line, _, reason in told(found)] == [
        (2, "the row has 11 cells, the header 12"), (3, "the row has 13 cells, the header 12")
    ]  # fmt: skip


def test_an_identical_row_counts_once_and_one_with_another_amount_is_refused(check):
    found = check(ibm_file(ibm_row("7"), ibm_row("7"), ibm_row("7", amount="56.00"), ibm_row("8")))

    [(line, column, reason)] = told(found)
    assert (line, column) == (4, "InvoiceAmount")
    assert "line 2 with another amount (55.94)" in reason
    assert found.counts()["invoices"] == {"created": 2, "already_there": 1, "skipped": 1}
    assert found.counts()["payments"]["created"] == 2


def test_a_customer_with_two_paperless_dates_or_countries_is_contradictory(check):
    found = check(
        ibm_file(
            ibm_row("1", paperless=None),
            ibm_row("2", paperless="2013-04-06"),
            ibm_row("3", paperless="2013-04-07"),
            ibm_row("4", country="406"),
        )
    )

    assert [(line, column) for line, column, _ in told(found)] == [(4, "PaperlessDate"), (5, "countryCode")]


def test_a_customer_under_two_names_is_refused_whatever_the_order(check):
    found = check(
        own_file(
            invoice("INV-1", customer_name="Blue Anchor"),
            invoice("INV-2", customer_name="blue  ANCHOR"),
            invoice("INV-3", customer_name="Red Anchor"),
        )
    )

    [(line, column, reason)] = told(found)
    assert (line, column) == (4, "customer_name")
    assert '"Blue Anchor" in file0.csv, line 2' in reason


def test_a_document_needs_a_customer_that_has_a_name_somewhere(check):
    found = check(own_file(invoice()), own_file({"customer": "C-2", "customer_name": "Elsewhere"}))

    assert told(found) == [(2, "customer", "there is no customer C-1 yet, and no row gives it a name")]
    assert told(check(own_file(invoice()), own_file({"customer": "c-1", "customer_name": "Here"}))) == []


def test_payments_name_invoices_that_are_there_and_of_the_same_account_and_currency(check):
    found = check(
        own_file(
            customer(), customer("C-2", "Red Anchor"), invoice(), invoice("INV-2", currency="eur"),
            payment(on="INV-9"), payment(on="INV-2"), payment(customer="C-2"),
        )
    )  # fmt: skip

    assert [(line, reason) for line, _, reason in told(found)] == [
        (6, "there is no invoice INV-9"),
        (7, "invoice INV-2 is in EUR"),
        (8, "invoice INV-1 belongs to customer C-1"),
    ]


def test_what_depends_on_a_refused_row_is_refused_too(check):
    found = check(own_file(customer(), invoice(amount="-1"), payment(), customer("C-2", "Red", country="XX")))

    assert [line for line, _, _ in told(found)] == [3, 4, 5]
    assert found.counts()["customers"] == {"created": 1, "already_there": 0, "skipped": 1}


def test_notes_the_rest_of_a_payment_that_is_larger_than_what_is_open(check):
    found = check(own_file(customer(), invoice(), payment("70.00"), payment("50.00", day="2024-05-21")))

    assert told(found) == []
    [note] = found.stage.listed("notes", 10)
    assert (note.line, note.column) == (5, "amount")
    assert note.reason == "20.00 USD more than invoice INV-1 has open: kept unapplied"


def test_refuses_unknown_records_currencies_and_methods(check):
    found = check(
        own_file(customer(), {"record": "estimate"}, invoice(currency="XQQ"), payment(method="barter"))
    )

    assert [(line, column) for line, column, _ in told(found)] == [
        (3, "record"),
        (4, "currency"),
        (5, "method"),
    ]
    assert found.counts()["unknown"]["skipped"] == 1


def test_refuses_ambiguous_dates_until_a_map_names_the_format(check):
    rows = own_file(customer(), invoice(day="4/6/2024"))

    [(_, column, reason)] = told(check(rows))
    assert column == "date"
    assert "can be 4 Jun or 6 Apr" in reason
    assert told(check(rows, mapping=Mapping(date_format="D/M/YYYY"))) == []


def test_rows_of_one_payment_have_to_agree(check):
    rows = [payment("40", "INV-1", payment="P-1"), payment("60", "INV-2", payment="P-1")]
    twice = {**rows[1]}
    other_day = payment("1", "INV-3", payment="P-1", day="2024-06-01")
    documents = [customer(), *(invoice(number) for number in ("INV-1", "INV-2", "INV-3"))]

    found = check(own_file(*documents, *rows, twice, other_day))

    [(line, column, reason)] = told(found)
    assert (line, column) == (9, "date")
    assert "another date" in reason
    assert found.counts()["payments"] == {"created": 1, "already_there": 1, "skipped": 1}


def test_reads_columns_by_a_map(check):
    data = csv_bytes(
        ["Kunde", "Firma", "Rechnung", "Datum", "Betrag", "Bearbeiter"],
        [["0007", "Löwe KG", "R-1", "02.05.2024", "1.234,56", "Ute"]],
        delimiter=";",
    )
    rules = {
        "customer": "Kunde", "customer_name": "Firma", "invoice": "Rechnung", "amount": "Betrag",
        "date": {"column": "Datum", "format": "DD.MM.YYYY"}, "currency": {"constant": "EUR"},
    }  # fmt: skip
    mapping = from_json({"columns": rules, "ignore": ["Bearbeiter"], "decimal_mark": ","})

    found = check(data, mapping=mapping)

    assert told(found) == []
    row = found.stage.db.execute("SELECT customer_key, currency, total, date FROM invoices").fetchone()
    assert row[:3] == ("0007", "eur", 123456)
    assert datetime.fromtimestamp(row[3], UTC) == datetime(2024, 5, 2, 17, tzinfo=UTC)


def test_tells_which_column_of_the_map_is_missing(check):
    found = check(
        csv_bytes(["a"], [["1"]]), mapping=Mapping(columns={"customer": ColumnRule(column="Kunde")})
    )

    [(_, _, reason)] = told(found)
    assert 'the column "Kunde", which the file does not have' in reason


def test_reads_the_sheets_of_a_workbook_together(check):
    data = xlsx_bytes(
        {
            "Customers": [["customer", "customer_name"], ["00042", "Blue Anchor"]],
            "Invoices": [
                ["customer", "invoice", "date", "amount"],
                ["00042", "0001", date(2024, 5, 1), 12.5],
                ["00042", "0002", 45000, "=B2"],
            ],
        }
    )

    found = check(data, names=("book.xlsx",))

    assert {(fault.file, fault.line, fault.column) for fault in found.faults(9)} == {
        ("book.xlsx, sheet Invoices", 3, "date"),
        ("book.xlsx, sheet Invoices", 3, "amount"),
    }
    assert found.stage.db.execute("SELECT customer_key, key, total FROM invoices").fetchall() == [
        ("00042", "0001", 1250)
    ]


def test_compares_with_what_is_in_the_database(check, bring_in):
    bring_in(ibm_file(ibm_row("7"), ibm_row("8")))
    Invoice.objects.filter(number="8").update(voided_at=1_400_000_000, balance=0)

    found = check(
        ibm_file(
            ibm_row("7"), ibm_row("8"), ibm_row("9"), ibm_row("7", customer="0002-OTHER")
        )
    )  # fmt: skip

    assert [(line, reason) for line, _, reason in told(found)] == [
        (3, "invoice 8 is here already and is voided"),
        (5, "invoice 7 stands in file0.csv, line 2 with another customer"),
    ]
    changed = check(ibm_file(ibm_row("7", amount="1.00")))
    assert told(changed) == [(2, "InvoiceAmount", "invoice 7 is here already and amounts to 55.94")]


def test_a_number_of_another_name_in_the_database_stops_everything_of_that_customer(check, bring_in):
    bring_in(own_file(customer()))

    found = check(own_file(customer(name="Red Anchor"), invoice()))

    assert [line for line, _, _ in told(found)] == [2, 3]
    assert told(check(own_file(invoice()))) == []


def test_pass_one_writes_nothing(check, django_assert_num_queries):
    with django_assert_num_queries(3):
        check(sample())

    assert (Customer.objects.count(), Invoice.objects.count(), ImportJob.objects.count()) == (0, 0, 0)


def test_queries_do_not_grow_with_the_rows(check, django_assert_num_queries):
    with django_assert_num_queries(3):
        check(sample(customers=40, invoices=20))
