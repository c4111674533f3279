"""The facts of one account statement as frozen values: what is printed, to the line and the cent.

Amounts are minor units of `currency`; moments are Unix seconds. Nothing here knows Django, a
database or a page: the same value makes the PDF, the online page, the mail's figures and the
snapshot that is kept (`statements.md` of the specification, Invoiced guides).
"""

from dataclasses import dataclass
from typing import Literal

StatementType = Literal["balance_forward", "open_item"]
Items = Literal["open", "past_due"]

Basis = Literal["due_date", "date"]


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. `start` and `end` are inclusive seconds; `start` is None for open items."""

    type: StatementType
    end: int
    start: int | None = None
    items: Items = "open"
    currency: str | None = None
    include_children: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """A customer whose entries stand on the statement: the account itself or a descendant."""

    id: int
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Line:
    """A movement of a balance forward statement; `amount` is its effect on the account balance.

    `type` is one of previous_balance, invoice, credit_note, write_off, applied_credit, payment,
    transfer, payment_reversal, refund, moved_to_credit. `number` names the document or payment;
    `method` the way of paying; `fee` a convenience fee that was paid on top; `counterparty` the
    other account of a transfer.
    """

    type: str
    at: int
    amount: int
    balance: int
    number: str = ""
    member_id: int | None = None
    method: str = ""
    fee: int = 0
    counterparty: str = ""


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A movement of the credit balance: positive issues credit, negative spends or takes it."""

    type: str
    at: int
    amount: int
    balance: int
    number: str = ""
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An invoice or credit note that is unpaid at `end`; credit notes are negative.

    `overdue` is the part of `balance` that counts as past due (a payment plan: its late
    instalments only); `days_late` is 0 when nothing is late.
    """

    type: Literal["invoice", "credit_note"]
    at: int
    number: str
    total: int
    balance: int
    due_at: int | None = None
    days_late: int = 0
    overdue: int = 0
    member_id: int | None = None
    purchase_order: str = ""


@dataclass(frozen=True, slots=True)
class AutoPay:
    """What stored sources will be charged for, as known when the statement was made.

    `numbers` are the invoices on it that AutoPay collects, `amount` is what they have on it (past due
    only: their overdue parts) and still have unpaid; `at` is None unless one day holds for all.
    """

    amount: int
    source: str
    at: int | None = None
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aging:
    """Open amounts by age. The buckets add up to the open item total.

    The first bucket is what is younger than the first bound; each further one begins at its bound.
    Basis `due_date` counts days past due, `date` days since the date of the document.
    """

    buckets: tuple[int, ...] = (0, 0, 0, 0, 0)
    bounds: tuple[int, ...] = (1, 31, 61, 91)
    basis: Basis = "due_date"

    def __post_init__(self) -> None:
        if len(self.buckets) != len(self.bounds) + 1:
            raise ValueError("The aging has other buckets than its bounds say.")

    @property
    def spans(self) -> tuple[tuple[int | None, int | None], ...]:
        """First and last day of each bucket; None is open."""
        below = None if self.basis == "due_date" else 0
        lasts = (*(bound - 1 for bound in self.bounds), None)
        return tuple(zip((below, *self.bounds), lasts, strict=True))

    @property
    def total(self) -> int:
        return sum(self.buckets)


@dataclass(frozen=True, slots=True)
class Memo:
    """Money beside the open items, never netted silently: printed each when not zero."""

    unapplied: int = 0
    credit: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of one account in one currency.

    Balance forward: opening + invoiced - paid - adjusted = closing, `lines` carry the running
    balance, `credit_lines` the wallet. Open item: `open_lines` and `total`. Both: aging and
    `past_due` over all open items at `end`, and the memo.
    """

    options: Options
    currency: str
    member: Member
    members: tuple[Member, ...]
    aging: Aging
    memo: Memo
    open_total: int
    past_due: int = 0
    open_lines: tuple[OpenLine, ...] = ()
    total: int = 0
    lines: tuple[Line, ...] = ()
    opening: int = 0
    invoiced: int = 0
    paid: int = 0
    adjusted: int = 0
    closing: int = 0
    credit_lines: tuple[CreditLine, ...] = ()
    opening_credit: int = 0
    issued_credit: int = 0
    spent_credit: int = 0
    closing_credit: int = 0
    changed_since: tuple[int, int] | None = None  # (end of our last statement, difference)
    autopay: AutoPay | None = None

    def __post_init__(self) -> None:
        if self.opening + self.invoiced - self.paid - self.adjusted != self.closing:
            raise ValueError("The totals of the statement do not add up.")
        if self.opening_credit + self.issued_credit - self.spent_credit != self.closing_credit:
            raise ValueError("The credit section of the statement does not add up.")
        if self.aging.total != self.open_total:
            raise ValueError("The aging buckets do not add up to the open items.")

    @property
    def amount_due(self) -> int:
        """What the customer should pay now; a credit is not an amount due."""
        owed = self.closing if self.options.type == "balance_forward" else self.total
        return max(0, owed)

    @property
    def to_pay(self) -> int:
        """What the customer must still do something about: without what AutoPay collects."""
        return max(0, self.amount_due - (self.autopay.amount if self.autopay else 0))

    @property
    def headline(self) -> int:
        """The figure a message quotes: closing balance or total of the open items, with its sign."""
        return self.closing if self.options.type == "balance_forward" else self.total

    @property
    def net(self) -> int:
        """All open items, shown or not, after everything that is held for the customer."""
        return self.open_total - self.memo.unapplied - self.memo.credit

    @property
    def consolidated(self) -> bool:
        return len(self.members) > 1

    @property
    def is_empty(self) -> bool:
        """Nothing to tell: no open item, no movement, no balance, no credit."""
        if self.options.type == "open_item":
            return not self.open_lines
        return not self.lines[1:] and not self.opening and not self.closing_credit
