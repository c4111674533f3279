"""CSV files, streamed: UTF-8 with or without a mark; comma, semicolon or tab; any line end."""

import csv
import io
from collections.abc import Iterator
from typing import IO

from customers.importing.faults import UnreadableFile
from customers.importing.tables import Cell, Table

DELIMITERS = (",", ";", "\t")
_CHUNK = 1 << 20
_LONGEST_HEADER = 1 << 16


def read_csv(label: str, stream: IO[bytes]) -> Table:
    """The one table of a CSV file. Raises UnreadableFile, also later while its rows are read."""
    start = stream.read(_LONGEST_HEADER)
    stream.seek(0)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("The file is in UTF-16: save it as CSV UTF-8.", file=label)
    delimiter = _delimiter(start)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    records = _records(label, stream, text, delimiter)
    first = next(records, None)
    if first is None:
        raise UnreadableFile("The file has no header line.", file=label)
    return Table(label=label, header=tuple(str(cell) for cell in first[1]), rows=records, exact=True)


def _delimiter(start: bytes) -> str:
    """The one that splits the first line most often, outside quotes; a comma when none does."""
    line = start.decode("utf-8-sig", errors="replace").lstrip("\r\n").splitlines()[:1]
    if not line:
        return ","
    widths = {mark: len(next(csv.reader(line, delimiter=mark), [])) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: widths[mark])


def _records(
    label: str, stream: IO[bytes], text: io.TextIOWrapper, delimiter: str
) -> Iterator[tuple[int, list[Cell]]]:
    """Records that are not blank, each with the number of its first line."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            if record and any(record):
                yield line, record  # type: ignore[misc]
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(
            f"From here on the file cannot be read as CSV ({error}); look for a quote that is not closed.",
            file=label,
            line=line,
        ) from error
    except UnicodeDecodeError as error:
        raise _wrong_encoding(label, stream) from error
    finally:
        if not stream.closed:
            text.detach()


def _wrong_encoding(label: str, stream: IO[bytes]) -> UnreadableFile:
    """Find the byte that is not UTF-8: its position counted from 0 and its line from 1."""
    stream.seek(0)
    line = position = 0
    for line, content in enumerate(iter(lambda: stream.readline(_CHUNK), b""), start=1):
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            return UnreadableFile(
                f"The file is not in UTF-8: byte 0x{content[error.start]:02X} at position "
                f"{position + error.start:,} is no letter. Save it as CSV UTF-8.",
                file=label,
                line=line,
            )
        position += len(content)
    return UnreadableFile("The file is not in UTF-8. Save it as CSV UTF-8.", file=label, line=line)
