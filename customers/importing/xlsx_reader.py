"""XLSX workbooks, streamed sheet by sheet; every sheet with content is a table of its own."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import IO, Any

from customers.importing.faults import UnreadableFile
from customers.importing.tables import Cell, Table, Unusable

LARGEST_CONTENT = 4 * 1024**3
_SIGNIFICANT_DIGITS = ".15g"  # what a worksheet keeps of a number; the rest is noise of binary fractions


def read_xlsx(label: str, stream: IO[bytes]) -> Iterator[Table]:
    """One table for each sheet that holds anything. Raises UnreadableFile."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _check_size(label, stream)
    try:
        # Formulas are wanted as formulas: a stored result may be stale, so they are refused.
        book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, OSError, SyntaxError, EOFError) as error:
        raise UnreadableFile(f"The workbook cannot be opened: {error}", file=label) from error
    try:
        several = len(book.worksheets) > 1
        filled = 0
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # stated sizes are often wrong
            rows = _rows(label, sheet)
            first = next(rows, None)
            if first is None:
                continue
            filled += 1
            header = tuple(cell if isinstance(cell, str) else "" for cell in first[1])
            title = f"{label}, sheet {sheet.title}" if several else label
            yield Table(label=title, header=header, rows=rows, exact=False)
        if not filled:
            raise UnreadableFile("The workbook has no filled sheet.", file=label)
    finally:
        book.close()


def _check_size(label: str, stream: IO[bytes]) -> None:
    try:
        content = sum(entry.file_size for entry in zipfile.ZipFile(stream).infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise UnreadableFile("The file is damaged: it is no readable workbook.", file=label) from error
    if content > LARGEST_CONTENT:
        raise UnreadableFile(
            "The workbook unpacks to more than 4 GB: split it, or save it as CSV.", file=label
        )
    stream.seek(0)


def _rows(label: str, sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    try:
        for line, row in enumerate(sheet.iter_rows(), start=1):
            cells = [_cell(cell) for cell in row]
            while cells and cells[-1] == "":
                cells.pop()
            if cells:
                yield line, cells
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, EOFError) as error:
        raise UnreadableFile(f"The sheet {sheet.title} is damaged: {error}", file=label) from error


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        if cell.data_type == "f":
            return Unusable("holds a formula; paste its value instead")
        if cell.data_type == "e":
            return Unusable(f"holds the error {value}")
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, time):
        return Unusable("holds a time of day")
    return Unusable("holds a formula; paste its value instead")


def _number(value: float, number_format: str) -> Cell:
    """A number; as text with its leading zeros when the sheet shows it with a format such as 00000."""
    if not isfinite(value):
        return Unusable("holds no number")
    if value == int(value) and number_format and not number_format.strip("0") and len(number_format) > 1:
        return str(int(value)).zfill(len(number_format))
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(format(value, _SIGNIFICANT_DIGITS))
