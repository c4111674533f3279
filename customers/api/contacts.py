"""People at a customer (Invoiced API, Contacts)."""

from datetime import datetime
from typing import Any

from customers.api.base import Resource
from customers.api.codes import Country
from customers.api.columns import Column
from customers.api.fields import Email, Flag, Integer, Text, Timestamp
from customers.api.permissions import EDIT
from customers.api.shapes import Shape
from customers.ledger.accounts import create_contact, delete_contact, update_contact
from customers.models import Contact, Customer
from customers.wire.contact import contacts_by_id


class ContactShape(Shape):
    name = Text(required=True)
    title = Text(nullable=True)
    department = Text(nullable=True)
    email = Email(nullable=True)
    phone = Text(nullable=True, max_length=64)
    primary = Flag()
    sms_enabled = Flag()
    address1 = Text(nullable=True)
    address2 = Text(nullable=True)
    city = Text(nullable=True)
    state = Text(nullable=True)
    postal_code = Text(nullable=True, max_length=32)
    country = Country()


class Contacts(Resource):
    noun = "Contact"
    model = Contact
    shape = ContactShape
    power = EDIT
    ordering = ("name",)
    columns = {
        "id": Column(Integer()),
        "email": Column(Text(), folded_in="email"),
        "primary": Column(Flag()),
        "sms_enabled": Column(Flag()),
        **{
            name: Column(Text())
            for name in (
                "name", "title", "department", "phone",
                "address1", "address2", "city", "state", "postal_code",
            )
        },
        "country": Column(Country()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }  # fmt: skip
    parent = "customer"
    parent_noun = "Customer"
    parent_model = Customer
    by_id = staticmethod(contacts_by_id)

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Contact:
        return create_contact(customer=self.parent_row, values=values, now=now)

    def change_row(self, row: Contact, values: dict[str, Any], *, now: datetime) -> None:
        update_contact(contact=row, changes=values, now=now)

    def delete_row(self, row: Contact, *, now: datetime) -> None:
        delete_contact(contact=row, now=now)
