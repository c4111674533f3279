"""PDF instead of JSON, for who asks for it in the Accept header (Invoiced API, PDF).

Printing belongs to an upper floor: it registers here how a kind of row is printed.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from rest_framework.request import Request

PDF_TYPE = "application/pdf"
_JSON_TYPES = frozenset({"application/json", "application/*", "*/*"})


class PdfAnswer(HttpResponse):
    """A document shown in the browser; views return it instead of data."""

    def __init__(self, content: bytes, *, filename: str) -> None:
        super().__init__(content, content_type=PDF_TYPE)
        safe = re.sub(r"[^A-Za-z0-9._-]+", "-", filename).strip("-.") or "document.pdf"
        self["Content-Disposition"] = f'inline; filename="{safe}"'


Printer = Callable[[Any], PdfAnswer]

_PRINTERS: dict[type[Model], Printer] = {}


def print_with(model: type[Model], printer: Printer) -> None:
    """From now on rows of this model can be read as PDF, made by `printer`."""
    _PRINTERS[model] = printer


def printer_of(model: type[Model]) -> Printer | None:
    return _PRINTERS.get(model)


def wants_pdf(request: Request) -> bool:
    """Whether PDF is preferred: named before JSON or with more weight, `*/*` counting as JSON."""
    offers = [_weighed(part) for part in request.headers.get("Accept", "").split(",")]
    for _, kind in sorted(offers, key=lambda offer: -offer[0]):
        if kind == PDF_TYPE or kind in _JSON_TYPES:
            return kind == PDF_TYPE
    return False


def _weighed(part: str) -> tuple[float, str]:
    kind, *options = (piece.strip().lower() for piece in part.split(";"))
    weight = 1.0
    for option in options:
        if match := re.fullmatch(r"q=([01](?:\.[0-9]{0,3})?)", option):
            weight = float(match[1])
    return weight, kind if weight else ""
