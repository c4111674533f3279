"""The facts of one invoice, credit note or receipt as frozen values: what is printed, to the cent.

Amounts are minor units of `currency`; moments are Unix seconds. Nothing here knows Django, a
database or a page. Credit notes and receipts have positive amounts, as on the wire.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["invoice", "credit_note", "receipt"]
Mark = Literal["", "paid", "void", "draft"]


@dataclass(frozen=True, slots=True)
class BilledLine:
    """One line: `amount` is quantity times unit cost, `discounts` are taken off it.

    `unit_cost` is in whole units of the currency, with all its decimals. `taxes` names the taxes
    that this line alone carries; their amounts are among the document's own.
    """

    name: str
    amount: int
    quantity: Decimal = Decimal(1)
    unit_cost: Decimal = Decimal(0)
    description: str = ""
    discounts: tuple[int, ...] = ()
    taxes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax of the document: `name` empty when nobody named it, `percent` None for a fixed amount."""

    amount: int
    name: str = ""
    percent: Decimal | None = None
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What a payment went to: `type` as in the ledger, `number` the document's, `total` its total."""

    type: Literal["invoice", "credit", "convenience_fee"]
    amount: int
    number: str = ""
    at: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One step between the total and what is left of it: a label's message id and a signed amount."""

    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class AutoCharge:
    """What will be collected without the customer's doing: from what, on which moment."""

    source: str
    at: int | None = None


@dataclass(frozen=True, slots=True)
class BilledDocument:
    """One numbered document, or the receipt of one payment.

    subtotal - discounts + taxes = total; total + parts = balance. A receipt has `settled` in place
    of lines, and its `parts` are remarks. `due` is what the customer should pay now: nothing for
    drafts, voided and closed ones.
    """

    kind: Kind
    number: str
    at: int
    currency: str
    total: int
    balance: int
    due: int = 0
    mark: Mark = ""
    name: str = ""
    lines: tuple[BilledLine, ...] = ()
    subtotal: int = 0
    discounts: tuple[int, ...] = ()
    taxes: tuple[Tax, ...] = ()
    parts: tuple[Part, ...] = ()
    settled: tuple[Settled, ...] = ()
    due_at: int | None = None
    late: bool = False
    terms: str = ""
    autopay: bool = False
    charge: AutoCharge | None = None
    purchase_order: str = ""
    ship_to: tuple[str, ...] = ()
    notes: str = ""
    on_behalf_of: str = ""
    invoice_number: str = ""
    method: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        if self.kind == "receipt":
            return
        taxes = sum(tax.amount for tax in self.taxes)
        if self.subtotal - sum(self.discounts) + taxes != self.total:
            raise ValueError(f"The totals of {self.kind} {self.number} do not add up.")
        if self.total + sum(part.amount for part in self.parts) != self.balance:
            raise ValueError(f"The balance of {self.kind} {self.number} does not follow from its total.")

    @property
    def to_pay(self) -> int:
        """What the customer must still do something about: nothing when AutoPay collects it."""
        return 0 if self.charge else self.due
