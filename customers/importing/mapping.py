"""The map of a file: our column = their column or a constant, with date format and decimal mark.

Two spellings of the same thing. JSON:

    {"columns": {"invoice": "Rechnung", "amount": {"column": "Betrag"},
                 "date": {"column": "Datum", "format": "DD.MM.YYYY"},
                 "currency": {"constant": "EUR"}, "record": {"constant": "invoice"}},
     "ignore": ["Bearbeiter"], "date_format": "DD.MM.YYYY", "decimal_mark": ","}

CSV with the header `ours,theirs,constant,format`; a line without `ours` names a column to ignore,
and the lines `date_format` and `decimal_mark` carry their value as constant.
"""

import csv
import io
import json
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any

from customers.errors import Refused
from customers.importing.date_formats import date_reader

EVERYTHING = "*"
_SETTINGS = ("date_format", "decimal_mark")
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """Where one of our columns comes from: a column of theirs, or the same constant in every row."""

    column: str | None = None
    constant: str | None = None
    date_format: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file's columns become ours. Empty: headers already carry our names."""

    columns: AnyMapping[str, ColumnRule] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    date_format: str | None = None
    decimal_mark: str = "."

    def as_json(self) -> dict[str, Any]:
        """The JSON spelling; `from_json` reads it back to an equal map."""
        columns: dict[str, Any] = {}
        for ours, rule in sorted(self.columns.items()):
            parts = {"column": rule.column, "constant": rule.constant, "format": rule.date_format}
            columns[ours] = {name: value for name, value in parts.items() if value is not None}
        written: dict[str, Any] = {"columns": columns, "decimal_mark": self.decimal_mark}
        if self.ignore:
            written["ignore"] = sorted(self.ignore)
        if self.date_format:
            written["date_format"] = self.date_format
        return written


def load_mapping(name: str, data: bytes) -> Mapping:
    """Read a map file; its ending (.json or .csv) says how. Raises Refused (`mapping`)."""
    if len(data) > _LARGEST:
        raise Refused("A map file can be at most 1 MB.", param="mapping")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"The map is not in UTF-8 (position {error.start}).", param="mapping") from error
    if name.lower().endswith(".csv"):
        return from_json(_csv_as_json(text))
    try:
        return from_json(json.loads(text))
    except json.JSONDecodeError as error:
        raise Refused(f"The map is no JSON: {error}.", param="mapping") from error
    except RecursionError as error:
        raise Refused("The map is nested too deeply.", param="mapping") from error


def from_json(written: Any) -> Mapping:
    """A map from its JSON spelling. Raises Refused (`mapping`) for anything not understood."""
    if not isinstance(written, dict):
        raise Refused("A map is a JSON object.", param="mapping")
    unknown = sorted(set(written) - {"columns", "ignore", *_SETTINGS})
    if unknown:
        raise Refused(f'A map has no "{unknown[0]}".', param="mapping")
    columns = {} if written.get("columns") is None else written["columns"]
    ignore = [] if written.get("ignore") is None else written["ignore"]
    if isinstance(ignore, str):
        ignore = [ignore]
    if not isinstance(columns, dict) or not isinstance(ignore, list):
        raise Refused('In a map "columns" is an object and "ignore" a list.', param="mapping")
    mark = written.get("decimal_mark") or "."
    if mark not in (".", ","):
        raise Refused('decimal_mark is "." or ",".', param="mapping")
    return Mapping(
        columns={str(ours): _rule(str(ours), value) for ours, value in columns.items()},
        ignore=frozenset(str(column) for column in ignore),
        date_format=_format(written.get("date_format")),
        decimal_mark=mark,
    )


def _rule(ours: str, value: Any) -> ColumnRule:
    if isinstance(value, str):
        return ColumnRule(column=value)
    if not isinstance(value, dict) or set(value) - {"column", "constant", "format"}:
        raise Refused(
            f'The map of "{ours}" is a column name, or an object with "column" or "constant", and "format".',
            param="mapping",
        )
    column, constant = value.get("column"), value.get("constant")
    if (column is None) == (constant is None):
        raise Refused(f'The map of "{ours}" needs either "column" or "constant".', param="mapping")
    return ColumnRule(
        column=None if column is None else str(column),
        constant=None if constant is None else str(constant),
        date_format=_format(value.get("format")),
    )


def _format(value: Any) -> str | None:
    if value is None or value == "":
        return None
    date_reader(str(value))
    return str(value)


def _csv_as_json(text: str) -> dict[str, Any]:
    rows = csv.DictReader(io.StringIO(text))
    if not {"ours", "theirs"} <= set(rows.fieldnames or ()):
        raise Refused("A map in CSV has the columns ours, theirs, constant and format.", param="mapping")
    written: dict[str, Any] = {"columns": {}, "ignore": []}
    for row in rows:
        ours, theirs = (row.get("ours") or "").strip(), (row.get("theirs") or "").strip()
        constant, date_format = row.get("constant") or "", (row.get("format") or "").strip()
        if ours in _SETTINGS:
            written[ours] = constant.strip()
        elif not ours and theirs:
            written["ignore"].append(theirs)
        elif ours and theirs:
            written["columns"][ours] = {"column": theirs, "format": date_format or None}
        elif ours:
            written["columns"][ours] = {"constant": constant, "format": date_format or None}
    return written
