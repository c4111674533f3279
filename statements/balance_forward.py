"""Balance forward statements: what happened in a period. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from statements.statement import Aging, CreditLine, Line, Member, Memo, Options, Statement

INVOICED = ("invoice", "credit_note")
ADJUSTED = ("write_off",)


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of the account balance, or of the wallet; in printing order."""

    type: str
    at: int
    amount: int
    number: str = ""
    member_id: int | None = None
    method: str = ""
    fee: int = 0
    counterparty: str = ""


def build_balance_forward(
    *,
    options: Options,
    currency: str,
    member: Member,
    members: Sequence[Member],
    opening: int,
    movements: Sequence[Movement],
    opening_credit: int,
    credit_movements: Sequence[Movement],
    aging: Aging,
    past_due: int,
    memo: Memo,
    changed_since: tuple[int, int] | None = None,
) -> Statement:
    """Carry a balance through a period: each line's balance is the one above plus its amount."""
    assert options.start is not None
    lines = [Line(type="previous_balance", at=options.start - 1, amount=0, balance=opening)]
    balance = opening
    for move in movements:
        balance += move.amount
        lines.append(
            Line(
                type=move.type,
                at=move.at,
                amount=move.amount,
                balance=balance,
                number=move.number,
                member_id=move.member_id,
                method=move.method,
                fee=move.fee,
                counterparty=move.counterparty,
            )
        )
    invoiced = sum(move.amount for move in movements if move.type in INVOICED)
    adjusted = -sum(move.amount for move in movements if move.type in ADJUSTED)
    credit_lines, credit = [], opening_credit
    for move in credit_movements:
        credit += move.amount
        credit_lines.append(
            CreditLine(
                type=move.type,
                at=move.at,
                amount=move.amount,
                balance=credit,
                number=move.number,
                member_id=move.member_id,
            )
        )
    spent = -sum(move.amount for move in credit_movements if move.type == "applied_credit")
    return Statement(
        options=options,
        currency=currency,
        member=member,
        members=tuple(members),
        aging=aging,
        memo=memo,
        open_total=aging.total,
        past_due=past_due,
        lines=tuple(lines),
        opening=opening,
        invoiced=invoiced,
        paid=opening + invoiced - adjusted - balance,
        adjusted=adjusted,
        closing=balance,
        credit_lines=tuple(credit_lines),
        opening_credit=opening_credit,
        issued_credit=credit - opening_credit + spent,
        spent_credit=spent,
        closing_credit=credit,
        changed_since=changed_since,
    )
