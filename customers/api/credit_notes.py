"""Credit notes (Invoiced API, Credit Notes)."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Q, QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Resource
from customers.api.columns import Column, first_of
from customers.api.document_input import changed_document, currency_of, new_document
from customers.api.document_shape import CreditNoteShape
from customers.api.fields import Choice, Integer
from customers.api.invoice_list import DOCUMENT_COLUMNS, flagged
from customers.api.relations import CUSTOMER, INVOICE, document_rows
from customers.ledger.crediting import (
    close_credit_note,
    delete_credit_note,
    issue_credit_note,
    reopen_credit_note,
    update_credit_note,
    void_credit_note,
)
from customers.models import CreditNote

_STATUS = {
    "voided": Q(voided_at__isnull=False),
    "draft": Q(voided_at=None, draft=True),
    "paid": Q(voided_at=None, draft=False, balance__lte=0),
    "open": Q(voided_at=None, draft=False, balance__gt=0, closed_at=None),
    "closed": Q(voided_at=None, draft=False, balance__gt=0, closed_at__isnull=False),
}


def _with_status(rows: QuerySet[Any], status: str | None) -> QuerySet[Any]:
    return rows.none() if status is None else rows.filter(_STATUS[status])


def _status_words() -> Case:
    return first_of(_STATUS)


class CreditNotes(Resource):
    noun = "Credit note"
    model = CreditNote
    shape = CreditNoteShape
    columns = {
        **DOCUMENT_COLUMNS,
        "invoice": Column(Integer(), source="invoice_id"),
        "closed": flagged(closed_at__isnull=False),
        "paid": flagged(draft=False, voided_at=None, balance__lte=0),
        "status": Column(Choice(tuple(_STATUS)), narrow=_with_status, sorted_by=_status_words),
    }
    date_column = "date"
    expandable = {"customer": CUSTOMER, "invoice": INVOICE}

    def wire_rows(self) -> QuerySet[Any]:
        return document_rows(self.rows())

    def create_row(self, values: dict[str, Any], *, now: datetime) -> CreditNote:
        customer, invoice = values.pop("customer"), values.pop("invoice", None)
        closed = values.pop("closed", False)
        currency = currency_of(values, customer, invoice)
        given = new_document(values, currency=currency, now=now)
        row = issue_credit_note(customer=customer, invoice=invoice, now=now, **given)
        return close_credit_note(credit_note=row, now=now) if closed else row

    def change_row(self, row: CreditNote, values: dict[str, Any], *, now: datetime) -> None:
        closed = values.pop("closed", row.closed_at is not None)
        if row.closed_at is not None and not closed:
            row = reopen_credit_note(credit_note=row, now=now)
        row = update_credit_note(credit_note=row, now=now, **changed_document(row, values, now=now))
        if closed and row.closed_at is None:
            close_credit_note(credit_note=row, now=now)

    def delete_row(self, row: CreditNote, *, now: datetime) -> None:
        delete_credit_note(credit_note=row, now=now)

    def void(self, request: Request, **kwargs: Any) -> Response:
        row = self.find_row()
        void_credit_note(credit_note=row, now=timezone.now())
        return Response(self.shown(self.fetch([row.pk]))[0])
