"""CSV that spreadsheets read as text and never run: for exports, reports and statement lines."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

BOM = "\ufeff"
# Full-width forms count: spreadsheets fold them to the plain signs.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class _Echo:
    """A file that hands every written row straight back."""

    def write(self, text: str) -> str:
        return text


def safe(value: Any) -> Any:
    """A cell: numbers stay numbers, text that a spreadsheet would take for a formula gets an apostrophe."""
    if isinstance(value, int | Decimal):
        return value
    text = "" if value is None else str(value)
    if text.startswith(("\t", "\r")) or text.lstrip().startswith(_STARTS_FORMULA):
        return "'" + text
    return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file, line by line, beginning with a byte order mark."""
    writer = csv.writer(_Echo())
    yield BOM + str(writer.writerow(header))
    for row in rows:
        yield str(writer.writerow([safe(value) for value in row]))
