"""The table of open items as finished strings: one list, a list for each account, or months."""

from itertools import accumulate

from statements.letterhead import Look
from statements.paper.columns import Row
from statements.paper.phrasing import Phrases
from statements.paper.rows import (
    LINES_PRINTED,
    Table,
    by_month,
    carry,
    finished,
    group_head,
    group_sum,
    many_lines,
    member_cell,
    member_names,
    month_row,
    monthly,
    row_of,
    text_columns,
)
from statements.statement import OpenLine, Statement


def open_items_table(
    statement: Statement, say: Phrases, room: float, look: Look, lines_url: str | None = None
) -> Table:
    """Open items: what is unpaid, with its due date, and one total.

    `lines_url` leads to the single lines; it is printed where months stand in their place.
    """
    lines = statement.open_lines
    past_due_only = statement.options.items == "past_due"
    total_label = "past_due_balance" if past_due_only else "total_balance"
    # A payment plan is late with a part only: then the late part needs a column of its own.
    partly = past_due_only and any(line.overdue != line.balance for line in lines)
    if len(lines) > LINES_PRINTED:
        note = many_lines(len(lines), lines_url, say, room)
        return _monthly(statement, total_label, partly, note, say, room)

    figures = ["total", "due_date"]
    figures += ["days_late"] if any(line.days_late for line in lines) else []
    figures += ["balance", *(["past_due"] if partly else [])]
    grouped = look.grouped and statement.consolidated
    names = {} if grouped else member_names(statement, say)
    rows = []
    for line in lines:
        texts = [say.day(line.at), *member_cell(names, line.member_id), describe_item(line, say)]
        rows.append(row_of(texts, _cells(line, figures, say)))
    if grouped:
        rows = _grouped(statement, rows, figures[-1], say)
    elif look.carried:
        counted = accumulate(line.overdue if partly else line.balance for line in lines)
        carry(rows, map(say.plain, counted), say)
    note = "" if rows else say.word("no_past_due_items" if past_due_only else "no_open_items")
    totals = [""] * (len(figures) - 1) + [say.amounts.column_total(statement.total)]
    return finished(rows, text_columns(names), figures, totals, total_label, note, say, room)


def describe_item(line: OpenLine, say: Phrases) -> str:
    parts = [say.say_kind("line", line.type, number=say.name(line.number))]
    if line.purchase_order:
        parts.append(say.say("purchase_order", number=say.name(line.purchase_order)))
    return say.joined(*parts)


def _cells(line: OpenLine, figures: list[str], say: Phrases) -> list[str]:
    cells = {
        "total": say.plain(line.total),
        "due_date": "" if line.due_at is None else say.day(line.due_at),
        "days_late": str(line.days_late or ""),
        "balance": say.plain(line.balance),
        "past_due": say.plain(line.overdue),
    }
    return [cells[name] for name in figures]


def _grouped(statement: Statement, rows: list[Row], summed: str, say: Phrases) -> list[Row]:
    """The rows of each account below its name, with what they come to."""
    pairs = list(zip(statement.open_lines, rows, strict=True))
    found: list[Row] = []
    for member in statement.members:
        own = [(line, row) for line, row in pairs if line.member_id == member.id]
        if own:
            amount = sum(line.overdue if summed == "past_due" else line.balance for line, _ in own)
            count = len(own[0][1]["figures"])
            found.append(group_head(say.joined(say.name(member.name), say.name(member.number)), count))
            found += [row for _, row in own]
            found.append(group_sum(say.word("group_total"), say.plain(amount), count))
    return found


def _monthly(
    statement: Statement, total_label: str, partly: bool, note: str, say: Phrases, room: float
) -> Table:
    lines = statement.open_lines
    rows = []
    for month, group in by_month(lines, say):
        sums = [sum(line.total for line in group), sum(line.overdue for line in group)]
        sums.append(sum(line.balance for line in group))
        rows.append(month_row(month, len(group), sums, say))
    overdue = say.plain(sum(line.overdue for line in lines))
    balance = say.plain(sum(line.balance for line in lines))
    total = say.amounts.column_total(statement.total)
    totals = ["", "", overdue, balance if partly else total]
    figures = ["items", "total", "past_due", "balance"]
    return monthly(rows, figures, totals, total_label, note, say, room)
