"""Customers (Invoiced API, Customers)."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from customers.api.base import Resource
from customers.api.customer_list import COLUMNS, add_aging, add_disabled_methods, narrowed
from customers.api.customer_shape import CustomerShape
from customers.api.permissions import EDIT, MONEY, key_of, may
from customers.api.relations import OF_CUSTOMERS, customer_rows
from customers.autopay.detaching import all_detached
from customers.autopay.sources import Attached, WantedSource, attached, store_source
from customers.ledger.accounts import create_customer, delete_customer, update_customer
from customers.models import Customer
from customers.roles import CONTACT_DATA
from customers.wire.customer import customers_by_id

# What decides which new payment sources are taken, and by whom.
PAYMENT_CHOICES = frozenset({"ach_gateway", "cc_gateway", "disabled_payment_methods"})


class Customers(Resource):
    # What the gateway keeps for this request already.
    kept: Attached | None = None

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

    @contextmanager
    def prepared(self, request: Request) -> Iterator[None]:
        """A new payment source is stored at its gateway first; a deleted account's are forgotten there."""
        with ExitStack() as stack:
            if request.method == "DELETE":
                stack.enter_context(all_detached(customer=self.find_plain_row(), now=timezone.now()))
            elif isinstance(request.data, dict) and isinstance(request.data.get("payment_source"), dict):
                stored = self.find_plain_row() if request.method == "PATCH" else None
                values = self.shape.read(request.data, update=stored is not None, stored=stored)
                if wanted := self._new_source(request, values):
                    customer = _to_be(stored, values)
                    self.kept = stack.enter_context(attached(customer=customer, wanted=wanted))
            yield

    def _new_source(self, request: Request, values: Mapping[str, Any]) -> WantedSource | None:
        """The source to store, when all other parameters are right and the key may store one."""
        wanted: WantedSource | None = values.get("payment_source")
        if wanted is not None and not may(key_of(request), MONEY):
            raise PermissionDenied
        return wanted

    def find_plain_row(self) -> Any:
        """Its id is enough for who may see and change everything; others' changes are compared with what
        is stored."""
        rows = self.rows()
        if not may(key_of(self.request), MONEY):
            return self._one_of(rows)
        if rows.query.where:
            return self._one_of(rows.only("pk"))
        table = Customer._meta.db_table
        found = Customer.objects.raw(f"SELECT id FROM {table} WHERE id = %s", [int(self.kwargs["id"])])
        if (row := next(iter(found), None)) is None:
            raise self._not_found()
        return row

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Customer:
        values.pop("payment_source", None)
        customer = create_customer(values=values, now=now)
        if self.kept is not None:
            store_source(customer=customer, kept=self.kept, now=now)
        return customer

    def change_row(self, row: Customer, values: dict[str, Any], *, now: datetime) -> None:
        values.pop("payment_source", None)
        if not may(key_of(self.request), MONEY):
            _check_contact_data_only(row, values)
        update_customer(customer=row, changes=values, now=now)
        if self.kept is not None:
            store_source(customer=row, kept=self.kept, now=now)

    def delete_row(self, row: Customer, *, now: datetime) -> None:
        delete_customer(customer=row, now=now)


def _to_be(stored: Customer | None, values: Mapping[str, Any]) -> Customer:
    """The account as this request will leave it, in all that a new payment source depends on."""
    customer = stored or Customer()
    for name in PAYMENT_CHOICES & values.keys():
        setattr(customer, name, values[name])
    return customer


def _check_contact_data_only(row: Customer, values: Mapping[str, Any]) -> None:
    """Other attributes may be sent back as they are: some clients always send the whole object."""
    for name in values.keys() - CONTACT_DATA:
        if name == "taxes":
            # A set of rates: in which order they are written means nothing.
            same = {rate.pk for rate in values[name]} == {rate.pk for rate in row.taxes.all()}
        else:
            same = bool(values[name] == getattr(row, name))
        if not same:
            raise PermissionDenied
