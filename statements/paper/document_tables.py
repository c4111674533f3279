"""The table of an invoice or credit note, and that of a receipt, as finished strings.

A table is a plain dict: `columns` (label, width in points, whether it holds figures) and `rows` of
`text`, `figures`, `remarks` (what stands below the line, over its whole width) and `band`.
"""

from typing import Any

from statements.document import BilledDocument, BilledLine, Settled
from statements.paper.columns import CELL_SIZE, DENSE_SIZE, GAP, fit_columns
from statements.paper.measuring import wrap
from statements.paper.phrasing import Phrases

Table = dict[str, Any]

MOST_NAME_LINES = 4
MOST_REMARK_LINES = 40


def lines_table(document: BilledDocument, say: Phrases, room: float) -> Table:
    """What was delivered: how many, at what price, and what it comes to."""
    rows = [
        {
            "texts": [say.name(line.name)],
            "figures": [
                say.amounts.quantity(line.quantity),
                say.amounts.rate(line.unit_cost),
                say.plain(line.amount),
            ],
            "remarks": _remarks(line, say),
        }
        for line in document.lines
    ]
    note = "" if rows else say.word("no_lines")
    return _finished(rows, ["description"], ["quantity", "unit_cost", "amount"], note, say, room)


def settled_table(document: BilledDocument, say: Phrases, room: float) -> Table:
    """What a payment went to."""
    rows = [
        {
            "texts": [_settled_text(part, say)],
            "figures": [
                "" if part.at is None else say.day(part.at),
                "" if part.total is None else say.plain(part.total),
                say.plain(part.amount),
            ],
            "remarks": [],
        }
        for part in document.settled
    ]
    return _finished(rows, ["description"], ["date", "total", "paid"], "", say, room)


def _settled_text(part: Settled, say: Phrases) -> str:
    if part.type == "invoice":
        return say.say("line_invoice", number=say.name(part.number))
    return say.word("added_to_credit" if part.type == "credit" else "convenience_fee")


def _remarks(line: BilledLine, say: Phrases) -> list[str]:
    remarks = [say.name(text) for text in line.description.replace("\r\n", "\n").split("\n")]
    if line.taxes:
        remarks.append(say.name(", ".join(dict.fromkeys(line.taxes))))
    remarks += [f"{say.word('discount')} {say.money(-amount)}" for amount in line.discounts if amount]
    return [remark for remark in remarks if remark]


def _finished(
    rows: list[Table], texts: list[str], figures: list[str], note: str, say: Phrases, room: float
) -> Table:
    labels = [say.word(column) for column in (*texts, *figures)]
    widths, dense = fit_columns(labels, texts, rows, [""] * len(figures), room)
    size = DENSE_SIZE if dense else CELL_SIZE
    for index, row in enumerate(rows):
        row["band"] = "z" if index % 2 else "a"
        row["text"] = "\n".join(wrap(row["texts"][0], widths[0] - GAP, size, MOST_NAME_LINES))
        lines = [part for text in row["remarks"] for part in wrap(text, room - GAP, 8, MOST_REMARK_LINES)]
        row["remarks"] = "\n".join(lines[:MOST_REMARK_LINES])
    return {
        "columns": [
            {"label": label, "width": width, "figures": index >= len(texts)}
            for index, (label, width) in enumerate(zip(labels, widths, strict=True))
        ],
        "all": len(labels),
        "dense": dense,
        "rows": rows,
        "note": note,
    }
