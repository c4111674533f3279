"""Which column of a table is which of ours."""

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass

from customers.importing.faults import UnreadableFile
from customers.importing.mapping import EVERYTHING, Mapping

METADATA = "metadata."
_NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One of our columns in a table: at an index, or the same constant in every row.

    `title` is what the file calls it, for messages.
    """

    title: str
    index: int | None = None
    constant: str = ""
    date_format: str | None = None


def column_key(title: str) -> str:
    """How column names are compared: `Due Date`, `due_date` and `DUEDATE` are the same."""
    name = title.strip()
    if name.lower().startswith(METADATA):
        return METADATA + name[len(METADATA) :].strip()
    return _NOT_A_LETTER.sub("", name.casefold())


def map_columns(header: Sequence[str], mapping: Mapping, label: str) -> dict[str, Column]:
    """The columns of a table by our key, after the map. Raises UnreadableFile for a wrong header."""
    by_key: dict[str, int] = {}
    for index, title in enumerate(header):
        key = column_key(title)
        if not key:
            continue
        if key in by_key:
            raise UnreadableFile(f'The column "{title.strip()}" is there twice.', file=label, line=1)
        by_key[key] = index
    columns = {}
    taken = {column_key(name) for name in mapping.ignore if name != EVERYTHING}
    for ours, rule in mapping.columns.items():
        if rule.column is None:
            title = f"{ours} (from the map)"
            columns[column_key(ours)] = Column(title, None, rule.constant or "", rule.date_format)
            continue
        theirs = column_key(rule.column)
        if theirs not in by_key:
            raise UnreadableFile(
                f'The map names the column "{rule.column}", which the file does not have. '
                f"It has: {', '.join(title.strip() for title in header if title.strip())}.",
                file=label,
                line=1,
            )
        taken.add(theirs)
        columns[column_key(ours)] = Column(
            header[by_key[theirs]].strip(), by_key[theirs], "", rule.date_format
        )
    for key, index in by_key.items():
        if key not in taken and key not in columns:
            columns[key] = Column(header[index].strip(), index)
    return columns


def names_all(header: Sequence[str], mapping: Mapping) -> bool:
    """Whether a table has every column that the map names."""
    keys = {column_key(title) for title in header}
    return all(column_key(rule.column) in keys for rule in mapping.columns.values() if rule.column)


def refuse_unknown(
    columns: AnyMapping[str, Column], known: AnyMapping[str, str], mapping: Mapping, label: str
) -> None:
    """A column nobody knows may be a misspelt one: it is refused unless the map says to ignore it."""
    if EVERYTHING in mapping.ignore:
        return
    for key, column in columns.items():
        if key not in known and not key.startswith(METADATA):
            raise UnreadableFile(
                f'The column "{column.title}" is not known. Known are: {", ".join(sorted(known.values()))}. '
                "Rename it, map it, or name it under ignore in a map.",
                file=label,
                line=1,
                column=column.title,
            )
