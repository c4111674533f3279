"""The tables of movements as finished strings: of the account, and of the credit balance."""

from statements.letterhead import Look
from statements.paper.phrasing import Phrases
from statements.paper.rows import (
    LINES_PRINTED,
    Table,
    by_month,
    carry,
    finished,
    many_lines,
    member_cell,
    member_names,
    month_row,
    monthly,
    row_of,
    text_columns,
)
from statements.statement import CreditLine, Line, Statement


def movements_table(
    statement: Statement, say: Phrases, room: float, look: Look, lines_url: str | None = None
) -> Table:
    """Balance forward: opening line, every movement with the running balance, closing line.

    `lines_url` leads to the single lines; it is printed where months stand in their place.
    """
    adjusts = any(line.type == "write_off" for line in statement.lines)
    figures = ["invoiced", "paid", *(["adjusted"] if adjusts else []), "balance"]
    sums = [statement.invoiced, statement.paid, *([statement.adjusted] if adjusts else [])]
    totals = [*map(say.plain, sums), say.amounts.column_total(statement.closing)]
    names = member_names(statement, say)

    def columns_of(line: Line) -> list[int]:
        effects = {"invoiced": 0, "paid": 0, "adjusted": 0}
        effects[_column_of(line)] = line.amount if _column_of(line) == "invoiced" else -line.amount
        return [effects[column] for column in figures[:-1]]

    if len(statement.lines) > LINES_PRINTED:
        moves = statement.lines[1:]
        rows = [row_of([say.word("previous_balance")], ["", *[""] * len(sums), say.plain(statement.opening)])]
        for month, lines in by_month(moves, say):
            effects = [sum(column) for column in zip(*map(columns_of, lines), strict=True)]
            rows.append(month_row(month, len(lines), [*effects, lines[-1].balance], say))
        note = many_lines(len(moves), lines_url, say, room)
        return monthly(rows, ["items", *figures], ["", *totals], "account_balance", note, say, room)

    rows = []
    for line in statement.lines:
        effects = ["" if not effect else say.plain(effect) for effect in columns_of(line)]
        texts = [say.day(line.at), *member_cell(names, line.member_id), describe_movement(line, say)]
        rows.append(row_of(texts, [*effects, say.plain(line.balance)]))
    if look.carried:
        carry(rows, (say.plain(line.balance) for line in statement.lines), say)
    note = "" if len(statement.lines) > 1 else say.word("no_activity")
    return finished(rows, text_columns(names), figures, totals, "account_balance", note, say, room)


def credit_table(statement: Statement, say: Phrases, room: float, lines_url: str | None = None) -> Table:
    """The credit balance: what was issued, what was spent, what is left."""
    figures = ["issued", "spent", "balance"]
    totals = [
        say.plain(statement.issued_credit),
        say.plain(statement.spent_credit),
        say.amounts.column_total(statement.closing_credit),
    ]
    opening = say.plain(statement.opening_credit)
    if len(statement.credit_lines) > LINES_PRINTED:
        rows = [row_of([say.word("previous_balance")], ["", "", "", opening])]
        for month, lines in by_month(statement.credit_lines, say):
            issued = sum(line.amount for line in lines if not _spends(line))
            spent = -sum(line.amount for line in lines if _spends(line))
            rows.append(month_row(month, len(lines), [issued, spent, lines[-1].balance], say))
        note = many_lines(len(statement.credit_lines), lines_url, say, room)
        return monthly(rows, ["items", *figures], ["", *totals], "credit_balance", note, say, room)

    names = member_names(statement, say)
    start = (statement.options.start or statement.options.end) - 1
    blank = [""] if names else []
    rows = [row_of([say.day(start), *blank, say.word("previous_balance")], ["", "", opening])]
    for line in statement.credit_lines:
        cells = ["", say.plain(-line.amount)] if _spends(line) else [say.plain(line.amount), ""]
        text = describe_credit(line, say)
        texts = [say.day(line.at), *member_cell(names, line.member_id), text]
        rows.append(row_of(texts, [*cells, say.plain(line.balance)]))
    return finished(rows, text_columns(names), figures, totals, "credit_balance", "", say, room)


def describe_movement(line: Line, say: Phrases) -> str:
    """A movement in words: what it is, which document, how it was paid."""
    number = say.name(line.number)
    if line.type == "previous_balance":
        return say.word("previous_balance")
    if line.type == "transfer" and line.counterparty:
        message = "paid_by" if line.amount < 0 else "paid_for"
        return say.say(message, name=say.name(line.counterparty), number=number)
    parts = [say.say_kind("line", line.type, number=number)]
    if line.method and line.method != "other":
        parts.append(say.say_kind("method", line.method))
    if line.fee:
        parts.append(say.say("plus_fee", amount=say.money(line.fee)))
    return say.joined(*parts)


def describe_credit(line: CreditLine, say: Phrases) -> str:
    message = {"credit_note": "credit_note_credit", "moved_to_credit": "overpayment_credit"}
    return say.say_kind("line", message.get(line.type, line.type), number=say.name(line.number))


def _column_of(line: Line) -> str:
    if line.type in ("invoice", "credit_note"):
        return "invoiced"
    return "adjusted" if line.type == "write_off" else "paid"


def _spends(line: CreditLine) -> bool:
    return line.type == "applied_credit"
