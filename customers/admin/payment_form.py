"""The form that records a payment and says what it settles."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse

from customers.admin.figures import day_of, money, plain
from customers.admin.forms import AmountField, CurrencyField, DayField, DeskForm, dress, minor_of, today
from customers.errors import Refused
from customers.ledger.applying import Application
from customers.ledger.families import members_of
from customers.models import Company, Customer, Invoice, Payment, PaymentApplication
from customers.models.customer import PAYMENT_METHODS
from customers.money import to_amount

METHOD_NAMES = {"ach": "ACH", "eft": "EFT", "paypal": "PayPal"}
METHODS = [(name, METHOD_NAMES.get(name, name.replace("_", " ").capitalize())) for name in PAYMENT_METHODS]
SPREADS = [
    ("oldest_first", "Oldest first"),
    ("by_hand", "By hand"),
    ("unapplied", "Leave unapplied"),
]


class SpreadForm(DeskForm):
    """Where money goes: one amount for each open invoice, when it is spread by hand."""

    refused_names: Mapping[str, str] = {"applied_to": ""}

    spread = forms.ChoiceField(
        label="Apply", choices=SPREADS, initial="oldest_first", widget=forms.RadioSelect
    )

    def __init__(
        self,
        data: Any = None,
        *,
        customer: Customer,
        currency: str = "",
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.invoices = open_invoices(customer, currency)
        for invoice in self.invoices:
            name = _name(invoice)
            self.fields[name] = AmountField(required=False, label=f"Amount for {invoice.number}")
            self.fields[name].widget.attrs.update(
                {"data-use": "", "aria-label": f"Amount for {invoice.number}"}
            )
            self.fields[name].initial = (initial or {}).get(name)
        dress(self)

    @property
    def open_rows(self) -> list[dict[str, Any]]:
        zone = Company.get().zone
        return [
            {
                "number": invoice.number,
                "url": reverse("admin:customers_invoice_change", args=[invoice.pk]),
                "customer": invoice.customer.name,
                "due": day_of(invoice.due_date, zone) or "–",
                "open": money(invoice.balance, invoice.currency),
                "open_plain": str(to_amount(invoice.balance, invoice.currency)),
                "field": self[_name(invoice)],
            }
            for invoice in self.invoices
        ]

    def applications(self, currency: str) -> list[Application]:
        """The amounts entered by hand, in the words of the ledger."""
        self._used: list[Invoice] = []
        if self.cleaned_data["spread"] != "by_hand":
            return []
        found = []
        for invoice in self.invoices:
            amount = minor_of(self.cleaned_data[_name(invoice)], currency)
            if amount:
                self._used.append(invoice)
                found.append(
                    Application(type=PaymentApplication.Type.INVOICE, amount=amount, invoice=invoice)
                )
        return found

    def refuse(self, refused: Refused) -> None:
        """`applied_to.1.amount` is the second invoice that got an amount."""
        parts = (refused.param or "").split(".")
        used = getattr(self, "_used", [])
        if parts[0] == "applied_to" and len(parts) > 1 and int(parts[1]) < len(used):
            self.add_error(_name(used[int(parts[1])]), refused.message)
            return
        super().refuse(refused)


class PaymentForm(SpreadForm):
    """A payment received."""

    amount = AmountField(min_value=Decimal("0.0001"))
    currency = CurrencyField()
    date = DayField()
    method = forms.ChoiceField(choices=METHODS, initial="check")
    reference = forms.CharField(max_length=255, required=False, help_text="Check or transfer number.")
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)

    field_order = ("amount", "currency", "date", "method", "reference", "notes", "spread")

    @property
    def head_fields(self) -> list[Any]:
        return [self[name] for name in ("amount", "currency", "date", "method", "reference", "notes")]


def open_invoices(customer: Customer, currency: str = "") -> list[Invoice]:
    """What this account could pay: its own open invoices and those of accounts below it."""
    ids = members_of([customer.pk])[customer.pk]
    rows = Invoice.objects.open().filter(customer__in=ids)
    if currency:
        rows = rows.filter(currency=currency)
    return list(rows.select_related("customer").order_by("due_date", "date", "pk")[:500])


def first_payment(customer: Customer, wanted: str) -> dict[str, Any]:
    """What the form begins with; coming from an invoice (its id), that one is to be paid."""
    invoice = next((row for row in open_invoices(customer) if str(row.pk) == wanted), None)
    currency = customer.currency or Company.get().currency
    first: dict[str, Any] = {"date": today(), "currency": currency}
    if invoice is not None:
        amount = to_amount(invoice.balance, invoice.currency)
        first |= {"currency": invoice.currency, "amount": amount, "spread": "by_hand", _name(invoice): amount}
    return first


def unapplied(payment: Payment) -> str:
    return plain(payment.balance, payment.currency)


def _name(invoice: Invoice) -> str:
    return f"use_{invoice.pk}"
