"""The receivables roll-forward: what all accounts owed, what happened in a period, what they owe now.

By the same movements as statements of the kind balance forward, added up by the database: the sum of
those statements, for any number of accounts, without loading a row of theirs.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from customers.ledger.entries import sums_by_type
from customers.money import to_amount


@dataclass(frozen=True, slots=True)
class RollForward:
    """One currency; minor units, each figure with the sign that its name says.

    opening + invoices - credit_notes - payments + refunds + reversals - write_offs - applied_credit
    + moved_to_credit + transfers = closing. Transfers are what accounts outside the selection paid
    for those inside it, or the other way round; over all accounts they are nothing. The wallet:
    opening_credit + issued_credit - spent_credit = closing_credit.
    """

    currency: str
    opening: int
    invoices: int
    credit_notes: int
    payments: int
    refunds: int
    reversals: int
    write_offs: int
    applied_credit: int
    moved_to_credit: int
    transfers: int
    closing: int
    opening_credit: int
    issued_credit: int
    spent_credit: int
    closing_credit: int

    def __post_init__(self) -> None:
        more = self.invoices + self.refunds + self.reversals + self.moved_to_credit + self.transfers
        less = self.credit_notes + self.payments + self.write_offs + self.applied_credit
        if self.opening + more - less != self.closing:
            raise ValueError("The roll-forward does not add up.")
        if self.opening_credit + self.issued_credit - self.spent_credit != self.closing_credit:
            raise ValueError("The credit of the roll-forward does not add up.")


FIGURES = tuple(RollForward.__dataclass_fields__)


def roll_forwards(*, start: int, end: int, owner_id: int | None = None) -> list[RollForward]:
    """One for each currency with a balance or a movement, ordered by currency. One query.

    `start` and `end` are inclusive seconds; `owner_id` narrows to the accounts of one member of staff.
    """
    before: dict[str, dict[tuple[bool, str], int]] = defaultdict(dict)
    during: dict[str, dict[tuple[bool, str], int]] = defaultdict(dict)
    for row in sums_by_type(start=start, end=end, owner_id=owner_id):
        before[row.currency][row.wallet, row.type] = row.before
        during[row.currency][row.wallet, row.type] = row.during
    found = [_added_up(currency, before[currency], during[currency]) for currency in sorted(before)]
    return [row for row in found if _has_something(row)]


def _added_up(
    currency: str, before: dict[tuple[bool, str], int], during: dict[tuple[bool, str], int]
) -> RollForward:
    def moved(kind: str, sign: int = 1) -> int:
        return sign * during.get((False, kind), 0)

    def total(sums: dict[tuple[bool, str], int], wallet: bool) -> int:
        return sum(amount for (of_wallet, _), amount in sums.items() if of_wallet is wallet)

    opening, opening_credit = total(before, False), total(before, True)
    spent = -during.get((True, "applied_credit"), 0)
    return RollForward(
        currency=currency,
        opening=opening,
        invoices=moved("invoice"),
        credit_notes=moved("credit_note", -1),
        payments=moved("payment", -1),
        refunds=moved("refund"),
        reversals=moved("payment_reversal"),
        write_offs=moved("write_off", -1),
        applied_credit=moved("applied_credit", -1),
        moved_to_credit=moved("moved_to_credit"),
        transfers=moved("transfer"),
        closing=opening + total(during, False),
        opening_credit=opening_credit,
        issued_credit=total(during, True) + spent,
        spent_credit=spent,
        closing_credit=opening_credit + total(during, True),
    )


def _has_something(row: RollForward) -> bool:
    return any(getattr(row, name) for name in FIGURES[1:])


def figures_of(row: RollForward) -> list[str | Decimal]:
    """The values of `FIGURES` for files: the code of the currency, then exact amounts."""
    amounts = (getattr(row, name) for name in FIGURES[1:])
    return [row.currency.upper(), *(to_amount(amount, row.currency) for amount in amounts)]
