"""A small API on real rows, only for the tests of the conventions."""

import time
from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from django.db import IntegrityError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Resource
from customers.api.columns import Column
from customers.api.expansion import Expandable
from customers.api.fields import Amount, Email, Flag, Integer, Text, Timestamp
from customers.api.pdf import PdfAnswer
from customers.api.permissions import READ, SEND
from customers.api.routes import endpoint, resource
from customers.api.shapes import Metadata, Shape
from customers.api.view import ApiView
from customers.errors import Refused
from customers.ledger.accounts import (
    create_contact,
    create_customer,
    delete_contact,
    delete_customer,
    update_contact,
    update_customer,
)
from customers.models import Contact, Customer, Invoice
from customers.wire import describe


class CustomerShape(Shape):
    name = Text(required=True)
    number = Text(max_length=32)
    email = Email(nullable=True)
    notes = Text(nullable=True, max_length=65_535)
    credit_limit = Amount(nullable=True, minimum=0, decimals=2)
    chase = Flag(default=True)
    metadata = Metadata()


class Customers(Resource):
    noun = "Customer"
    model = Customer
    shape = CustomerShape
    columns: ClassVar[dict[str, Column]] = {
        "id": Column(Integer()),
        "name": Column(Text()),
        "number": Column(Text(), folded_in="number_key"),
        "email": Column(Text(), folded_in="email"),
        "chase": Column(Flag()),
        "credit_limit": Column(Amount()),
        "parent_customer": Column(Integer(), source="parent_customer_id"),
        "has_notes": Column(Flag(), narrow=lambda rows, wanted: rows.exclude(notes="") if wanted else rows),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
        "notes": Column(Text(), filterable=False, sortable=False),
    }

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Customer:
        return create_customer(values=values, now=now)

    def change_row(self, row: Customer, values: dict[str, Any], *, now: datetime) -> None:
        update_customer(customer=row, changes=values, now=now)

    def delete_row(self, row: Customer, *, now: datetime) -> None:
        delete_customer(customer=row, now=now)


def load_customers(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    return {row.pk: describe(row) for row in Customer.objects.filter(pk__in=ids)}


class ContactShape(Shape):
    name = Text(required=True)
    email = Email(nullable=True)
    primary = Flag(default=True)


class Contacts(Resource):
    noun = "Contact"
    model = Contact
    shape = ContactShape
    ordering = ("name",)
    columns: ClassVar[dict[str, Column]] = {
        "id": Column(Integer()),
        "name": Column(Text()),
        "updated_at": Column(Timestamp()),
    }
    parent = "customer"
    parent_noun = "Customer"
    parent_model = Customer
    whole_list_for_go = True
    expandable: ClassVar[dict[str, Expandable]] = {
        "customer": Expandable(load_customers, {"parent_customer": Expandable(load_customers)})
    }
    includable: ClassVar[dict[str, Any]] = {"aging": lambda rows: [row.update(aging=[]) for row in rows]}

    def project(self, rows: Any) -> list[dict[str, Any]]:
        return [{**describe(row), "customer": row.customer_id} for row in rows]

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Contact:
        return create_contact(customer=self.parent_row, values=values, now=now)

    def change_row(self, row: Contact, values: dict[str, Any], *, now: datetime) -> None:
        update_contact(contact=row, changes=values, now=now)

    def delete_row(self, row: Contact, *, now: datetime) -> None:
        delete_contact(contact=row, now=now)


class Invoices(Resource):
    """Read only: no method that writes is defined."""

    noun = "Invoice"
    model = Invoice
    date_column = "date"
    columns: ClassVar[dict[str, Column]] = {
        "id": Column(Integer()),
        "total": Column(Amount(), minor_units=True),
        "date": Column(Timestamp()),
        "due_date": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }

    def project(self, rows: Any) -> list[dict[str, Any]]:
        return [{"id": row.pk, "object": "invoice", "number": row.number} for row in rows]

    def pdf_of(self, row: Invoice) -> PdfAnswer:
        return PdfAnswer(b"%PDF-1.4", filename="Invoice 1\n.pdf")


class Fail(ApiView):
    """Raises what its name in the route says."""

    problems: ClassVar[dict[str, Exception]] = {
        "refused": Refused("The amount is larger than what is open.", "applied_to.0.amount"),
        "rest": ValidationError({"name": [], "items": [{}, {"quantity": ["Not a number."]}], "zip": ["No."]}),
        "integrity": IntegrityError("UNIQUE constraint failed: customers_customer.number_key"),
        "locked": OperationalError("database is locked"),
        "disk": OperationalError("disk I/O error"),
        "fault": RuntimeError("secret detail"),
    }
    power = READ

    def get(self, request: Request, name: str) -> Response:
        raise self.problems[name]

    def post(self, request: Request, name: str) -> Response:
        create_customer(values={"name": "Half"}, now=datetime.fromisoformat("2026-03-02T12:00:00Z"))
        if name == "rendering":
            return Response({"when": object()})
        raise self.problems[name]


class Echo(ApiView):
    """Answers the parameters that arrived."""

    power = READ
    bare_number = "cutoff_date"

    def post(self, request: Request) -> Response:
        return Response({"parameters": request.data, "in_transaction": connection.in_atomic_block})


class Quoted(Echo):
    single_quotes = True


class Slow(ApiView):
    """Asks the database for something that takes long."""

    power = READ

    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        return Response({"slept": True})

    def post(self, request: Request) -> Response:
        customer = Customer.objects.select_for_update().get()
        return Response({"locked": customer.pk})


class Send(ApiView):
    """Acts outside of a transaction; counts how often it really did."""

    power = SEND
    effects_outside = True
    sent: ClassVar[list[str]] = []
    pause: ClassVar[float] = 0.0

    def post(self, request: Request) -> Response:
        retaken = self.claim is not None and self.claim.retaken
        if not retaken:
            self.sent.append(str(dict(request.data).get("to")))
        time.sleep(self.pause)
        if dict(request.data).get("to") == "trouble" and len(self.sent) == 1 and not retaken:
            raise RuntimeError("the vendor hung up")
        return Response([{"id": len(self.sent), "outside": not connection.in_atomic_block}], status=201)


def plain(request: HttpRequest) -> HttpResponse:
    """A view that knows nothing of the conventions."""
    raise RuntimeError("outside of the conventions")


def page(request: HttpRequest) -> HttpResponse:
    """A page of a browser that looks something up."""
    return HttpResponse(str(Customer.objects.count()))


handler400 = "config.api.errors.handler400"
handler403 = "config.api.errors.handler403"
handler404 = "config.api.errors.handler404"
handler500 = "config.api.errors.handler500"

urlpatterns = [
    *resource("customers", Customers),
    *resource("customers/:customer/contacts", Contacts),
    *resource("invoices", Invoices),
    path("fail/<str:name>", Fail.as_view()),
    endpoint("echo", Echo),
    endpoint("quoted", Quoted),
    endpoint("slow", Slow),
    endpoint("send", Send),
    path("plain", plain),
    path("admin/counted", page),
]
