"""Files to import, written as people write them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any

from customers.importing.tables import Source

IBM_HEADER = (
    "countryCode", "customerID", "PaperlessDate", "invoiceNumber", "InvoiceDate", "DueDate", "InvoiceAmount",
    "Disputed", "SettledDate", "PaperlessBill", "DaysToSettle", "DaysLate",
)  # fmt: skip


def us(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def ibm_row(
    number: str = "0000611365",
    *,
    customer: str = "0379-NEVHP",
    invoiced: str = "2013-01-02",
    settled: str | None = "2013-01-15",
    amount: str = "55.94",
    paperless: str | None = "2013-04-06",
    disputed: str = "No",
    bill: str = "Paper",
    country: str = "391",
    **cells: str,
) -> list[str]:
    """One row in the shape of the sample file; `cells` overrides single cells by column name."""
    start = date.fromisoformat(invoiced)
    due = start + timedelta(days=30)
    end = date.fromisoformat(settled) if settled else None
    row = {
        "countryCode": country,
        "customerID": customer,
        "PaperlessDate": us(date.fromisoformat(paperless)) if paperless else "",
        "invoiceNumber": number,
        "InvoiceDate": us(start),
        "DueDate": us(due),
        "InvoiceAmount": amount,
        "Disputed": disputed,
        "SettledDate": us(end) if end else "",
        "PaperlessBill": bill,
        "DaysToSettle": str((end - start).days) if end else "",
        "DaysLate": str(max(0, (end - due).days)) if end else "",
    }
    return list((row | cells).values())


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def ibm_file(*rows: Sequence[str]) -> bytes:
    return csv_bytes(IBM_HEADER, rows or [ibm_row()])


def sample(customers: int = 4, invoices: int = 6) -> bytes:
    """A small file in the sample's shape: some paid early, some late, some not at all."""
    rows = []
    for number in range(customers):
        for place in range(invoices):
            days = 7 * place + number
            start = date(2013, 1, 1) + timedelta(days=days)
            settled = None if place == invoices - 1 else start + timedelta(days=5 + 9 * place)
            rows.append(
                ibm_row(
                    f"{number:03}{place:07}",
                    customer=f"{number:04}-ACORN",
                    invoiced=start.isoformat(),
                    settled=settled.isoformat() if settled else None,
                    amount=f"{10 + number * 7 + place}.{place % 10}5",
                    paperless=(date(2013, 2, 1) + timedelta(days=10 * number)).isoformat(),
                    disputed="Yes" if place == 2 else "No",
                )
            )
    return ibm_file(*rows)


def own_file(*rows: Mapping[str, str]) -> bytes:
    """Rows of our own layout; the header is every column that any row uses."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    return csv_bytes(header, [[row.get(name, "") for name in header] for row in rows])


def xlsx_bytes(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def source(data: bytes, name: str = "receivables.csv") -> Source:
    return Source(name, partial(io.BytesIO, data))


def upload(data: bytes, name: str = "receivables.csv") -> tuple[str, IO[bytes]]:
    return name, io.BytesIO(data)


def on_disk(folder: Path, data: bytes, name: str = "receivables.csv") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)
