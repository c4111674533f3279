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
from customers.ledger.items import find_items, line_defaults
from customers.ledger.lines import check_line
from customers.models import Item

# What the columns hold: 14 and 18 digits before the point, six after it.
_MOST_PIECES = Decimal(10) ** 14 - 1


class CatalogItem(Text):
    """The id of an item, or the whole item; whether it is there is looked up for all lines at once."""

    def convert(self, raw: Any, place: Place) -> Any:
        return super().convert(raw.get("id") if isinstance(raw, dict) else raw, place)


class LineShape(Shape):
    id = Integer(nullable=True)
    catalog_item = CatalogItem(nullable=True)
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
    """One line. A new one needs a name or an item; one with the id of a stored line changes only what is
    sent."""

    def __init__(self) -> None:
        super().__init__(LineShape)

    def convert(self, raw: Any, place: Place) -> Any:
        values = super().convert(raw, place)
        if not any(values.get(name) for name in ("name", "catalog_item", "id")):
            raise Refused("Name is missing.", f"{place.param}.name")
        return values


class Lines(ListOf):
    def __init__(self, **options: Any) -> None:
        super().__init__(Line(), **options)


def line_inputs(
    items: Sequence[Mapping[str, Any]], currency: str, stored: Sequence[LineInput] = ()
) -> list[LineInput]:
    """Lines as the ledger wants them; what was not sent comes from the stored line of the same id, or from
    the catalog.

    Raises `Refused` for an unknown line without a name, an unknown item, and amounts beyond reach.
    """
    known = {line.id: line for line in stored if line.id}
    catalog = find_items(values.get("catalog_item", "") for values in items)
    return [
        _line(values, currency, known.get(values.get("id") or 0), catalog, f"items.{index}.")
        for index, values in enumerate(items)
    ]


def line_input(values: Mapping[str, Any], currency: str) -> LineInput:
    """A new line by itself; its parameters stand at the top of the body."""
    return _line(values, currency, None, find_items([values.get("catalog_item", "")]), "")


def line_changes(values: Mapping[str, Any], currency: str, under: str = "") -> dict[str, Any]:
    """What was sent of a line, by the names of `LineInput`."""
    given = {name: value for name, value in values.items() if name != "id"}
    for name in ("discounts", "taxes"):
        if name in given:
            given[name] = levies(given[name], currency, f"{under}{name}")
    return given


def _line(
    values: Mapping[str, Any],
    currency: str,
    base: LineInput | None,
    catalog: Mapping[str, Item],
    under: str,
) -> LineInput:
    """`under` is where the line's parameters stand: `items.0.`, or nothing."""
    given = line_changes(values, currency, under)
    kept = {} if base is None else {name: getattr(base, name) for name in LineInput.__dataclass_fields__}
    code = given.get("catalog_item")
    if code and (base is None or base.catalog_item != code):
        kept |= _from_catalog(catalog.get(code), code, currency, given, under)
        given = {name: value for name, value in given.items() if value != "" or name == "catalog_item"}
    if base is None and not given.get("name") and not kept.get("name"):
        raise Refused("Name is missing.", f"{under}name")
    line = LineInput(**{**kept, **given})
    check_line(line, currency, param=under.rstrip(".") or "unit_cost")
    return line


def _from_catalog(
    item: Item | None, code: str, currency: str, given: Mapping[str, Any], under: str
) -> dict[str, Any]:
    if item is None:
        raise Refused(f"Item was not found: {code}", f"{under}catalog_item")
    try:
        return line_defaults(item, currency=currency, priced="unit_cost" in given)
    except Refused as refused:
        raise Refused(refused.message, f"{under}catalog_item") from None
