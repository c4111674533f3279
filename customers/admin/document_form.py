"""The form of an invoice or credit note with its lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
from customers.admin.line_sources import Source, sources_of
from customers.admin.tax_choices import TaxChoices, short
from customers.ledger.drafting import LevyInput, LineInput
from customers.models import Company, CreditNote, Customer, Invoice, Levy, LineItem, TaxRate
from customers.money import to_amount

_FOOT = ("discount", "calculate_taxes", "taxes", "fixed_tax")


class LineForm(forms.Form):
    """One line. `unit_cost` is in units of the document's currency and may be negative.

    `source` is the invoice's line that this one began as: what it has beyond the form comes along.
    """

    name = forms.CharField(max_length=255)
    description = forms.CharField(required=False)
    quantity = forms.DecimalField(initial=1, max_digits=14, decimal_places=6)
    unit_cost = AmountField(signed=True, decimal_places=6)
    taxable = forms.BooleanField(initial=True, required=False)
    source = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        self.fields["quantity"].widget.attrs.update({"step": "any", "inputmode": "decimal"})
        for name, label in (("name", "Item"), ("description", "Description"), ("quantity", "Quantity"),
                            ("unit_cost", "Price"), ("taxable", "Taxable")):  # fmt: skip
            self.fields[name].widget.attrs["aria-label"] = label
        self.fields["description"].widget.attrs["placeholder"] = "Description"

    def line(self, sources: Mapping[int, Source]) -> LineInput:
        values = self.cleaned_data
        line = LineInput(
            name=values["name"],
            description=values["description"],
            quantity=values["quantity"],
            unit_cost=values["unit_cost"],
            taxable=values["taxable"],
        )
        source = sources.get(values["source"] or 0)
        return source.continued(line) if source else line


class Lines(forms.BaseFormSet[LineForm]):
    """At least one line; emptied and removed rows do not count."""

    def add_fields(self, form: LineForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].widget = forms.HiddenInput()

    def clean(self) -> None:
        if not any(self.errors) and not self.filled():
            raise forms.ValidationError("A document needs at least one line.")

    def filled(self) -> list[LineForm]:
        """Rows that say something; those that began as an invoice's line count as they are."""
        rows = [form for form in self.forms if form.cleaned_data.get("name")]
        return [form for form in rows if not form.cleaned_data.get("DELETE")]


LineForms = forms.formset_factory(
    LineForm, formset=Lines, extra=1, can_delete=True, max_num=500, validate_max=True
)


class DocumentForm(DeskForm):
    """What invoices and credit notes share; `rows` are the lines."""

    refused_names: Mapping[str, str] = {"total": "", "items": "", "discounts": "discount"}

    number = forms.CharField(max_length=32, required=False, help_text="Empty: the next free number.")
    date = DayField()
    currency = CurrencyField()
    purchase_order = forms.CharField(max_length=32, required=False)
    notes = forms.CharField(widget=forms.Textarea, required=False)
    discount = AmountField(required=False, help_text="An amount off the whole document.")
    taxes = TaxChoices(queryset=TaxRate.objects.none(), required=False)
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
            lines=[row.line(self.sources) for row in self.rows.filled()],
            values=wanted | self.more_values(date=date, zone=zone, now=now),
            discounts=[LevyInput(amount=discount)] if discount else [],
            taxes=[*(LevyInput(tax_rate=rate) for rate in values["taxes"]), *self.more_taxes()],
            calculate_taxes=values["calculate_taxes"],
        )

    @property
    def sources(self) -> Mapping[int, Source]:
        """The lines that lines of this document may have begun as."""
        return {}

    def more_values(self, *, date: datetime, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
        """Further attributes of the kind of document."""
        return {}

    def more_taxes(self) -> list[LevyInput]:
        """Taxes that are no rate."""
        return []

    @property
    def head_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in _FOOT]

    @property
    def foot_fields(self) -> list[Any]:
        return [self[name] for name in _FOOT if name in self.fields]


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
    fixed_tax = AmountField(required=False, label="Other taxes", help_text="Of the invoice, without a rate.")

    field_order = ("invoice", "number", "date", "currency", "purchase_order", "notes")

    def __init__(self, data: Any = None, *, customer: Customer, initial: Mapping[str, Any]) -> None:
        super().__init__(data, customer=customer, initial=initial)
        rows = Invoice.objects.issued().filter(customer=customer, closed_at=None)
        self.fields["invoice"].queryset = rows.order_by("-date", "-pk")  # type: ignore[attr-defined]
        self.credited: Invoice | None = initial.get("invoice")
        if not initial.get("fixed_tax"):
            del self.fields["fixed_tax"]
        if self.credited is not None:
            # A rate that was archived since is still the invoice's.
            self.fields["taxes"].queryset |= TaxRate.objects.filter(pk__in=initial.get("taxes", []))  # type: ignore[attr-defined]

    @property
    def sources(self) -> Mapping[int, Source]:
        return sources_of(self.credited) if self.credited is not None else {}

    def more_taxes(self) -> list[LevyInput]:
        amount = minor_of(self.cleaned_data.get("fixed_tax"), self.cleaned_data["currency"])
        return [LevyInput(amount=amount)] if amount else []


def first_values(customer: Customer) -> dict[str, Any]:
    """What a new document of this customer begins with."""
    currency = customer.currency or Company.get().currency
    return {"date": today(), "currency": currency, "payment_terms": customer.payment_terms}


def values_to_credit(invoice: Invoice) -> dict[str, Any]:
    """All of an invoice, to be credited as it is or cut down."""
    levies = invoice.levies.filter(line_item=None).select_related("tax_rate")
    discount = sum(levy.amount for levy in levies if levy.kind == Levy.Kind.DISCOUNT)
    taxes = [levy for levy in levies if levy.kind == Levy.Kind.TAX]
    fixed = sum(levy.amount for levy in taxes if levy.tax_rate is None)
    return {
        "invoice": invoice,
        "currency": invoice.currency,
        "lines": [_line_to_credit(row) for row in invoice.items.order_by("position", "pk")],
        "discount": to_amount(discount, invoice.currency) if discount else None,
        "taxes": [levy.tax_rate_id for levy in taxes if levy.tax_rate is not None],
        "fixed_tax": to_amount(fixed, invoice.currency) if fixed else None,
        # Its taxes are ticked already.
        "calculate_taxes": False,
    }


def _line_to_credit(row: LineItem) -> dict[str, Any]:
    return {
        "name": row.name,
        "description": row.description,
        "quantity": short(row.quantity),
        "unit_cost": short(row.unit_cost),
        "taxable": row.taxable,
        "source": row.pk,
    }


Document = Invoice | CreditNote
