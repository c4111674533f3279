"""What a payment is applied to, as parameters (Invoiced API, Payment applications)."""

from collections.abc import Sequence
from typing import Any

from customers.api.fields import Amount, Choice, Related, Text
from customers.api.parameter import Place
from customers.api.shapes import ListOf, Nested, Shape
from customers.errors import Refused
from customers.ledger.applying import Application
from customers.models import CreditNote, Invoice, PaymentApplication
from customers.money import minor_within_reach

Type = PaymentApplication.Type


class ApplicationShape(Shape):
    """`document_type` says which document an application without cash settles; only invoices can be."""

    type = Choice((*Type.values, "estimate"))
    amount = Amount()
    invoice = Related(Invoice.objects.select_related("customer").all, noun="Invoice", nullable=True)
    credit_note = Related(
        CreditNote.objects.select_related("customer").all, noun="Credit note", nullable=True
    )
    document_type = Text(nullable=True)

    @classmethod
    def check(cls, values: dict[str, Any], *, update: bool) -> dict[str, Any]:
        if values.get("type") == "estimate" or values.get("document_type") == "estimate":
            raise Refused("Payments cannot be applied to estimates.", "applied_to")
        for name in ("type", "amount"):
            if name not in values:
                raise Refused(f"Each application needs its {name}.", "applied_to")
        return values


class AppliedTo(ListOf):
    def __init__(self, **options: Any) -> None:
        super().__init__(Nested(ApplicationShape), max_items=500, **options)

    def convert(self, raw: Any, place: Place) -> Any:
        values = super().convert(raw, place)
        for index, value in enumerate(values):
            _check_documents(value, f"{place.param}.{index}")
        return values


def applications(values: Sequence[dict[str, Any]], currency: str) -> list[Application]:
    """Applications as the ledger wants them, amounts read in the payment's currency."""
    return [
        Application(
            type=value["type"],
            amount=minor_within_reach(value["amount"], currency, param=f"applied_to.{index}.amount"),
            invoice=value.get("invoice"),
            credit_note=value.get("credit_note"),
        )
        for index, value in enumerate(values)
    ]


def _check_documents(value: dict[str, Any], param: str) -> None:
    """Drop documents that a type has no use for; clients send all keys of an application back."""
    if value["type"] in (Type.CREDIT, Type.CONVENIENCE_FEE):
        value["invoice"] = value["credit_note"] = None
    elif value["type"] != Type.CREDIT_NOTE:
        value["credit_note"] = None
