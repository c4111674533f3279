"""The first rows of a file and what is recognised of it, for the page that maps columns."""

from dataclasses import dataclass
from itertools import islice
from typing import IO

from customers.errors import Refused
from customers.importing import ibm_layout, own_layout
from customers.importing.layouts import recognise
from customers.importing.mapping import Mapping
from customers.importing.tables import Unusable, read_tables
from customers.models import Company

ROWS = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """One table of a file: its columns, first rows as text, and its layout or what hinders."""

    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    layout: str = ""
    problem: str = ""


def preview(*, name: str, stream: IO[bytes], mapping: Mapping | None = None) -> list[Preview]:
    """Look at every table of a file. A file that is no table gives one entry with its problem."""
    company, found = Company.get(), []
    label = name
    try:
        for table in read_tables(name, stream):
            label = table.label
            layout = problem = ""
            try:
                layout = recognise(
                    table, mapping=mapping or Mapping(), zone=company.zone, currency=company.currency
                ).layout
            except Refused as error:
                problem = error.message
            rows = tuple(
                tuple("" if isinstance(cell, Unusable) else str(cell) for cell in cells)
                for _, cells in islice(table.rows, ROWS)
            )
            found.append(Preview(table.label, table.header, rows, layout, problem))
    except Refused as error:
        found.append(Preview(label, (), (), "", error.message))
    return found


def our_columns() -> dict[str, list[str]]:
    """What a column can be mapped to, by kind of row; the first group is the sample's layout."""
    return {ibm_layout.NAME: list(ibm_layout.KNOWN.values())} | {
        kind: ["record", *columns] for kind, columns in own_layout.COLUMNS.items()
    }
