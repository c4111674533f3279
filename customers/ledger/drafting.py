"""The words in which documents are asked for: lines, discounts, taxes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from customers.encoding import same_json
from customers.models import TaxRate


@dataclass(frozen=True, slots=True)
class LevyInput:
    """A discount or tax: a fixed `amount` in minor units, or a tax rate that computes it."""

    amount: int | None = None
    tax_rate: TaxRate | None = None


@dataclass(frozen=True, slots=True)
class LineInput:
    """A line as asked for; `unit_cost` in units of the currency, exact. `id` names an existing line."""

    name: str
    unit_cost: Decimal = Decimal(0)
    quantity: Decimal = Decimal(1)
    description: str = ""
    type: str = ""
    catalog_item: str = ""
    discountable: bool = True
    taxable: bool = True
    discounts: tuple[LevyInput, ...] = ()
    taxes: tuple[LevyInput, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    id: int | None = None


def same_lines(some: Sequence[LineInput], others: Sequence[LineInput]) -> bool:
    """Whether these are the same lines, also on the wire: metadata tells true from 1."""
    return list(some) == list(others) and all(
        same_json(dict(one.metadata), dict(other.metadata)) for one, other in zip(some, others, strict=True)
    )
