"""Notes about customers and invoices (Invoiced API, Notes)."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from customers.api.base import Resource
from customers.api.clients import GO, comes_from
from customers.api.columns import Column
from customers.api.fields import Integer, Related, Text, Timestamp
from customers.api.permissions import EDIT
from customers.api.relations import CUSTOMER, INVOICE
from customers.api.shapes import Shape
from customers.api.visibility import visible_to_caller
from customers.api.wrapping import OnCreate
from customers.ledger.notes import create_note, delete_note, update_note
from customers.models import Customer, Invoice, Note

LONGEST = 65_535


def _customers() -> QuerySet[Customer]:
    return visible_to_caller(Customer.objects.all())


def _invoices() -> QuerySet[Invoice]:
    return visible_to_caller(Invoice.objects.all())


class NoteTextShape(Shape):
    """Below a customer or invoice the path says what the note is about."""

    notes = Text(required=True, max_length=LONGEST)


class NoteShape(NoteTextShape):
    customer_id = OnCreate(
        Related(_customers, noun="Customer", nullable=True, aliases=["customer"], label="Customer")
    )
    invoice_id = OnCreate(
        Related(_invoices, noun="Invoice", nullable=True, aliases=["invoice"], label="Invoice")
    )


class Notes(Resource):
    noun = "Note"
    model = Note
    shape: ClassVar[type[Shape]] = NoteShape
    power = EDIT
    columns = {
        "id": Column(Integer()),
        "customer": Column(Integer(), source="customer_id"),
        "customer_id": Column(Integer(), source="customer_id"),
        "invoice": Column(Integer(), source="invoice_id"),
        "invoice_id": Column(Integer(), source="invoice_id"),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    expandable = {"customer": CUSTOMER, "invoice": INVOICE}
    whole_list_for_go = True

    def wire_rows(self) -> QuerySet[Any]:
        return self.rows().select_related("user")

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Note:
        return create_note(
            notes=values["notes"],
            customer=values.get("customer_id"),
            invoice=values.get("invoice_id"),
            now=now,
        )

    def change_row(self, row: Note, values: dict[str, Any], *, now: datetime) -> None:
        if "notes" in values:
            update_note(note=row, notes=values["notes"], now=now)

    def delete_row(self, row: Note, *, now: datetime) -> None:
        delete_note(note=row, now=now)


class CustomerNotes(Notes):
    """The notes of one customer, those about its invoices among them."""

    shape = NoteTextShape
    parent, parent_noun, parent_model = "customer", "Customer", Customer

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Note:
        return create_note(notes=values["notes"], customer=self.parent_row, now=now)


class InvoiceNotes(Notes):
    shape = NoteTextShape
    parent, parent_noun, parent_model = "invoice", "Invoice", Invoice

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Note:
        return create_note(notes=values["notes"], invoice=self.parent_row, now=now)


class RolesThatAreNotes(Notes):
    """One official client posts its notes to `/roles`; nothing else lives there (shim G2)."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        from_go = comes_from(request, GO)
        if not (from_go and request.method == "POST" and "notes" in request.data):
            raise NotFound(f"There is no route for {request.method} {request.path}.")
        super().initial(request, *args, **kwargs)
