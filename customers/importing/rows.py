"""One row at a time: cells by our column names, every fault of the row collected."""

import json
from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from customers.dates import due_date_for, midday
from customers.importing.cells import minor_units, read_currency, read_decimal, read_text, read_yes_no
from customers.importing.columns import METADATA, Column
from customers.importing.date_formats import DateReader, date_reader, in_range
from customers.importing.faults import BadCell
from customers.importing.mapping import Mapping
from customers.importing.tables import Cell, Unusable
from customers.models.base import document_key

LONGEST_NUMBER = 32
LONGEST_KEY = 64
MOST_METADATA = 10
_REMEMBERED_DATES = 20_000

T = TypeVar("T")


class RowReader:
    """Reads the cells of the present row; what is wrong is added to `faults` as (column key, reason).

    A reading that fails gives an empty value, so that one pass finds all faults of a row.
    """

    def __init__(
        self,
        columns: AnyMapping[str, Column],
        *,
        mapping: Mapping,
        zone: ZoneInfo,
        read_date: DateReader,
        width: int,
        exact: bool,
    ) -> None:
        self._places = {key: column.index for key, column in columns.items() if column.index is not None}
        self._constants = {
            key: column.constant.strip() for key, column in columns.items() if column.index is None
        }
        self.faults: list[tuple[str, str]] = []
        self.line = 0
        self._cells: list[Cell] = []
        self._width = width
        self._exact = exact
        self._mark = mapping.decimal_mark
        self._zone = zone
        self._dates: dict[tuple[str, str], date] = {}
        default = date_reader(mapping.date_format) if mapping.date_format else read_date
        self._date_readers = {
            key: date_reader(column.date_format) if column.date_format else default
            for key, column in columns.items()
        }
        self._metadata = [(key.removeprefix(METADATA), key) for key in columns if key.startswith(METADATA)]

    def start(self, line: int, cells: list[Cell]) -> None:
        """Make a row the present one."""
        self.line, self._cells, self.faults = line, cells, []
        if len(cells) == self._width:
            return
        if (self._exact and len(cells) < self._width) or any(cell != "" for cell in cells[self._width :]):
            self.faults.append(("", f"the row has {len(cells)} cells, the header {self._width}"))
        self._cells = cells + [""] * (self._width - len(cells))

    def fault(self, key: str, reason: str) -> None:
        self.faults.append((key, reason))

    def raw(self, key: str) -> Cell:
        """The cell without outer blanks; empty when the table has no such column."""
        place = self._places.get(key)
        if place is None:
            return self._constants.get(key, "")
        cell = self._cells[place]
        return cell.strip() if isinstance(cell, str) else cell

    def read(
        self, key: str, reader: Callable[..., T], empty: T, *options: object, required: bool = False
    ) -> T:
        """A cell as `reader(text, *options)` understands it; `empty` when it is blank or at fault."""
        cell = self.raw(key)
        if cell == "":
            if required:
                self.fault(key, "is empty")
            return empty
        try:
            return reader(cell if isinstance(cell, str) else _as_text(cell), *options)
        except BadCell as error:
            self.fault(key, str(error))
            return empty

    def text(self, key: str, longest: int, *, required: bool = False, several_lines: bool = False) -> str:
        return self.read(key, read_text, "", longest, several_lines, required=required)

    def number(self, key: str, *, required: bool = True) -> str:
        """A customer's or document's number, with its leading zeros."""
        number = self.text(key, LONGEST_NUMBER, required=required)
        if len(number) > 20 and len(document_key(number)) > LONGEST_KEY:
            self.fault(key, "is too long")
        return number

    def yes_no(self, key: str, default: bool) -> bool:
        return self.read(key, read_yes_no, default)

    def one_of(self, key: str, words: AnyMapping[str, str], default: str) -> str:
        """One of the words that a column allows, whatever its letter case."""
        return self.read(key, _choose, default, words)

    def currency(self, key: str, default: str) -> str:
        return self.read(key, read_currency, default)

    def decimal(self, key: str, *, required: bool = False) -> Decimal | None:
        cell = self.raw(key)
        if isinstance(cell, Decimal):
            return cell
        empty: Decimal | None = None
        return self.read(key, read_decimal, empty, self._mark, required=required)

    def amount(self, key: str, currency: str, *, zero: bool = False) -> int:
        """An amount in minor units, above zero; `zero` allows none. Negative ones are refused."""
        amount = self.decimal(key, required=True)
        if amount is None:
            return 0
        try:
            minor = minor_units(amount, currency)
        except BadCell as error:
            self.fault(key, str(error))
            return 0
        if minor < 0:
            self.fault(key, f"{amount:,} is negative; money given back is a credit note")
        elif minor == 0 and not zero:
            self.fault(key, "is zero")
        return minor

    def day(self, key: str, *, required: bool = False) -> date | None:
        cell = self.raw(key)
        if isinstance(cell, str) and cell:
            known = self._dates.get((key, cell))
            if known is not None:
                return known
        elif isinstance(cell, date):
            return self._date_in_range(key, cell)
        elif isinstance(cell, Decimal):
            self.fault(key, f"holds the number {cell}, not a date: format the column as date")
            return None
        empty: date | None = None
        day = self.read(key, self._date_readers.get(key, date_reader("YYYY-MM-DD")), empty, required=required)
        if day is not None and isinstance(cell, str):
            if len(self._dates) >= _REMEMBERED_DATES:
                self._dates.clear()
            self._dates[key, cell] = day
        return day

    def moment(self, day: date) -> int:
        """12:00 company time of a day, as stored: Unix seconds."""
        return _midday(day, self._zone)

    def due_by_terms(self, terms: str, moment: int) -> int | None:
        """The due moment that terms such as NET 30 give, None when they give none."""
        due = due_date_for(terms=terms, date=datetime.fromtimestamp(moment, UTC), zone=self._zone)
        return None if due is None else int(due.timestamp())

    def metadata(self) -> dict[str, str]:
        """The `metadata.<key>` columns that are filled."""
        found = {}
        for name, key in self._metadata:
            value = self.text(key, 255)
            if value:
                found[name] = value
        if len(found) > MOST_METADATA:
            self.faults.append(("", f"more than {MOST_METADATA} metadata values"))
        return found

    def _date_in_range(self, key: str, day: date) -> date | None:
        try:
            return in_range(day)
        except BadCell as error:
            self.fault(key, str(error))
            return None


@lru_cache(maxsize=_REMEMBERED_DATES)
def _midday(day: date, zone: ZoneInfo) -> int:
    return int(midday(day, zone).timestamp())


def as_json(metadata: AnyMapping[str, str]) -> str:
    """Metadata as it is stored; in one fixed spelling."""
    return _json_of(tuple(metadata.items())) if metadata else "{}"


@lru_cache(maxsize=10_000)
def _json_of(pairs: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(dict(pairs))


def _choose(text: str, words: AnyMapping[str, str]) -> str:
    word = text.casefold().replace(" ", "_").replace("-", "_")
    if word not in words:
        raise BadCell(f'"{text[:40]}" is not one of {", ".join(sorted(words))}')
    return words[word]


def _as_text(cell: Decimal | date | Unusable) -> str:
    if isinstance(cell, Unusable):
        raise BadCell(cell.reason)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat()
