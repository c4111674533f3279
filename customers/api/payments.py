"""Payments (Invoiced API, Payments)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.application_fields import AppliedTo, applications
from customers.api.base import Resource, WireObject
from customers.api.codes import Currency
from customers.api.columns import Column, always_unset
from customers.api.expansion import Expandable
from customers.api.fields import Amount, Choice, Flag, Integer, Related, Text, Timestamp
from customers.api.invoice_list import flagged
from customers.api.relations import CUSTOMER
from customers.api.shapes import Metadata
from customers.api.source_fields import PaymentParameters
from customers.ledger.paying import payment_currency, record_payment, update_payment, void_payment
from customers.models import Customer, Payment, PaymentApplication
from customers.models.customer import PAYMENT_METHODS
from customers.money import minor_within_reach, to_amount
from customers.wire.payment import describe_application


class PaymentShape(PaymentParameters):
    customer = Related(Customer.objects.all, noun="Customer", nullable=True)
    date = Timestamp()
    currency = Currency()
    amount = Amount(required=True, minimum=0)
    method = Choice(PAYMENT_METHODS)
    reference = Text(nullable=True)
    notes = Text(nullable=True, max_length=65_535)
    ach_sender_id = Text(nullable=True)
    source = Text(max_length=32)
    applied_to = AppliedTo()
    # One official client always sends null.
    metadata = Metadata(null_is_absent=True)


def add_applied_to(objects: list[WireObject]) -> None:
    """`include=applied_to`: what each payment settles at present."""
    rows = PaymentApplication.objects.filter(payment__in=[row["id"] for row in objects], ended_at=None)
    parts: dict[int | None, list[WireObject]] = defaultdict(list)
    for part in rows.order_by("pk"):
        parts[part.payment_id].append(describe_application(part))
    for row in objects:
        row["applied_to"] = parts[row["id"]]


class Payments(Resource):
    noun = "Payment"
    model = Payment
    shape = PaymentShape
    columns = {
        "id": Column(Integer()),
        "customer": Column(Integer(), source="customer_id"),
        "date": Column(Timestamp()),
        "currency": Column(Currency()),
        "amount": Column(Amount(), minor_units=True),
        "balance": Column(Amount(), minor_units=True),
        "matched": always_unset(Flag()),
        "voided": flagged(voided_at__isnull=False),
        "status": Column(Choice(Payment.Status.values)),
        "method": Column(Text()),
        "reference": Column(Text()),
        "ach_sender_id": Column(Text()),
        "source": Column(Text()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    date_column = "date"
    # A charge comes as an object already; what it refers to can be expanded in it.
    expandable = {"customer": CUSTOMER, "charge": Expandable(lambda ids: {}, {"customer": CUSTOMER})}
    includable = {"applied_to": add_applied_to}

    def wire_rows(self) -> QuerySet[Any]:
        return self.rows().select_related("charge").prefetch_related("charge__refunds")

    def project(self, rows: Sequence[Any]) -> list[WireObject]:
        objects = super().project(rows)
        if self.action in ("create", "update"):
            add_applied_to(objects)
        return objects

    def create_row(self, values: dict[str, Any], *, now: datetime) -> Payment:
        customer, applied = values.pop("customer", None), values.pop("applied_to", [])
        documents = [part.get("invoice") or part.get("credit_note") for part in applied]
        payer = customer or next((row.customer for row in documents if row is not None), None)
        currency = values.pop("currency", None) or payment_currency(documents, payer)
        return record_payment(
            customer=customer,
            amount=minor_within_reach(values.pop("amount"), currency, param="amount"),
            currency=currency,
            applications=applications(applied, currency),
            values=values,
            now=now,
        )

    def change_row(self, row: Payment, values: dict[str, Any], *, now: datetime) -> None:
        applied = values.pop("applied_to", None)
        currency = values.get("currency", row.currency)
        if "amount" in values or currency != row.currency:
            # Another currency keeps the number, not the minor units: 10 USD becomes 10 JPY.
            amount = values.get("amount", to_amount(row.amount, row.currency))
            values["amount"] = minor_within_reach(amount, currency, param="amount")
        update_payment(
            payment=row,
            changes=values,
            applications=None if applied is None else applications(applied, currency),
            now=now,
        )

    def delete_row(self, row: Payment, *, now: datetime) -> None:
        void_payment(payment=row, now=now)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Payments are voided, not deleted: the answer is the voided payment."""
        row = self.find_row()
        self.delete_row(row, now=timezone.now())
        return Response(self.shown(self.fetch([row.pk]))[0])
