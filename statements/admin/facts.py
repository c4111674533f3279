"""The facts of a statement as plain values, for the eyes of staff. No figure is made here."""

from typing import Any
from zoneinfo import ZoneInfo

from customers.admin.figures import day_of, money
from customers.ages import AgingRule
from statements.statement import Aging, Statement

LINE_NAMES = {
    "previous_balance": "Previous balance",
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "write_off": "Write-off",
    "applied_credit": "Credit applied",
    "payment": "Payment",
    "transfer": "Transfer",
    "payment_reversal": "Payment returned",
    "refund": "Refund",
    "moved_to_credit": "Moved to credit balance",
    "credit_adjustment": "Credit adjustment",
    "previous_credit_balance": "Previous credit balance",
}
TYPE_NAMES = {"balance_forward": "Balance forward", "open_item": "Open item"}


def show_statement(statement: Statement, zone: ZoneInfo) -> dict[str, Any]:
    """Head, sums, lines and aging for the template."""
    options, currency = statement.options, statement.currency
    start = day_of(options.start, zone)
    end = day_of(options.end, zone)
    names = {member.id: member.name for member in statement.members}
    shown: dict[str, Any] = {
        "type": TYPE_NAMES[options.type],
        "forward": options.type == "balance_forward",
        "period": f"{start} to {end}" if start else f"as of {end}",
        "currency": currency.upper(),
        "past_due_only": options.items == "past_due",
        "consolidated": statement.consolidated,
        "headline": money(statement.headline, currency),
        "is_empty": statement.is_empty,
        "aging": [
            (name, money(part, currency))
            for name, part in zip(names_of(statement.aging), statement.aging.buckets, strict=True)
        ],
        "memo": _memo(statement),
    }
    if options.type == "open_item":
        return shown | {
            "lines": _open_lines(statement, zone, names),
            "total": money(statement.total, currency),
        }
    return shown | {
        "sums": [
            ("Opening balance", money(statement.opening, currency)),
            ("Invoiced", money(statement.invoiced, currency)),
            ("Paid", money(-statement.paid, currency)),
            ("Adjusted", money(-statement.adjusted, currency)),
            ("Closing balance", money(statement.closing, currency)),
        ],
        "changed": _changed(statement, zone),
        "lines": _lines(statement.lines, currency, zone, names),
        "credit_lines": _lines(statement.credit_lines, currency, zone, names),
        "total": money(statement.closing, currency),
    }


def names_of(aging: Aging) -> tuple[str, ...]:
    return AgingRule(aging.bounds, aging.basis).names


def _changed(statement: Statement, zone: ZoneInfo) -> str:
    """The remark that the document prints when the past is no longer what our last statement said."""
    if statement.changed_since is None:
        return ""
    end, difference = statement.changed_since
    return f"Changed since our statement of {day_of(end, zone)}: {money(difference, statement.currency)}"


def _memo(statement: Statement) -> list[tuple[str, str]]:
    memo = statement.memo
    parts = [
        ("Unapplied payments", memo.unapplied),
        ("Credit balance", memo.credit),
        ("Pending payments", memo.pending),
    ]
    return [(name, money(amount, statement.currency)) for name, amount in parts if amount]


def _open_lines(statement: Statement, zone: ZoneInfo, names: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "date": day_of(line.at, zone),
            "name": LINE_NAMES[line.type],
            "number": line.number,
            "member": names.get(line.member_id or 0, ""),
            "due": day_of(line.due_at, zone),
            "days_late": line.days_late if line.overdue else 0,
            "total": money(line.total, statement.currency),
            "balance": money(line.balance, statement.currency),
        }
        for line in statement.open_lines
    ]


def _lines(lines: Any, currency: str, zone: ZoneInfo, names: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "date": day_of(line.at, zone),
            "name": LINE_NAMES.get(line.type, line.type.replace("_", " ").capitalize()),
            "number": line.number,
            "member": names.get(line.member_id or 0, ""),
            "amount": "" if line.type.startswith("previous") else money(line.amount, currency),
            "balance": money(line.balance, currency),
        }
        for line in lines
    ]
