"""What the tables of the page share: rows, months instead of rows, and the finished table.

A table is a plain dict: `columns` (label, width in points, whether it holds figures), `rows` of
`texts` and `figures`, and `totals`. Text columns come first, figures follow. A row may be a `head`
above the lines of one account or the `sum` below them.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

from statements.formatting import month_name
from statements.paper.columns import CELL_SIZE, DENSE_SIZE, GAP, Row, fit_columns
from statements.paper.measuring import cut, wrap
from statements.paper.phrasing import Phrases
from statements.statement import CreditLine, Line, OpenLine, Statement

# Beyond this many lines the page shows months; the lines go into a file beside it.
LINES_PRINTED = 2000

Table = dict[str, Any]
Item = TypeVar("Item", Line, CreditLine, OpenLine)


def member_names(statement: Statement, say: Phrases) -> dict[int, str]:
    """Names for the customer column; empty when the statement is about one customer."""
    if not statement.consolidated:
        return {}
    return {member.id: say.name(member.name) for member in statement.members}


def member_cell(names: dict[int, str], member_id: int | None) -> list[str]:
    return [names.get(member_id or 0, "")] if names else []


def text_columns(names: dict[int, str]) -> list[str]:
    return ["date", "customer", "description"] if names else ["date", "description"]


def by_month(items: Iterable[Item], say: Phrases) -> list[tuple[date, list[Item]]]:
    ordered = sorted(items, key=lambda item: item.at)
    groups = groupby(ordered, key=lambda item: say.date(item.at).replace(day=1))
    return [(month, list(group)) for month, group in groups]


def month_row(month: date, count: int, sums: Sequence[int], say: Phrases) -> Row:
    return row_of([month_name(month, say.locale)], [str(count), *map(say.plain, sums)])


def many_lines(count: int, lines_url: str | None, say: Phrases, room: float) -> str:
    """Why months stand here, and where the single lines are: true for paper of any way of sending."""
    texts = [say.say("by_month", count=str(count))]
    if lines_url:
        texts.append(say.say("lines_at", link=say.name(lines_url.split("://", 1)[-1])))
    return "\n".join(line for text in texts for line in wrap(text, room - GAP, CELL_SIZE, 3))


def monthly(
    rows: list[Row], figures: list[str], totals: list[str], label: str, note: str, say: Phrases, room: float
) -> Table:
    return finished(rows, ["month"], figures, totals, label, note, say, room)


def row_of(texts: list[str], figures: list[str]) -> Row:
    return {"texts": texts, "figures": figures}


def group_head(text: str, figures: int) -> Row:
    """The name of an account above its lines."""
    return {"texts": [], "figures": [""] * figures, "head": text}


def group_sum(label: str, amount: str, figures: int) -> Row:
    """What the lines of an account come to."""
    return {"texts": [], "figures": [*[""] * (figures - 1), amount], "sum": label}


def carry(rows: Iterable[Row], figures: Iterable[str], say: Phrases) -> None:
    """Give each row the running figure that a page ending with it carries forward."""
    forward, brought = say.word("carried_forward"), say.word("brought_forward")
    for row, figure in zip(rows, figures, strict=True):
        row["carried"] = [f"{forward} {figure}", f"{brought} {figure}"]


def finished(
    rows: list[Row],
    texts: list[str],
    figures: list[str],
    totals: list[str],
    total_label: str,
    note: str,
    say: Phrases,
    room: float,
) -> Table:
    labels = [say.word(column) for column in (*texts, *figures)]
    widths, dense = fit_columns(labels, texts, rows, totals, room)
    size = DENSE_SIZE if dense else CELL_SIZE
    lines = [3 if name == "customer" else 4 for name in texts]
    for row in rows:
        if "head" in row:
            row["head"] = cut(row["head"], room - GAP, size, "semibold")
        row["texts"] = [
            "\n".join(wrap(text, width - GAP, size, most))
            for text, width, most in zip(row["texts"], widths, lines, strict=False)
        ]
    return {
        "columns": [
            {"label": label, "width": width, "figures": index >= len(texts)}
            for index, (label, width) in enumerate(zip(labels, widths, strict=True))
        ],
        "span": len(texts),
        "all": len(labels),
        "dense": dense,
        "rows": rows,
        "carries": any("carried" in row for row in rows),
        "note": note,
        "totals": {"label": say.word(total_label), "figures": totals},
    }
