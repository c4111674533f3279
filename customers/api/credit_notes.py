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
    delete_credit_note,
    issue_credit_note,
    update_credit_note,
    void_credit_note,
)
from customers.models import CreditNote

_STATUS = {
    "voided": Q(voided_at__isnull=False),
    "draft": Q(voided_at=None, draft=True),
    "paid": Q(voided_at=None, draft=False, balance__lte=0),
    "open": Q(voided_at=None, draft=False, balance__gt=0),
    "closed": Q(pk__in=[]),
}


def _with_status(rows: QuerySet[Any], status: str | None) -> QuerySet[Any]:
    return rows.none() if status is None else rows.filter(_STATUS[status])


def _status_words() -> Case:
    # "closed" is a word that no credit note shows: its condition could not be written in SQL.
    return first_of({word: condition for word, condition in _STATUS.items() if word != "closed"})


class CreditNotes(Resource):
    noun = "Credit note"
    model = CreditNote
    shape = CreditNoteShape
    columns = {
        **DOCUMENT_COLUMNS,
        "invoice": Column(Integer(), source="invoice_id"),
        "paid": flagged(draft=False, voided_at=None, balance__lte=0),
        "status": Column(Choice(tuple(_STATUS)), narrow=_with_status, sorted_by=_status_words),
    }
    date_column = "date"
    expandable = {"customer": CUSTOMER, "invoice": INVOICE}

    def wire_rows(self) -> QuerySet[Any]:
        return document_rows(self.rows())

    def create_row(self, values: dict[str, Any], *, now: datetime) -> CreditNote:
        customer, invoice = values.pop("customer"), values.pop("invoice", None)
        currency = currency_of(values, customer, invoice)
        given = new_document(values, currency=currency, now=now)
        return issue_credit_note(customer=customer, invoice=invoice, now=now, **given)

    def change_row(self, row: CreditNote, values: dict[str, Any], *, now: datetime) -> None:
        update_credit_note(credit_note=row, now=now, **changed_document(row, values, now=now))

    def delete_row(self, row: CreditNote, *, now: datetime) -> None:
        delete_credit_note(credit_note=row, now=now)

    def void(self, request: Request, **kwargs: Any) -> Response:
        row = self.find_row()
        void_credit_note(credit_note=row, now=timezone.now())
        return Response(self.shown(self.fetch([row.pk]))[0])
