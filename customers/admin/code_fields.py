"""Form fields whose rules are the API's: countries, languages and mail addresses."""

from collections.abc import Callable
from typing import Any

from django import forms

from customers.wire.codes import countries, languages, lower_code, upper_code
from customers.wire.values import LONGEST_EMAIL


class _CodeField(forms.CharField):
    """A two-letter code out of a list."""

    codes: Callable[[], frozenset[str]]
    noun: str

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2, **kwargs)
        self.widget.attrs.update({"class": "desk-code", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        code = self.cased(str(super().clean(value) or ""))
        if code and code not in type(self).codes():
            raise forms.ValidationError(f"{code} is not a {self.noun}.")
        return code

    def cased(self, code: str) -> str:
        raise NotImplementedError


class CountryField(_CodeField):
    """Two letters in any case, kept in upper case (ISO 3166-1)."""

    codes = countries
    noun = "country"

    def cased(self, code: str) -> str:
        return upper_code(code)


class LanguageField(_CodeField):
    """Two letters in any case, kept in lower case (ISO 639-1)."""

    codes = languages
    noun = "language"

    def cased(self, code: str) -> str:
        return lower_code(code)


class MailField(forms.EmailField):
    """One mail address of at most 254 characters, kept in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_EMAIL, **kwargs)

    def clean(self, value: Any) -> str:
        address = str(super().clean(value) or "").lower()
        if len(address) > LONGEST_EMAIL:
            raise forms.ValidationError(f"An address must not be longer than {LONGEST_EMAIL} characters.")
        return address
