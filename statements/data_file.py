"""The facts of a statement as a JSON document for other programs; the keys are told in `docs/statements.md`.

Amounts are exact numbers of the statement's currency, moments are Unix seconds, days are the company's.
Unlike the snapshot (`facts.py`) this is a shape that others rely on: keys are added, never renamed.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from customers.encoding import to_json
from customers.money import to_amount
from statements.formatting import local_date
from statements.statement import CreditLine, Line, Member, OpenLine, Statement


def statement_json(*, statement: Statement, zone: ZoneInfo, number: str | None = None) -> bytes:
    """Everything that the statement says; `number` of an issued one."""
    return to_json(statement_data(statement=statement, zone=zone, number=number), pretty=True)


def statement_data(*, statement: Statement, zone: ZoneInfo, number: str | None = None) -> dict[str, Any]:
    """The same as plain values."""
    options, file = statement.options, _File(statement, zone)
    head = {
        "object": "statement",
        "number": number,
        "type": options.type,
        "items": options.items if options.type == "open_item" else None,
        "start": options.start,
        "start_date": file.day(options.start),
        "end": options.end,
        "end_date": file.day(options.end),
        "currency": statement.currency,
        "include_children": options.include_children,
        "customer": file.person(statement.member),
        "members": [file.person(member) for member in statement.members],
        "amount_due": file.money(statement.amount_due),
        "autopay": file.autopay(),
    }
    body = file.period() if options.type == "balance_forward" else file.open_items()
    return head | body | file.beside()


class _File:
    """One statement's values as they stand in the document."""

    def __init__(self, statement: Statement, zone: ZoneInfo) -> None:
        self.statement, self.zone = statement, zone
        self.people: Mapping[int, Member] = {member.id: member for member in statement.members}

    def money(self, minor: int) -> Any:
        return to_amount(minor, self.statement.currency)

    def day(self, at: int | None) -> str | None:
        return None if at is None else local_date(at, self.zone).isoformat()

    def person(self, member: Member) -> dict[str, Any]:
        return {"id": member.id, "number": member.number, "name": member.name}

    def member(self, member_id: int | None) -> str:
        return self.people.get(member_id or 0, self.statement.member).number

    def autopay(self) -> dict[str, Any] | None:
        found = self.statement.autopay
        if found is None:
            return None
        return {
            "amount": self.money(found.amount),
            "source": found.source,
            "at": found.at,
            "date": self.day(found.at),
            "invoices": list(found.numbers),
        }

    def open_items(self) -> dict[str, Any]:
        return {
            "total": self.money(self.statement.total),
            "lines": [self._open_line(line) for line in self.statement.open_lines],
        }

    def period(self) -> dict[str, Any]:
        statement, changed = self.statement, self.statement.changed_since
        return {
            "previous_balance": self.money(statement.opening),
            "total_invoiced": self.money(statement.invoiced),
            "total_paid": self.money(statement.paid),
            "total_adjusted": self.money(statement.adjusted),
            "account_balance": self.money(statement.closing),
            "lines": [self._line(line) for line in statement.lines],
            "previous_credit_balance": self.money(statement.opening_credit),
            "credits_issued": self.money(statement.issued_credit),
            "credits_spent": self.money(statement.spent_credit),
            "credit_balance": self.money(statement.closing_credit),
            "credit_lines": self._credit_lines(statement.credit_lines),
            "changed_since": changed
            and {"end": changed[0], "end_date": self.day(changed[0]), "difference": self.money(changed[1])},
        }

    def beside(self) -> dict[str, Any]:
        """What both kinds tell about the whole account at the end."""
        statement, aging = self.statement, self.statement.aging
        return {
            "open_items_total": self.money(statement.open_total),
            "past_due": self.money(statement.past_due),
            "aging": {
                "basis": aging.basis,
                "buckets": [
                    {"from_days": first, "to_days": last, "amount": self.money(amount)}
                    for (first, last), amount in zip(aging.spans, aging.buckets, strict=True)
                ],
            },
            "unapplied_payments": self.money(statement.memo.unapplied),
            "available_credit": self.money(statement.memo.credit),
            "pending_payments": self.money(statement.memo.pending),
            "balance_after_credits": self.money(statement.net),
        }

    def _open_line(self, line: OpenLine) -> dict[str, Any]:
        return {
            "type": line.type,
            "number": line.number,
            "customer": self.member(line.member_id),
            "at": line.at,
            "date": self.day(line.at),
            "purchase_order": line.purchase_order or None,
            "total": self.money(line.total),
            "due_at": line.due_at,
            "due_date": self.day(line.due_at),
            "days_late": line.days_late,
            "past_due": self.money(line.overdue),
            "balance": self.money(line.balance),
        }

    def _line(self, line: Line) -> dict[str, Any]:
        return {
            "type": line.type,
            "number": line.number or None,
            "customer": self.member(line.member_id),
            "at": line.at,
            "date": self.day(line.at),
            "method": line.method or None,
            "convenience_fee": self.money(line.fee),
            "counterparty": line.counterparty or None,
            "amount": self.money(line.amount),
            "balance": self.money(line.balance),
        }

    def _credit_lines(self, lines: Sequence[CreditLine]) -> list[dict[str, Any]]:
        return [
            {
                "type": line.type,
                "number": line.number or None,
                "customer": self.member(line.member_id),
                "at": line.at,
                "date": self.day(line.at),
                "amount": self.money(line.amount),
                "balance": self.money(line.balance),
            }
            for line in lines
        ]
