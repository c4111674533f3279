"""Reading a printed statement back: its texts, where they stand, and its fonts."""

import re
from io import BytesIO
from typing import NamedTuple

from pypdf import PageObject, PdfReader

AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2}(?!\d)")


class Word(NamedTuple):
    """A run of text; points from the left and from the top of the sheet to its baseline."""

    text: str
    x: float
    y: float


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(pdf).pages)


def words_of(page: PageObject) -> list[Word]:
    found: list[Word] = []
    height = float(page.mediabox.height)

    def note(text: str, cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append(Word(text.strip(), x, height - y))

    page.extract_text(visitor_text=note)
    return found


def fonts_of(pdf: bytes) -> set[str]:
    names: set[str] = set()
    for page in read(pdf).pages:
        fonts = page["/Resources"]["/Font"]  # type: ignore[index]
        names |= {str(fonts[key]["/BaseFont"]).split("+")[-1] for key in fonts}
    return names
