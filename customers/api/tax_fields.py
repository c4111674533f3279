"""Taxes and discounts as parameters: ids, objects, fixed amounts, in all the forms clients write."""

from typing import Any

from django.db.models import F, Q, QuerySet

from customers.api.fields import LARGEST_INTEGER, Amount, Related, Text
from customers.api.parameter import Field, Place
from customers.api.shapes import ListOf
from customers.errors import Refused
from customers.ledger.drafting import LevyInput
from customers.models import Levy, TaxRate
from customers.money import minor_within_reach
from customers.wire.values import seconds


def _current_rates() -> QuerySet[TaxRate]:
    return TaxRate.objects.filter(archived_at=None)


def _all_rates() -> QuerySet[TaxRate]:
    """Of rates with the same id, the one in use comes first, then the one that was archived last."""
    return TaxRate.objects.order_by(F("archived_at").desc(nulls_first=True), "-pk")


_AMOUNT = {
    "type": "object",
    "properties": {"amount": {"type": "number", "minimum": 0}},
    "required": ["amount"],
}
_CODE = {"type": "string", "minLength": 1, "description": "The id of a tax rate."}


class TaxRateOf(Field):
    """A tax rate: its id, the whole object, or `{"tax_rate": …}` around either; becomes the row."""

    form = _CODE
    _current = Related(_current_rates, noun="Tax rate", by="code")

    def convert(self, raw: Any, place: Place) -> Any:
        if isinstance(raw, dict) and raw.get("tax_rate"):
            raw = raw["tax_rate"]
        return self._current.convert(raw, place)


class OwnTaxRate(TaxRateOf):
    """A tax rate of the changed row, which it keeps though it was archived, or one in use.

    An id may have been taken again: an object that is sent back is told by the moment of its creation.
    """

    def convert(self, raw: Any, place: Place) -> Any:
        if place.stored is None:
            return super().convert(raw, place)
        rate = raw["tax_rate"] if isinstance(raw, dict) and raw.get("tax_rate") else raw
        key, created = (rate.get("id"), rate.get("created_at")) if isinstance(rate, dict) else (rate, None)
        code = Text().convert(key, place)
        namable = Q(archived_at=None) | Q(pk__in=place.stored.taxes.values("pk"))
        rows = list(TaxRate.objects.filter(namable, code=code))
        if not rows:
            raise Refused(f"Tax rate was not found: {key}", place.param)
        return max(rows, key=lambda row: (str(seconds(row.created_at)) == str(created), not row.archived_at))


class TaxRates(ListOf):
    """The tax rates of a customer or item, each once, in the order in which they were sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(OwnTaxRate(), **options)

    def convert(self, raw: Any, place: Place) -> Any:
        rows = {row.pk: row for row in super().convert(raw, place)}
        return list(rows.values())


class Tax(Field):
    """A tax of a document or line: a rate, or a fixed `{"amount": 5}`.

    Becomes a row or a Decimal. An applied tax that is sent back (it has an id of its own) may name a
    rate that was archived since.
    """

    form = {"anyOf": [_CODE, _AMOUNT]}
    _current = TaxRateOf()
    _any = Related(_all_rates, noun="Tax rate", by="code")
    _amount = Amount(required=True, minimum=0)

    def convert(self, raw: Any, place: Place) -> Any:
        if not isinstance(raw, dict):
            return self._current.convert(raw, place)
        if rate := raw.get("tax_rate"):
            known = self._any if raw.get("object") == "tax" else self._current
            return _levied(raw) or known.convert(rate, place.below("tax_rate"))
        return self._amount.read(raw.get("amount"), place.below("amount"), update=False)


def _levied(raw: dict[str, Any]) -> TaxRate | None:
    """The very rate of a tax that is sent back: another one may have taken its id since."""
    rate = raw["tax_rate"]
    code = rate.get("id") if isinstance(rate, dict) else rate
    number = raw.get("id")
    if raw.get("object") != "tax" or not isinstance(number, int) or not isinstance(code, str):
        return None
    if not 0 < number <= LARGEST_INTEGER:
        return None
    levy = Levy.objects.filter(pk=number, tax_rate__code=code).select_related("tax_rate").first()
    return levy.tax_rate if levy else None


class Discount(Field):
    """A discount of a document or line: a fixed `{"amount": 5}`; becomes a Decimal."""

    form = _AMOUNT
    _amount = Amount(required=True, minimum=0)

    def convert(self, raw: Any, place: Place) -> Any:
        coupon = raw.get("coupon") if isinstance(raw, dict) else raw
        if coupon:
            spot = place.below("coupon") if isinstance(raw, dict) else place
            raise Refused("Coupon was not found.", spot.param)
        amount = raw.get("amount") if isinstance(raw, dict) else None
        return self._amount.read(amount, place.below("amount"), update=False)


def levies(values: list[Any], currency: str, param: str) -> tuple[LevyInput, ...]:
    """Discounts or taxes as the ledger wants them; raises `Refused` for a rate in another currency."""
    return tuple(_levy(value, currency, f"{param}.{index}") for index, value in enumerate(values))


def _levy(value: Any, currency: str, param: str) -> LevyInput:
    if not isinstance(value, TaxRate):
        return LevyInput(amount=minor_within_reach(value, currency, param=f"{param}.amount"))
    if value.currency and value.currency != currency:
        raise Refused(f"The tax rate {value.name} is in {value.currency.upper()}.", param)
    return LevyInput(tax_rate=value)
