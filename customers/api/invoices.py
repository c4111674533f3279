"""Invoices (Invoiced API, Invoices)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Resource, WireObject
from customers.api.document_input import changed_document, currency_of, new_document
from customers.api.document_shape import InvoiceShape
from customers.api.invoice_list import COLUMNS
from customers.api.relations import CUSTOMER, invoice_rows
from customers.ledger.closing import reopen_invoice, write_off_invoice
from customers.ledger.enrolment import MANUAL
from customers.ledger.issuing import delete_invoice, issue_invoice, update_invoice, void_invoice
from customers.models import Invoice, WriteOff
from customers.wire.invoice import describe_invoices


class Invoices(Resource):
    noun = "Invoice"
    model = Invoice
    shape = InvoiceShape
    columns = COLUMNS
    date_column = "date"
    expandable = {"customer": CUSTOMER}

    def wire_rows(self) -> QuerySet[Any]:
        return invoice_rows(self.rows())

    def project(self, rows: Sequence[Any]) -> list[WireObject]:
        return describe_invoices(rows)

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Invoice:
        customer, closed = values.pop("customer"), values.pop("closed", False)
        currency = currency_of(values, customer)
        row = issue_invoice(customer=customer, now=now, **new_document(values, currency=currency, now=now))
        return _close(row, now) if closed else row

    def change_row(self, row: Invoice, values: dict[str, Any], *, now: datetime) -> None:
        closed = values.pop("closed", row.closed_at is not None)
        if row.closed_at is not None and not closed:
            # Sent back as it was read it is no wish: what AutoPay does about it follows from its reopening.
            values = {key: value for key, value in values.items() if not _is_as_read(row, key, value)}
            row = reopen_invoice(invoice=row, now=now)
        row = update_invoice(invoice=row, now=now, **changed_document(row, values, now=now))
        if closed and row.closed_at is None:
            _close(row, now)

    def delete_row(self, row: Invoice, *, now: datetime) -> None:
        delete_invoice(invoice=row, now=now)

    def void(self, request: Request, **kwargs: Any) -> Response:
        row = self.find_row()
        void_invoice(invoice=row, now=timezone.now())
        return Response(self.shown(self.fetch([row.pk]))[0])


def _is_as_read(row: Invoice, column: str, value: Any) -> bool:
    return column in MANUAL and getattr(row, column) == value


def _close(row: Invoice, now: datetime) -> Invoice:
    """Closing by hand gives up what is open; an invoice dated ahead closes on its own date."""
    return write_off_invoice(invoice=row, now=now, date=max(now, row.date), reason=WriteOff.Reason.CLOSED)
