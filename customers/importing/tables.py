"""A file as tables of cells: what the readers give and the layouts take."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import IO

from customers.importing.faults import UnreadableFile


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell without a value that could be taken: a formula, an error, a time of day."""

    reason: str


# A worksheet knows numbers and dates; a CSV file has nothing but text.
Cell = str | Decimal | date | Unusable


@dataclass(frozen=True, slots=True)
class Table:
    """One header with its rows, read once and in order. Rows come with their line in the file.

    `exact`: every row has to have as many cells as the header (a worksheet leaves empty ones out).
    """

    label: str
    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[Cell]]]
    exact: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be opened as often as it has to be read."""

    name: str
    open: Callable[[], IO[bytes]]


_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_tables(name: str, stream: IO[bytes]) -> Iterator[Table]:
    """The tables of a file, recognised by its content: one of a CSV file, one per filled sheet of XLSX.

    A table has to be read to its end before the next is asked for. Raises UnreadableFile.
    """
    from customers.importing.csv_reader import read_csv
    from customers.importing.xlsx_reader import read_xlsx

    label = PurePath(name).name
    start = stream.read(4)
    stream.seek(0)
    if not start:
        raise UnreadableFile("The file is empty.", file=label)
    if start == _OLD_EXCEL:
        raise UnreadableFile(
            "This is an old Excel workbook (.xls) or a protected one: save it as .xlsx without a password, "
            "or as CSV UTF-8.",
            file=label,
        )
    try:
        if start == _ZIP:
            yield from read_xlsx(label, stream)
        else:
            yield read_csv(label, stream)
    except UnreadableFile as error:
        raise UnreadableFile(
            error.message, file=error.fault.file or label, line=error.fault.line, column=error.fault.column
        ) from error
