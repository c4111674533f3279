"""How wide the columns of a table are: as wide as what stands in them, in steps."""

from collections.abc import Sequence
from typing import Any

from statements.paper.measuring import text_width

# Points. The gap is the padding on both sides of a cell; steps keep similar tables alike.
CELL_SIZE, DENSE_SIZE, LABEL_SIZE = 8.5, 7.5, 7.0
GAP = 16.0
_STEP = 6
_NARROWEST_TEXT = 90.0
_ROOMY_FIGURE = 84
_NAMES_LEAST, _NARROWEST_NAME = 0.4, 66
_SHARED = ("customer", "description", "month")

Row = dict[str, Any]


def fit_columns(
    labels: list[str], texts: list[str], rows: list[Row], totals: list[str], room: float
) -> tuple[list[int], bool]:
    """Widths in whole points that add up to `room`, and whether the small size is needed.

    Dates and figures get what they need; names and descriptions share the rest. What they leave
    over opens the columns of figures.
    """
    cells = [
        [row["texts"][index] for row in rows if len(row["texts"]) > index] for index in range(len(texts))
    ]
    cells += [[*(row["figures"][index] for row in rows), total] for index, total in enumerate(totals)]
    shared = [index for index, name in enumerate(texts) if name in _SHARED]
    dense = False
    for size in (CELL_SIZE, DENSE_SIZE):
        dense = size == DENSE_SIZE
        needed = [_needed(label, column, size) for label, column in zip(labels, cells, strict=True)]
        left = room - sum(width for index, width in enumerate(needed) if index not in shared)
        if left >= _NARROWEST_TEXT * len(shared):
            break
    spare = left - sum(needed[index] for index in shared)
    if spare > 0:
        share = int(spare // len(totals))
        for index in range(len(texts), len(labels)):
            needed[index] += min(share, max(0, _ROOMY_FIGURE - needed[index]))
        left = room - sum(width for index, width in enumerate(needed) if index not in shared)
    elif len(shared) == 2:
        # A name breaks well between its words, a document's number does not.
        name, description = shared
        parts = [part for cell in cells[description] for part in cell.split(" · ")]
        parted = left - _needed(labels[description], parts, size)
        halves = _needed(labels[name], [_wider_half(cell, size) for cell in dict.fromkeys(cells[name])], size)
        needed[name] = int(
            min(
                needed[name],
                max(
                    left * _NAMES_LEAST,
                    left - needed[description],
                    # What a name needs for two lines, as long as no part of a description is broken.
                    min(halves, parted),
                    _NARROWEST_NAME,
                ),
            )
        )
    needed[shared[-1]] = int(left - sum(needed[index] for index in shared[:-1]))
    return needed, dense


def _wider_half(name: str, size: float) -> str:
    """The longer one of a name's two lines, where it is broken best."""
    words = name.split(" ")
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    wider = [max(pair, key=lambda half: text_width(half, size, "semibold")) for pair in splits]
    return min(wider, key=lambda half: text_width(half, size, "semibold"), default=name)


def _needed(label: str, cells: Sequence[str], size: float) -> int:
    # The longest texts are the widest, near enough: measuring all would cost more than it finds. In the
    # order of the lines, not of a set: equal statements are to be equal files in every process.
    longest = sorted(dict.fromkeys(cells), key=len, reverse=True)[:40]
    widest = max(
        text_width(label, LABEL_SIZE, "semibold"),
        *(text_width(cell, size, "semibold") for cell in longest),
        0.0,
    )
    return int(-(-(widest + GAP) // _STEP) * _STEP)
