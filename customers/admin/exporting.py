"""Lists as downloads, streamed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from customers.spreadsheets import csv_lines


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download that never holds more than one row."""
    lines = (line.encode() for line in csv_lines(header, rows))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
