"""How numbers of customers and documents look, as fields of the company's page."""

from datetime import datetime
from typing import Any

from django import forms

from customers.admin.forms import dress_field
from customers.errors import Refused
from customers.ledger.sequences import LARGEST_NEXT, check_template, sequence_of, set_sequence
from customers.models import CreditNote, Customer, Invoice

_KINDS = {"customer": Customer, "invoice": Invoice, "credit_note": CreditNote}
NUMBERS = tuple(f"{kind}_{part}" for kind in _KINDS for part in ("template", "next"))


class TemplateField(forms.CharField):
    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return check_template(text)
        except Refused as refused:
            raise forms.ValidationError(refused.message) from None


def number_fields() -> dict[str, forms.Field]:
    """A template and a next number for each kind.

    The next numbers move while the page is open: the hidden first values tell what was changed in it.
    """
    fields: dict[str, forms.Field] = {}
    for kind, model in _KINDS.items():
        sequence, word = sequence_of(model), kind.replace("_", " ")
        fields[f"{kind}_template"] = TemplateField(
            label=f"{word.capitalize()} numbers",
            max_length=32,
            initial=sequence.template,
            show_hidden_initial=True,
            help_text="%d stands for the number, %04d for four digits with zeros.",
        )
        fields[f"{kind}_next"] = forms.IntegerField(
            label=f"Next {word}",
            min_value=1,
            max_value=LARGEST_NEXT,
            initial=sequence.next_value,
            show_hidden_initial=True,
            help_text="It can be raised, never lowered.",
        )
    for field in fields.values():
        dress_field(field)
    return fields


def take_numbers(form: forms.BaseForm, *, now: datetime) -> None:
    """Set the sequences that were changed. Raises Refused for a next number that goes back."""
    for kind, model in _KINDS.items():
        changed = {
            argument: form.cleaned_data[f"{kind}_{part}"]
            for part, argument in (("template", "template"), ("next", "next_value"))
            if f"{kind}_{part}" in form.changed_data
        }
        if changed:
            set_sequence(model, now=now, param=f"{kind}_next", **changed)
