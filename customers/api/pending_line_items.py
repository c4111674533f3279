"""Lines that wait for a customer's next invoice (Invoiced API, Pending line items)."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from customers.api.base import Resource
from customers.api.columns import Column
from customers.api.document_input import currency_of, new_document
from customers.api.document_shape import InvoiceShape
from customers.api.fields import Amount, Flag, Integer, Text, Timestamp
from customers.api.invoices import Invoices
from customers.api.line_fields import LineShape, line_changes, line_input
from customers.api.shapes import Shape
from customers.api.wrapping import OnCreate
from customers.ledger.pending_lines import (
    add_pending_line,
    bill_pending_lines,
    change_pending_line,
    currency_of_pending,
    delete_pending_line,
)
from customers.models import Customer, Invoice, LineItem


class PendingLineShape(Shape):
    """A line that knows its item for good. Its name is asked for when neither it nor an item is given."""

    catalog_item = OnCreate(LineShape.fields["catalog_item"])
    fields = {name: field for name, field in LineShape.fields.items() if name not in ("id", "catalog_item")}


class PendingLineItems(Resource):
    noun = "Line item"
    model = LineItem
    shape = PendingLineShape
    columns = {
        "id": Column(Integer()),
        "catalog_item": Column(Text()),
        "type": Column(Text()),
        "name": Column(Text()),
        "quantity": Column(Amount()),
        "unit_cost": Column(Amount()),
        "amount": Column(Amount(), minor_units=True),
        "discountable": Column(Flag()),
        "taxable": Column(Flag()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    parent, parent_noun, parent_model = "customer", "Customer", Customer

    def wire_rows(self) -> QuerySet[Any]:
        return self.rows().prefetch_related("levies__tax_rate")

    def create_row(self, values: dict[str, Any], *, now: datetime) -> LineItem:
        line = line_input(values, currency_of_pending(self.parent_row))
        return add_pending_line(customer=self.parent_row, line=line, now=now)

    def change_row(self, row: LineItem, values: dict[str, Any], *, now: datetime) -> None:
        change_pending_line(item=row, changes=line_changes(values, row.currency), now=now)

    def delete_row(self, row: LineItem, *, now: datetime) -> None:
        delete_pending_line(item=row, now=now)


class PendingInvoiceShape(InvoiceShape):
    """What an invoice of pending lines may be told: everything but whose it is and what is on it."""

    fields = {
        name: field
        for name, field in InvoiceShape.fields.items()
        if name not in ("customer", "items", "closed")
    }


class CustomerInvoices(Invoices):
    """All pending lines of a customer become one invoice."""

    shape = PendingInvoiceShape
    parent, parent_noun, parent_model = "customer", "Customer", Customer

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Invoice:
        customer: Customer = self.parent_row
        given = new_document(values, currency=currency_of(values, customer), now=now)
        del given["lines"]
        return bill_pending_lines(customer=customer, now=now, **given)
