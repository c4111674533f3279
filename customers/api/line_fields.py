"""The lines of invoices and credit notes as parameters (Invoiced API, Line Items)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from customers.api.fields import Amount, Flag, Integer, Text
from customers.api.parameter import Place
from customers.api.shapes import ListOf, Metadata, Nested, Shape
from customers.api.tax_fields import Discount, Tax, levies
from customers.errors import Refused
from customers.ledger.drafting import LineInput
from customers.money import LARGEST_MINOR, exponent

# What the columns hold: 14 and 18 digits before the point, six after it.
_MOST_PIECES = Decimal(10) ** 14 - 1


def _no_catalog(code: str) -> str:
    if code:
        raise Refused(f"Item was not found: {code}")
    return code


class LineShape(Shape):
    id = Integer(nullable=True)
    catalog_item = Text(nullable=True, check=_no_catalog)
    type = Text(nullable=True, max_length=64)
    name = Text()
    description = Text(nullable=True, max_length=65_535)
    quantity = Amount(minimum=-_MOST_PIECES, maximum=_MOST_PIECES, decimals=6)
    unit_cost = Amount(decimals=6)
    discountable = Flag()
    discounts = ListOf(Discount())
    taxable = Flag()
    taxes = ListOf(Tax())
    metadata = Metadata()


class Line(Nested):
    """One line. A new one needs a name; one with the id of a stored line changes only what is sent."""

    def __init__(self) -> None:
        super().__init__(LineShape)

    def convert(self, raw: Any, place: Place) -> Any:
        values = super().convert(raw, place)
        if not values.get("name") and not values.get("id"):
            raise Refused("Name is missing.", f"{place.param}.name")
        return values


class Lines(ListOf):
    def __init__(self, **options: Any) -> None:
        super().__init__(Line(), **options)


def line_inputs(
    items: Sequence[Mapping[str, Any]], currency: str, stored: Sequence[LineInput] = ()
) -> list[LineInput]:
    """Lines as the ledger wants them; what was not sent comes from the stored line of the same id.

    Raises `Refused` for an unknown line without a name and for amounts beyond reach.
    """
    known = {line.id: line for line in stored if line.id}
    return [_line(values, currency, known, f"items.{index}") for index, values in enumerate(items)]


def _line(values: Mapping[str, Any], currency: str, known: Mapping[int, LineInput], param: str) -> LineInput:
    given = dict(values)
    base = known.get(given.pop("id", None) or 0)
    if base is None and not given.get("name"):
        raise Refused("Name is missing.", f"{param}.name")
    for name in ("discounts", "taxes"):
        if name in given:
            given[name] = levies(given[name], currency, f"{param}.{name}")
    kept = {} if base is None else {name: getattr(base, name) for name in LineInput.__dataclass_fields__}
    line = LineInput(**{**kept, **given})
    # Compared before anything is rounded: the exact product may have more digits than decimals keep.
    if abs(line.quantity * line.unit_cost) >= Decimal(LARGEST_MINOR).scaleb(-exponent(currency)):
        raise Refused("The amount of this line is too large.", param)
    return line
