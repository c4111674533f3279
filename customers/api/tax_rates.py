"""Tax rates (Invoiced API, Tax Rates)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from customers.api.base import Resource
from customers.api.catalog_fields import PATTERN, Code
from customers.api.codes import Currency, CurrencyInUse
from customers.api.columns import Column
from customers.api.fields import Amount, Flag, Text, Timestamp
from customers.api.shapes import Metadata, Shape
from customers.api.wrapping import OnCreate
from customers.ledger.tax_rates import archive_tax_rate, create_tax_rate, update_tax_rate
from customers.models import TaxRate

# What the column holds: fourteen digits before the point, six after it.
_LARGEST = Decimal(10) ** 14 - 1


class TaxRateShape(Shape):
    """Only the name and the metadata can be changed later; the rest is ignored then."""

    id = OnCreate(Code())
    name = Text(required=True)
    currency = OnCreate(CurrencyInUse(nullable=True))
    value = OnCreate(Amount(required=True, minimum=0, maximum=_LARGEST, decimals=6))
    is_percent = OnCreate(Flag())
    inclusive = OnCreate(Flag())
    metadata = Metadata()


class TaxRates(Resource):
    noun = "Tax rate"
    model = TaxRate
    shape = TaxRateShape
    columns = {
        "id": Column(Text(), source="code"),
        "name": Column(Text()),
        "currency": Column(Currency()),
        "value": Column(Amount()),
        "is_percent": Column(Flag()),
        "inclusive": Column(Flag()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    id_pattern = PATTERN
    id_column = "code"

    def rows(self) -> QuerySet[Any]:
        """An archived rate is gone, but for the documents that have it."""
        return super().rows().filter(archived_at=None)

    def create_row(self, values: dict[str, Any], *, now: datetime) -> TaxRate:
        return create_tax_rate(values=by_column(values), now=now)

    def change_row(self, row: TaxRate, values: dict[str, Any], *, now: datetime) -> None:
        update_tax_rate(rate=row, changes=values, now=now)

    def delete_row(self, row: TaxRate, *, now: datetime) -> None:
        archive_tax_rate(rate=row, now=now)


def by_column(values: dict[str, Any]) -> dict[str, Any]:
    """Parameters under the names of columns: the wire's `id` is the code."""
    return {"code" if name == "id" else name: value for name, value in values.items()}
