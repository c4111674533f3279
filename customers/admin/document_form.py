"""The form of an invoice or credit note with its lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from customers.admin.forms import (
    AmountField,
    CurrencyField,
    DayField,
    DeskForm,
    dress,
    minor_of,
    moment_of,
    today,
)
from customers.ledger.drafting import LevyInput, LineInput
from customers.models import Company, CreditNote, Customer, Invoice, TaxRate


class LineForm(forms.Form):
    """One line. `unit_cost` is in units of the document's currency and may be negative."""

    name = forms.CharField(max_length=255)
    description = forms.CharField(required=False)
    quantity = forms.DecimalField(initial=1, max_digits=14, decimal_places=6)
    unit_cost = AmountField(signed=True, decimal_places=6)
    taxable = forms.BooleanField(initial=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        self.fields["quantity"].widget.attrs.update({"step": "any", "inputmode": "decimal"})
        for name, label in (("name", "Item"), ("description", "Description"), ("quantity", "Quantity"),
                            ("unit_cost", "Price"), ("taxable", "Taxable")):  # fmt: skip
            self.fields[name].widget.attrs["aria-label"] = label
        self.fields["description"].widget.attrs["placeholder"] = "Description"

    def line(self) -> LineInput:
        values = self.cleaned_data
        return LineInput(
            name=values["name"],
            description=values["description"],
            quantity=values["quantity"],
            unit_cost=values["unit_cost"],
            taxable=values["taxable"],
        )


class Lines(forms.BaseFormSet[LineForm]):
    """At least one line; emptied and removed rows do not count."""

    def add_fields(self, form: LineForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].widget = forms.HiddenInput()

    def clean(self) -> None:
        if not any(self.errors) and not self.filled():
            raise forms.ValidationError("A document needs at least one line.")

    def filled(self) -> list[LineForm]:
        return [form for form in self.forms if form.has_changed() and not form.cleaned_data.get("DELETE")]


LineForms = forms.formset_factory(
    LineForm, formset=Lines, extra=1, can_delete=True, max_num=500, validate_max=True
)


class DocumentForm(DeskForm):
    """What invoices and credit notes share; `rows` are the lines."""

    refused_names: Mapping[str, str] = {"total": "", "items": ""}

    number = forms.CharField(max_length=32, required=False, help_text="Empty: the next free number.")
    date = DayField()
    currency = CurrencyField()
    purchase_order = forms.CharField(max_length=32, required=False)
    notes = forms.CharField(widget=forms.Textarea, required=False)
    discount = AmountField(required=False, help_text="An amount off the whole document.")
    taxes = forms.ModelMultipleChoiceField(
        queryset=TaxRate.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    calculate_taxes = forms.BooleanField(label="Add the customer's own taxes", required=False, initial=True)

    def __init__(self, data: Any = None, *, customer: Customer, initial: Mapping[str, Any]) -> None:
        self.rows: Any = LineForms(data, prefix="items", initial=initial.get("lines"))
        super().__init__(data, initial=dict(initial))
        self.customer = customer
        self.fields["taxes"].queryset = TaxRate.objects.filter(archived_at=None).order_by("name", "pk")  # type: ignore[attr-defined]

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.rows.is_valid()])

    def document(self, *, zone: ZoneInfo, now: datetime) -> "Drafted":
        """What was entered, in the words of the ledger."""
        values = self.cleaned_data
        discount = minor_of(values["discount"], values["currency"])
        date = moment_of(values["date"], zone=zone, now=now) or now
        wanted = {name: values[name] for name in ("currency", "purchase_order", "notes")}
        wanted |= {"number": values["number"] or None, "date": date}
        return Drafted(
            lines=[row.line() for row in self.rows.filled()],
            values=wanted | self.more_values(date=date, zone=zone, now=now),
            discounts=[LevyInput(amount=discount)] if discount else [],
            taxes=[LevyInput(tax_rate=rate) for rate in values["taxes"]],
            calculate_taxes=values["calculate_taxes"],
        )

    def more_values(self, *, date: datetime, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
        """Further attributes of the kind of document."""
        return {}

    @property
    def head_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in ("discount", "taxes", "calculate_taxes")]

    @property
    def foot_fields(self) -> list[Any]:
        return [self[name] for name in ("discount", "calculate_taxes", "taxes")]


@dataclass(frozen=True, slots=True)
class Drafted:
    """An entered document, ready for the ledger."""

    lines: list[LineInput]
    values: dict[str, Any]
    discounts: list[LevyInput]
    taxes: list[LevyInput]
    calculate_taxes: bool

    def arguments(self) -> dict[str, Any]:
        return {
            "lines": self.lines,
            "values": self.values,
            "discounts": self.discounts,
            "taxes": self.taxes,
            "calculate_taxes": self.calculate_taxes,
        }


class InvoiceForm(DocumentForm):
    due_date = DayField(required=False, help_text="Empty: follows from the terms.")
    payment_terms = forms.CharField(max_length=255, required=False, help_text="For example NET 30.")

    field_order = ("number", "date", "due_date", "payment_terms", "currency", "purchase_order", "notes")

    def more_values(self, *, date: datetime, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
        values = self.cleaned_data
        more: dict[str, Any] = {"payment_terms": values["payment_terms"], "draft": "draft" in self.data}
        if values["due_date"]:
            same_day = values["due_date"] == values["date"]
            more["due_date"] = date if same_day else moment_of(values["due_date"], zone=zone, now=now)
        return more


class CreditNoteForm(DocumentForm):
    """A credit note; with an invoice it settles that at once, up to what is open."""

    invoice = forms.ModelChoiceField(
        queryset=Invoice.objects.none(), required=False, empty_label="No invoice: keep it open"
    )

    field_order = ("invoice", "number", "date", "currency", "purchase_order", "notes")

    def __init__(self, data: Any = None, *, customer: Customer, initial: Mapping[str, Any]) -> None:
        super().__init__(data, customer=customer, initial=initial)
        rows = Invoice.objects.issued().filter(customer=customer, closed_at=None)
        self.fields["invoice"].queryset = rows.order_by("-date", "-pk")  # type: ignore[attr-defined]


def first_values(customer: Customer) -> dict[str, Any]:
    """What a new document of this customer begins with."""
    currency = customer.currency or Company.get().currency
    return {"date": today(), "currency": currency, "payment_terms": customer.payment_terms}


def lines_to_credit(invoice: Invoice) -> list[dict[str, Any]]:
    """The lines of an invoice, to credit all of it or to be cut down."""
    rows = invoice.items.order_by("position", "pk")
    return [
        {
            "name": row.name,
            "description": row.description,
            "quantity": _short(row.quantity),
            "unit_cost": _short(row.unit_cost),
            "taxable": row.taxable,
        }
        for row in rows
    ]


def _short(value: Decimal) -> str:
    return f"{value.normalize():f}"


Document = Invoice | CreditNote
