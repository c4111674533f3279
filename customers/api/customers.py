"""Customers (Invoiced API, Customers)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied

from customers.api.base import Resource
from customers.api.customer_list import COLUMNS, add_aging, add_disabled_methods, narrowed
from customers.api.customer_shape import CustomerShape
from customers.api.permissions import EDIT, MONEY, key_of, may
from customers.api.relations import OF_CUSTOMERS, customer_rows
from customers.ledger.accounts import create_customer, delete_customer, update_customer
from customers.models import Customer
from customers.wire.customer import customers_by_id

# What the power to edit covers; everything else about a customer moves money or responsibility.
CONTACT_DATA = frozenset(
    {
        "name", "email", "attention_to", "address1", "address2", "city", "state", "postal_code", "country",
        "language", "phone", "chase", "chasing_cadence", "next_chase_step", "tax_id", "type", "notes",
        "metadata",
    }
)  # fmt: skip


class Customers(Resource):
    noun = "Customer"
    model = Customer
    shape = CustomerShape
    columns = COLUMNS
    powers = {"PATCH": EDIT}
    expandable = OF_CUSTOMERS
    includable = {"aging": add_aging, "disabled_payment_methods": add_disabled_methods}
    by_id = staticmethod(customers_by_id)

    def wire_rows(self) -> QuerySet[Any]:
        return customer_rows(self.rows())

    def narrow(self, rows: QuerySet[Any], query: Mapping[str, Any]) -> QuerySet[Any]:
        return narrowed(rows, query, now=timezone.now())

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Customer:
        return create_customer(values=values, now=now)

    def change_row(self, row: Customer, values: dict[str, Any], *, now: datetime) -> None:
        if not may(key_of(self.request), MONEY):
            _check_contact_data_only(row, values)
        update_customer(customer=row, changes=values, now=now)

    def delete_row(self, row: Customer, *, now: datetime) -> None:
        delete_customer(customer=row, now=now)


def _check_contact_data_only(row: Customer, values: Mapping[str, Any]) -> None:
    """Other attributes may be sent back as they are: some clients always send the whole object."""
    for name in values.keys() - CONTACT_DATA:
        stored = list(row.taxes.all()) if name == "taxes" else getattr(row, name)
        if values[name] != stored:
            raise PermissionDenied
