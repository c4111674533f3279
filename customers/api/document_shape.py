"""The parameters of invoices and credit notes (Invoiced API, Invoices, Credit Notes)."""

from typing import Any

from customers.api.codes import Currency, CurrencyInUse
from customers.api.customer_shape import each_once
from customers.api.fields import Choice, Flag, Related, Text, Timestamp
from customers.api.line_fields import Lines
from customers.api.parameter import Field, Place
from customers.api.shapes import ListOf, Metadata, Nested, Shape
from customers.api.tax_fields import Discount, Tax
from customers.api.wrapping import NullMeansDefault, OnCreate
from customers.models import Customer, Invoice
from customers.models.customer import PAYMENT_METHODS


class Address(Shape):
    name = Text(nullable=True)
    attention_to = Text(nullable=True)
    address1 = Text(nullable=True)
    address2 = Text(nullable=True)
    city = Text(nullable=True)
    state = Text(nullable=True)
    postal_code = Text(nullable=True, max_length=32)
    country = Text(nullable=True, max_length=2)


class ShipTo(Nested):
    """Where goods go; all parts are kept, the empty object and null mean "nowhere else"."""

    def __init__(self) -> None:
        super().__init__(Address, nullable=True)

    def when_blank(self, place: Place, *, update: bool) -> Any:
        return {}

    def convert(self, raw: Any, place: Place) -> Any:
        given = super().convert(raw, place)
        if not any(given.values()):
            return {}
        return {name: given.get(name) or None for name in Address.fields}


def _customer() -> Field:
    return OnCreate(Related(Customer.objects.all, noun="Customer", required=True))


class InvoiceShape(Shape):
    customer = _customer()
    name = Text(nullable=True)
    number = Text(max_length=32)
    currency = CurrencyInUse()
    draft = Flag()
    closed = Flag()
    sent = Flag()
    autopay = Flag()
    next_payment_attempt = NullMeansDefault(Timestamp(nullable=True))
    date = Timestamp()
    due_date = NullMeansDefault(Timestamp(nullable=True))
    payment_terms = NullMeansDefault(Text(nullable=True))
    purchase_order = Text(nullable=True, max_length=32)
    items = Lines()
    notes = Text(nullable=True, max_length=65_535)
    discounts = ListOf(Discount())
    taxes = ListOf(Tax())
    ship_to = ShipTo()
    metadata = Metadata()
    disabled_payment_methods = ListOf(Choice(PAYMENT_METHODS), check=each_once)
    calculate_taxes = Flag()


class CreditNoteShape(Shape):
    customer = _customer()
    invoice = OnCreate(Related(Invoice.objects.all, noun="Invoice", nullable=True))
    name = Text(nullable=True)
    number = Text(max_length=32)
    currency = Currency()
    draft = Flag()
    closed = Flag()
    sent = Flag()
    date = Timestamp()
    purchase_order = Text(nullable=True, max_length=32)
    items = Lines()
    notes = Text(nullable=True, max_length=65_535)
    discounts = ListOf(Discount())
    taxes = ListOf(Tax())
    metadata = Metadata()
    calculate_taxes = Flag()
