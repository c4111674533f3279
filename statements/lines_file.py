"""The lines of a statement as a CSV file: what a page that shows months only is accompanied by.

The lines of the credit balance follow those of the account; `section` tells them apart.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from customers.money import to_amount
from customers.spreadsheets import csv_lines
from statements.formatting import local_date
from statements.paper.rows import LINES_PRINTED
from statements.statement import CreditLine, Line, Member, Statement

MOVEMENTS = (
    "date",
    "customer_number",
    "customer",
    "type",
    "number",
    "method",
    "currency",
    "amount",
    "balance",
    "section",
)
OPEN_ITEMS = (
    "date",
    "customer_number",
    "customer",
    "type",
    "number",
    "purchase_order",
    "currency",
    "total",
    "due_date",
    "days_late",
    "past_due",
    "balance",
)


def needs_lines_file(statement: Statement) -> bool:
    """Whether the page shows months instead of lines, so that the lines must travel beside it."""
    tables = (statement.lines, statement.open_lines, statement.credit_lines)
    return max(map(len, tables)) > LINES_PRINTED


def lines_csv(*, statement: Statement, zone: ZoneInfo) -> bytes:
    """Every line with ISO days and exact amounts, in UTF-8; texts cannot act as formulas."""
    forward = statement.options.type == "balance_forward"
    header, rows = (MOVEMENTS, _movements) if forward else (OPEN_ITEMS, _open_items)
    return "".join(csv_lines(header, rows(statement, zone))).encode()


def _movements(statement: Statement, zone: ZoneInfo) -> Iterator[list[Any]]:
    members = {member.id: member for member in statement.members}
    for line in statement.lines:
        member = members.get(line.member_id or 0, statement.member)
        yield [*_moved(line, member, statement.currency, zone, method=line.method), "account"]
    yield from _credit(statement, zone)


def _credit(statement: Statement, zone: ZoneInfo) -> Iterator[list[Any]]:
    """The credit balance: what it was, and every movement of it; nothing when there was none."""
    if not (statement.credit_lines or statement.opening_credit or statement.closing_credit):
        return
    members = {member.id: member for member in statement.members}
    own, code = statement.member, statement.currency
    first = (statement.options.start or statement.options.end) - 1
    before = CreditLine("previous_balance", first, amount=0, balance=statement.opening_credit)
    for line in (before, *statement.credit_lines):
        yield [*_moved(line, members.get(line.member_id or 0, own), code, zone), "credit"]


def _moved(
    line: Line | CreditLine, member: Member, code: str, zone: ZoneInfo, *, method: str = ""
) -> list[Any]:
    """One movement, of the account or of its credit balance."""
    amount, balance = to_amount(line.amount, code), to_amount(line.balance, code)
    return [
        _day(line.at, zone), member.number, member.name,
        line.type, line.number, method, code, amount, balance,
    ]  # fmt: skip


def _open_items(statement: Statement, zone: ZoneInfo) -> Iterator[list[Any]]:
    members = {member.id: member for member in statement.members}
    for line in statement.open_lines:
        member = members.get(line.member_id or 0, statement.member)
        yield [
            _day(line.at, zone),
            member.number,
            member.name,
            line.type,
            line.number,
            line.purchase_order,
            statement.currency,
            to_amount(line.total, statement.currency),
            _day(line.due_at, zone),
            line.days_late,
            to_amount(line.overdue, statement.currency),
            to_amount(line.balance, statement.currency),
        ]


def _day(at: int | None, zone: ZoneInfo) -> date | None:
    return None if at is None else local_date(at, zone)
