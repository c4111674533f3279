"""The tables of the page as finished strings: what stands in which row and column, and how wide a column is.

A table is a plain dict: `columns` (label, width in points, whether it holds figures), `rows` of
`texts` and `figures`, and `totals`. Text columns come first, figures follow.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

from statements.formatting import month_name
from statements.paper.columns import CELL_SIZE, DENSE_SIZE, GAP, Row, fit_columns
from statements.paper.measuring import clean, wrap
from statements.paper.phrasing import Phrases
from statements.statement import CreditLine, Line, OpenLine, Statement

# Beyond this many lines the page shows months; the lines go into a file beside it.
LINES_PRINTED = 2000

Table = dict[str, Any]
Item = TypeVar("Item", Line, CreditLine, OpenLine)


def movements_table(statement: Statement, say: Phrases, room: float) -> Table:
    """Balance forward: opening line, every movement with the running balance, closing line."""
    adjusts = any(line.type == "write_off" for line in statement.lines)
    figures = ["invoiced", "paid", *(["adjusted"] if adjusts else []), "balance"]
    sums = [statement.invoiced, statement.paid, *([statement.adjusted] if adjusts else [])]
    totals = [*map(say.plain, sums), say.amounts.column_total(statement.closing)]
    names = _member_names(statement)

    def columns_of(line: Line) -> list[int]:
        effects = {"invoiced": 0, "paid": 0, "adjusted": 0}
        effects[_column_of(line)] = line.amount if _column_of(line) == "invoiced" else -line.amount
        return [effects[column] for column in figures[:-1]]

    if len(statement.lines) > LINES_PRINTED:
        moves = statement.lines[1:]
        rows = [_row([say.word("previous_balance")], ["", *[""] * len(sums), say.plain(statement.opening)])]
        for month, lines in _by_month(moves, say):
            effects = [sum(column) for column in zip(*map(columns_of, lines), strict=True)]
            rows.append(_month_row(month, len(lines), [*effects, lines[-1].balance], say))
        return _monthly(rows, ["items", *figures], ["", *totals], "account_balance", len(moves), say, room)

    rows = []
    for line in statement.lines:
        effects = ["" if not effect else say.plain(effect) for effect in columns_of(line)]
        texts = [say.day(line.at), *_member_cell(names, line.member_id), describe_movement(line, say)]
        rows.append(_row(texts, [*effects, say.plain(line.balance)]))
    note = "" if len(statement.lines) > 1 else say.word("no_activity")
    return _finished(rows, _texts(names), figures, totals, "account_balance", note, say, room)


def open_items_table(statement: Statement, say: Phrases, room: float) -> Table:
    """Open items: what is unpaid, with its due date, and one total."""
    lines, names = statement.open_lines, _member_names(statement)
    past_due_only = statement.options.items == "past_due"
    total_label = "past_due_balance" if past_due_only else "total_balance"
    # A payment plan is late with a part only: then the late part needs a column of its own.
    partly = past_due_only and any(line.overdue != line.balance for line in lines)
    late = any(line.days_late for line in lines)
    total = say.amounts.column_total(statement.total)

    if len(lines) > LINES_PRINTED:
        rows = []
        for month, group in _by_month(lines, say):
            sums = [sum(line.total for line in group), sum(line.overdue for line in group)]
            sums.append(sum(line.balance for line in group))
            rows.append(_month_row(month, len(group), sums, say))
        overdue = say.plain(sum(line.overdue for line in lines))
        balance = say.plain(sum(line.balance for line in lines))
        totals = ["", "", overdue, balance if partly else total]
        return _monthly(
            rows, ["items", "total", "past_due", "balance"], totals, total_label, len(lines), say, room
        )

    figures = ["total", "due_date", *(["days_late"] if late else []), "balance"]
    figures += ["past_due"] if partly else []
    rows = []
    for line in lines:
        cells = [say.plain(line.total), "" if line.due_at is None else say.day(line.due_at)]
        cells += [str(line.days_late or "")] if late else []
        cells += [say.plain(line.balance)] + ([say.plain(line.overdue)] if partly else [])
        texts = [say.day(line.at), *_member_cell(names, line.member_id), describe_item(line, say)]
        rows.append(_row(texts, cells))
    note = "" if rows else say.word("no_past_due_items" if past_due_only else "no_open_items")
    totals = [""] * (len(figures) - 1) + [total]
    return _finished(rows, _texts(names), figures, totals, total_label, note, say, room)


def credit_table(statement: Statement, say: Phrases, room: float) -> Table:
    """The credit balance: what was issued, what was spent, what is left."""
    figures = ["issued", "spent", "balance"]
    totals = [
        say.plain(statement.issued_credit),
        say.plain(statement.spent_credit),
        say.amounts.column_total(statement.closing_credit),
    ]
    opening = say.plain(statement.opening_credit)
    if len(statement.credit_lines) > LINES_PRINTED:
        rows = [_row([say.word("previous_balance")], ["", "", "", opening])]
        for month, lines in _by_month(statement.credit_lines, say):
            issued = sum(line.amount for line in lines if not _spends(line))
            spent = -sum(line.amount for line in lines if _spends(line))
            rows.append(_month_row(month, len(lines), [issued, spent, lines[-1].balance], say))
        count = len(statement.credit_lines)
        return _monthly(rows, ["items", *figures], ["", *totals], "credit_balance", count, say, room)

    names = _member_names(statement)
    start = (statement.options.start or statement.options.end) - 1
    blank = [""] if names else []
    rows = [_row([say.day(start), *blank, say.word("previous_balance")], ["", "", opening])]
    for line in statement.credit_lines:
        cells = ["", say.plain(-line.amount)] if _spends(line) else [say.plain(line.amount), ""]
        text = describe_credit(line, say)
        texts = [say.day(line.at), *_member_cell(names, line.member_id), text]
        rows.append(_row(texts, [*cells, say.plain(line.balance)]))
    return _finished(rows, _texts(names), figures, totals, "credit_balance", "", say, room)


def describe_movement(line: Line, say: Phrases) -> str:
    """A movement in words: what it is, which document, how it was paid."""
    number = say.name(line.number)
    if line.type == "previous_balance":
        return say.word("previous_balance")
    if line.type == "transfer" and line.counterparty:
        message = "paid_by" if line.amount < 0 else "paid_for"
        return say.say(message, name=line.counterparty, number=number)
    parts = [say.say_kind("line", line.type, number=number)]
    if line.method:
        parts.append(say.say_kind("method", line.method))
    if line.fee:
        parts.append(say.say("plus_fee", amount=say.money(line.fee)))
    return " · ".join(parts)


def describe_item(line: OpenLine, say: Phrases) -> str:
    parts = [say.say_kind("line", line.type, number=say.name(line.number))]
    if line.purchase_order:
        parts.append(say.say("purchase_order", number=say.name(line.purchase_order)))
    return " · ".join(parts)


def describe_credit(line: CreditLine, say: Phrases) -> str:
    message = {"credit_note": "credit_note_credit", "moved_to_credit": "overpayment_credit"}
    return say.say_kind("line", message.get(line.type, line.type), number=say.name(line.number))


def _column_of(line: Line) -> str:
    if line.type in ("invoice", "credit_note"):
        return "invoiced"
    return "adjusted" if line.type == "write_off" else "paid"


def _spends(line: CreditLine) -> bool:
    return line.type == "applied_credit"


def _member_names(statement: Statement) -> dict[int, str]:
    """Names for the customer column; empty when the statement is about one customer."""
    return {member.id: clean(member.name) for member in statement.members} if statement.consolidated else {}


def _member_cell(names: dict[int, str], member_id: int | None) -> list[str]:
    return [names.get(member_id or 0, "")] if names else []


def _texts(names: dict[int, str]) -> list[str]:
    return ["date", "customer", "description"] if names else ["date", "description"]


def _by_month(items: Iterable[Item], say: Phrases) -> list[tuple[date, list[Item]]]:
    ordered = sorted(items, key=lambda item: item.at)
    groups = groupby(ordered, key=lambda item: say.date(item.at).replace(day=1))
    return [(month, list(group)) for month, group in groups]


def _month_row(month: date, count: int, sums: Sequence[int], say: Phrases) -> Row:
    return _row([month_name(month, say.locale)], [str(count), *map(say.plain, sums)])


def _monthly(
    rows: list[Row], figures: list[str], totals: list[str], label: str, count: int, say: Phrases, room: float
) -> Table:
    note = say.say("by_month", count=str(count))
    return _finished(rows, ["month"], figures, totals, label, note, say, room)


def _row(texts: list[str], figures: list[str]) -> Row:
    return {"texts": texts, "figures": figures}


def _finished(
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
    lines = [2 if name == "customer" else 4 for name in texts]
    for row in rows:
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
        "note": note,
        "totals": {"label": say.word(total_label), "figures": totals},
    }
