"""Codes of countries, languages and currencies as parameters (ISO 3166-1, ISO 639-1, ISO 4217)."""

from typing import Any

from customers.api.fields import Text
from customers.api.parameter import Place
from customers.money import is_currency
from customers.wire.codes import countries, languages


class Country(Text):
    """Two letters in any case, kept in upper case."""

    def convert(self, raw: Any, place: Place) -> Any:
        code = super().convert(raw, place).upper()
        if code not in countries():
            raise place.refuse("must be a two-letter country code")
        return code


class Language(Text):
    """Two letters in any case, kept in lower case."""

    def convert(self, raw: Any, place: Place) -> Any:
        code = super().convert(raw, place).lower()
        if code not in languages():
            raise place.refuse("must be a two-letter language code")
        return code


class Currency(Text):
    """Three letters in any case, kept in lower case."""

    def convert(self, raw: Any, place: Place) -> Any:
        code = super().convert(raw, place).lower()
        if not is_currency(code):
            raise place.refuse("must be a three-letter currency code")
        return code
