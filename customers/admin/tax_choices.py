"""Tax rates to tick, each with what it comes to."""

from decimal import Decimal
from typing import Any

from django import forms


class TaxChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic for the checker only
    """Tax rates with their value: "Sales tax (8.25 %)"."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        unit = "%" if obj.is_percent else obj.currency.upper()
        return f"{obj.name} ({short(obj.value)} {unit})"


def short(value: Decimal) -> str:
    """A number without zeros that say nothing, never with an exponent."""
    return f"{value.normalize():f}"
