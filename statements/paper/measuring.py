"""How wide a text will be on paper, and texts cut into lines that fit.

The widths are those of the shipped typeface, which has no kerning; characters that it lacks are
estimated. Knowing the widths beforehand keeps
every box of the page at a fixed size: nothing is clipped, and no text can move another.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Literal

FONTS = Path(__file__).resolve().parents[2] / "templates" / "fonts"
FACES = {"regular": "InterTabular-Regular.woff2", "semibold": "InterTabular-SemiBold.woff2"}

Face = Literal["regular", "semibold"]

_ELLIPSIS = "…"
LEFT_TO_RIGHT = "\u200e"
# What must never reach a page: controls, surrogates, and marks that turn the reading direction of
# the text behind them (a name could otherwise make an amount read backwards).
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+"
)
_SPACES = re.compile(r"[ \t\n\r\f\v]{2,}")
_PILED_MARKS = re.compile("([\u0300-\u036f]{2})[\u0300-\u036f]+")


def clean(text: str) -> str:
    """A text fit for the page: composed, on one line, single spaces, nothing unprintable."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _UNPRINTABLE.sub(" ", unicodedata.normalize("NFC", text))
    return _SPACES.sub(" ", _PILED_MARKS.sub(r"\1", text)).strip()


def text_width(text: str, size: float, face: Face = "regular") -> float:
    """Width in points of a text set in `size` points."""
    widths = _widths(face)
    return sum([widths.get(character) or _estimate(character) for character in text]) * size


def cut(text: str, room: float, size: float, face: Face = "regular") -> str:
    """The text, shortened with an ellipsis when it is wider than `room` points."""
    if text_width(text, size, face) <= room:
        return text
    left = room - text_width(_ELLIPSIS, size, face)
    end = 0
    for character in text:
        left -= text_width(character, size, face)
        if left < 0:
            break
        end += 1
    return _marked([text[:end].rstrip() + _ELLIPSIS])[0]


def wrap(text: str, room: float, size: float, lines: int, face: Face = "regular") -> list[str]:
    """The text on at most `lines` lines: broken at spaces, else behind signs, within a word only when
    it must be."""
    if text_width(text, size, face) <= room:
        return [text]
    done: list[str] = []
    rest = text
    while rest and len(done) < lines - 1:
        end = _line_end(rest, room, size, face)
        done.append(rest[:end].rstrip())
        # A dot between two parts says nothing where a line ends.
        rest = rest[end:].lstrip().removeprefix("· ")
    if rest:
        done.append(cut(rest, room, size, face))
    return _marked(done)


def _marked(lines: list[str]) -> list[str]:
    """Where a name between marks of direction was parted, each of its lines gets the marks.

    Else the sign at the end of such a line would jump to its other side on a page that reads from the
    right. An opening mark stands right before a letter or digit.
    """
    if not any(LEFT_TO_RIGHT in line for line in lines):
        return lines
    done, inside = [], False
    for line in lines:
        whole = LEFT_TO_RIGHT + line if inside else line
        _, mark, behind = whole.rpartition(LEFT_TO_RIGHT)
        inside = bool(mark) and behind[:1].isalnum()
        done.append(whole + LEFT_TO_RIGHT if inside else whole)
    return done


def _line_end(text: str, room: float, size: float, face: Face) -> int:
    used, last_space, last_sign = 0.0, 0, 0
    for index, character in enumerate(text):
        used += text_width(character, size, face)
        if used > room:
            return last_space or last_sign or max(1, index)
        if character == " ":
            last_space = index + 1
        elif character in "-/&?=·":
            last_sign = index + 1
    return len(text)


def _estimate(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.62


@lru_cache(maxsize=2)
def _widths(face: Face) -> dict[str, float]:
    """Advance widths in em, by character."""
    # Heavy: only where something is printed.
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    font = TTFont(FONTS / FACES[face], lazy=True)
    advances, units = font["hmtx"].metrics, font["head"].unitsPerEm
    return {chr(code): advances[glyph][0] / units for code, glyph in font.getBestCmap().items()}
