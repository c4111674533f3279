"""The layout of IBM's accounts receivable sample: one row for each invoice and its settlement.

    countryCode, customerID, PaperlessDate, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount,
    Disputed, SettledDate, PaperlessBill, DaysToSettle, DaysLate

Customers have no names: they are called after their number. A row without SettledDate is an invoice
that is still open.
"""

from datetime import date, timedelta
from functools import lru_cache

from customers.importing.cells import read_decimal
from customers.importing.faults import BadCell
from customers.importing.intake import Intake, InvoiceWords
from customers.importing.roll import Facts
from customers.importing.rows import RowReader

NAME = "ibm_receivables"
CURRENCY = "usd"
KIND = "invoices"

KNOWN = {
    "countrycode": "countryCode",
    "customerid": "customerID",
    "paperlessdate": "PaperlessDate",
    "invoicenumber": "invoiceNumber",
    "invoicedate": "InvoiceDate",
    "duedate": "DueDate",
    "invoiceamount": "InvoiceAmount",
    "disputed": "Disputed",
    "settleddate": "SettledDate",
    "paperlessbill": "PaperlessBill",
    "daystosettle": "DaysToSettle",
    "dayslate": "DaysLate",
}
REQUIRED = ("customerid", "invoicenumber", "invoicedate", "duedate", "invoiceamount", "settleddate")
PLACES = {
    "customers.key": "customerid",
    "customers.paperless_from_date": "paperlessdate",
    "customers.metadata.country_code": "countrycode",
    "invoices.key": "invoicenumber",
    "invoices.customer": "customerid",
    "invoices.currency": "invoiceamount",
    "invoices.date": "invoicedate",
    "invoices.total": "invoiceamount",
    "payments.key": "invoicenumber",
    "payments.customer": "customerid",
    "payments.invoice": "invoicenumber",
    "payments.amount": "invoiceamount",
}
_NOTHING_SAID = InvoiceWords()
_BILLS = {"paper": "Paper", "electronic": "Electronic"}


def read(row: RowReader, intake: Intake) -> None:
    """Take one row: a customer, its invoice and, once settled, the payment of the whole amount."""
    customer, number = row.number("customerid"), row.number("invoicenumber")
    invoiced, due = row.day("invoicedate", required=True), row.day("duedate", required=True)
    settled = row.day("settleddate")
    total = row.amount("invoiceamount", CURRENCY, zero=True)
    disputed = row.yes_no("disputed", False)
    bill = row.one_of("paperlessbill", _BILLS, "")
    facts = _facts(row)
    if invoiced and due:
        _check_dates(row, invoiced, due, settled)
    if row.faults or invoiced is None or due is None:
        return
    key = intake.customer(row, customer, facts)
    if row.faults:
        return
    date, paid = row.moment(invoiced), row.moment(settled) if settled else None
    words = InvoiceWords(disputed_from=date, disputed_until=paid) if disputed else _NOTHING_SAID
    intake.invoice(
        row,
        key,
        number=number,
        currency=CURRENCY,
        date=date,
        due_date=row.moment(due),
        total=total,
        words=words,
        metadata={"paper_bill": bill} if bill else {},
    )
    if paid is not None and total:
        _settle(row, intake, key, number, paid, total)


def _facts(row: RowReader) -> Facts:
    """PaperlessDate is the last day on paper: documents of that very day still went by letter."""
    facts: Facts = {"nameless": True}
    paperless = row.day("paperlessdate")
    if paperless:
        facts["statement_channel"] = "email"
        facts["paperless_from_date"] = _day_after(paperless)
    country = row.text("countrycode", 255)
    if country:
        facts["metadata.country_code"] = country
    return facts


@lru_cache(maxsize=4_096)
def _day_after(day: date) -> str:
    return (day + timedelta(days=1)).isoformat()


def _settle(row: RowReader, intake: Intake, key: str, number: str, paid: int, total: int) -> None:
    intake.payment(
        row,
        key,
        key=f"settled/{number.casefold()}",
        currency=CURRENCY,
        date=paid,
        amount=total,
        invoice=number,
        reference=number,
        own=False,
    )


def _check_dates(row: RowReader, invoiced: date, due: date, settled: date | None) -> None:
    """Dates in their order, and the derived columns as a second witness of how dates were read."""
    if due < invoiced:
        row.fault("duedate", f"{due} lies before the invoice date {invoiced}")
    if settled is None:
        return
    if settled < invoiced:
        row.fault("settleddate", f"{settled} lies before the invoice date {invoiced}")
    derived = (("daystosettle", (settled - invoiced).days), ("dayslate", max(0, (settled - due).days)))
    for column, days in derived:
        stated = row.read(column, _whole, None)
        if stated is not None and stated != days:
            row.fault(column, f"says {stated}, but the dates of the row make it {days}")


def _whole(text: str) -> int | None:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    number = read_decimal(text)
    if number != int(number):
        raise BadCell(f'"{text[:40]}" is no number of days')
    return int(number)
