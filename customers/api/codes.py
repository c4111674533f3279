"""Codes of countries, languages and currencies as parameters (ISO 3166-1, ISO 639-1, ISO 4217)."""

from typing import Any

from customers.api.fields import Text
from customers.api.parameter import Place
from customers.money import currencies_in_use, is_currency
from customers.wire.codes import countries, languages, lower_code, upper_code


class Country(Text):
    """Two letters in any case, kept in upper case."""

    def convert(self, raw: Any, place: Place) -> Any:
        code = upper_code(super().convert(raw, place))
        if code not in countries():
            raise place.refuse("must be a two-letter country code")
        return code


class Language(Text):
    """Two letters in any case, kept in lower case."""

    def convert(self, raw: Any, place: Place) -> Any:
        code = lower_code(super().convert(raw, place))
        if code not in languages():
            raise place.refuse("must be a two-letter language code")
        return code


class Currency(Text):
    """Three letters in any case, kept in lower case."""

    def convert(self, raw: Any, place: Place) -> Any:
        code = lower_code(super().convert(raw, place))
        if not is_currency(code):
            raise place.refuse("must be a three-letter currency code")
        return code


class CurrencyInUse(Currency):
    """A currency for something new: not one that was given up, unless the changed row has it already."""

    def convert(self, raw: Any, place: Place) -> Any:
        code = super().convert(raw, place)
        if code not in currencies_in_use() and code != getattr(place.stored, "currency", None):
            raise place.refuse(f"must be a currency of today, which {code.upper()} is not")
        return code
