"""Catalog items (Invoiced API, Items)."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from customers.api.base import Resource
from customers.api.catalog_fields import PATTERN, Code
from customers.api.codes import Currency, CurrencyInUse
from customers.api.columns import Column
from customers.api.fields import Amount, Flag, Text, Timestamp
from customers.api.shapes import Metadata, Shape
from customers.api.tax_fields import TaxRates
from customers.api.tax_rates import by_column
from customers.api.wrapping import OnCreate
from customers.ledger.items import archive_item, create_item, update_item
from customers.models import Item


class ItemShape(Shape):
    id = OnCreate(Code())
    name = Text(required=True)
    currency = CurrencyInUse(nullable=True)
    unit_cost = Amount(decimals=6)
    description = Text(nullable=True, max_length=65_535)
    type = Text(nullable=True, max_length=64, aliases=["service"])
    taxable = Flag()
    taxes = TaxRates()
    discountable = Flag()
    gl_account = Text(nullable=True)
    avalara_tax_code = Text(nullable=True, max_length=25)
    avalara_location_code = Text(nullable=True, max_length=50)
    metadata = Metadata()


class Items(Resource):
    noun = "Item"
    model = Item
    shape = ItemShape
    columns = {
        "id": Column(Text(), source="code"),
        **{
            name: Column(Text())
            for name in ("name", "type", "gl_account", "avalara_tax_code", "avalara_location_code")
        },
        "currency": Column(Currency()),
        "unit_cost": Column(Amount()),
        "taxable": Column(Flag()),
        "discountable": Column(Flag()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    id_pattern = PATTERN
    id_column = "code"

    def rows(self) -> QuerySet[Any]:
        """An archived item is gone, but for the lines that were made from it."""
        return super().rows().filter(archived_at=None)

    def wire_rows(self) -> QuerySet[Any]:
        return self.rows().prefetch_related("taxes")

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Item:
        return create_item(values=by_column(values), now=now)

    def change_row(self, row: Item, values: dict[str, Any], *, now: datetime) -> None:
        update_item(item=row, changes=values, now=now)

    def delete_row(self, row: Item, *, now: datetime) -> None:
        archive_item(item=row, now=now)
