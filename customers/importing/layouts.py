"""Which layout a table has, known by its header."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from customers.importing import ibm_layout, own_layout
from customers.importing.columns import Column, map_columns, names_all, refuse_unknown
from customers.importing.date_formats import ISO, US, DateReader, date_reader, read_iso
from customers.importing.faults import BadCell, UnreadableFile
from customers.importing.intake import Intake
from customers.importing.mapping import Mapping
from customers.importing.rows import RowReader
from customers.importing.tables import Table

_RECORD = "record"


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read the rows of one table. `kind_of` says what the present row is, None when unclear."""

    layout: str
    row: RowReader
    titles: dict[str, str]
    kind_of: Callable[[], str | None]
    read: Callable[[str, Intake], None]


def recognise(table: Table, *, mapping: Mapping, zone: ZoneInfo, currency: str) -> Reading:
    """Find the layout of a table. Raises UnreadableFile for a header that fits none.

    A map that names columns is for the tables that have them; others are read by their own header.
    """
    columns = _columns(table, mapping)
    if set(ibm_layout.REQUIRED) <= set(columns):
        refuse_unknown(columns, ibm_layout.KNOWN, mapping, table.label)
        row = _row(table, columns, mapping, zone, _read_us_or_iso)
        return Reading(
            layout=ibm_layout.NAME,
            row=row,
            titles=_titles(columns, ibm_layout.PLACES),
            kind_of=lambda: ibm_layout.KIND,
            read=lambda kind, intake: ibm_layout.read(row, intake),
        )
    return _own(table, columns, mapping, zone, currency)


def _own(
    table: Table, columns: dict[str, Column], mapping: Mapping, zone: ZoneInfo, currency: str
) -> Reading:
    kind = None if _RECORD in columns else own_layout.kind_of(columns)
    if _RECORD not in columns and kind is None:
        raise UnreadableFile(_not_recognised(columns), file=table.label, line=1)
    refuse_unknown(columns, own_layout.KNOWN, mapping, table.label)
    missing = [name for name in own_layout.REQUIRED[kind or "customers"] if name not in columns]
    if missing:
        names = ", ".join(own_layout.KNOWN[name] for name in missing)
        raise UnreadableFile(f"A file of {kind} needs the column {names}.", file=table.label, line=1)
    row = _row(table, columns, mapping, zone, read_iso)
    layout = own_layout.OwnLayout(currency=currency)
    return Reading(
        layout=own_layout.NAME,
        row=row,
        titles=_titles(columns, own_layout.PLACES),
        kind_of=(lambda: kind) if kind else (lambda: _record_of(row)),
        read=lambda kind, intake: layout.read(kind, row, intake),
    )


def _record_of(row: RowReader) -> str | None:
    word = row.raw(_RECORD)
    if not isinstance(word, str):
        return None
    return own_layout.RECORDS.get(word.casefold().replace(" ", "_").replace("-", "_"))


def _columns(table: Table, mapping: Mapping) -> dict[str, Column]:
    if mapping.columns and not names_all(table.header, mapping):
        plain = map_columns(table.header, Mapping(), table.label)
        fits_ibm = set(ibm_layout.REQUIRED) <= set(plain)
        if fits_ibm or _RECORD in plain or own_layout.kind_of(plain):
            return plain
    return map_columns(table.header, mapping, table.label)


def _row(
    table: Table, columns: dict[str, Column], mapping: Mapping, zone: ZoneInfo, read_date: DateReader
) -> RowReader:
    return RowReader(
        columns, mapping=mapping, zone=zone, read_date=read_date, width=len(table.header), exact=table.exact
    )


def _read_us_or_iso(text: str) -> date:
    """M/D/YYYY as the sample writes it, or ISO."""
    try:
        return date_reader(US)(text)
    except BadCell:
        if "-" in text:
            return date_reader(ISO)(text)
        raise


def _titles(columns: dict[str, Column], places: dict[str, str]) -> dict[str, str]:
    titles = {key: column.title for key, column in columns.items()}
    return titles | {place: titles[key] for place, key in places.items() if key in titles}


def _not_recognised(columns: dict[str, Column]) -> str:
    found = ", ".join(column.title for column in columns.values()) or "nothing"
    return (
        f"The columns are not those of a known layout. Found: {found}. Needed: a column record, or "
        "customer with customer_name, contact_name, invoice, credit_note or payment; or "
        "customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount and SettledDate. "
        "A map can say which column is which."
    )
