"""Stored cards and bank accounts (Invoiced API, Payment Sources)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Resource
from customers.api.codes import Currency
from customers.api.columns import Column
from customers.api.fields import Choice, Flag, Integer, Text, Timestamp
from customers.api.query import query_of
from customers.api.source_fields import PaymentParameters, SourceShape, new_source
from customers.autopay.detaching import detached
from customers.autopay.sources import (
    Attached,
    attached,
    delete_source,
    mark_verified,
    store_source,
    verify_at_gateway,
)
from customers.models import Customer, PaymentSource

Kind = PaymentSource.Kind


class VerifyShape(PaymentParameters):
    """The two amounts, in cents, that were paid into the account."""

    amount1 = Integer(required=True, minimum=0)
    amount2 = Integer(required=True, minimum=0)


class Sources(Resource):
    """What all routes share. A source without its customer's or kind's route is not found."""

    noun = "Payment source"
    model = PaymentSource
    parent = "customer"
    parent_noun = "Customer"
    parent_model = Customer
    kind = ""

    def rows(self) -> QuerySet[Any]:
        rows = super().rows().select_related("gateway_account")
        return rows.filter(kind=self.kind) if self.kind else rows


class PaymentSources(Sources):
    """`/customers/:id/payment_sources`: the default one first, then as they came."""

    shape = SourceShape
    ordering = ("-is_default", "id")
    columns = {
        "id": Column(Integer()),
        "object": Column(Choice(Kind.values), source="kind"),
        "last4": Column(Text()),
        "brand": Column(Text()),
        "bank_name": Column(Text()),
        "funding": Column(Text()),
        "verified": Column(Flag()),
        "chargeable": Column(Flag()),
        "currency": Column(Currency()),
        "country": Column(Text()),
        "gateway": Column(Text()),
        "receipt_email": Column(Text()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    kept: Attached | None = None

    def rows(self) -> QuerySet[Any]:
        own = Q(pk=F("customer__payment_source"))
        default = ExpressionWrapper(own, output_field=BooleanField())
        rows: QuerySet[Any] = super().rows().annotate(is_default=default)
        return rows

    def narrow(self, rows: QuerySet[Any], query: Mapping[str, Any]) -> QuerySet[Any]:
        """Those that can be charged or wait for their verification; `include_hidden=1`: all."""
        if str(query_of(self.request).get("include_hidden", "")).lower() in ("1", "true"):
            return rows
        waiting = Q(kind=Kind.BANK_ACCOUNT, verified=False, failure_reason="")
        return rows.filter(Q(chargeable=True) | waiting, hidden=False)

    @contextmanager
    def prepared(self, request: Request) -> Iterator[None]:
        wanted = new_source(self.shape.read(request.data))
        with attached(customer=self.parent_row, wanted=wanted) as self.kept:
            yield

    def create_row(self, values: dict[str, Any], *, now: datetime) -> PaymentSource:
        assert self.kept is not None, "the gateway was asked first"
        return store_source(customer=self.parent_row, kept=self.kept, now=now)


class Cards(Sources):
    """`DELETE /customers/:id/cards/:id`."""

    noun = "Card"
    kind = Kind.CARD

    @contextmanager
    def prepared(self, request: Request) -> Iterator[None]:
        with detached(sources=[self.find_plain_row()], now=timezone.now()):
            yield

    def delete_row(self, row: PaymentSource, *, now: datetime) -> None:
        delete_source(source=row, now=now)


class BankAccounts(Cards):
    """`DELETE /customers/:id/bank_accounts/:id`."""

    noun = "Bank account"
    kind = Kind.BANK_ACCOUNT


class VerifyBankAccount(Sources):
    """`POST /customers/:id/bank_accounts/:id/verify`."""

    noun = "Bank account"
    kind = Kind.BANK_ACCOUNT

    @contextmanager
    def prepared(self, request: Request) -> Iterator[None]:
        values = VerifyShape.read(request.data)
        amounts = (values["amount1"], values["amount2"])
        verify_at_gateway(source=self.find_plain_row(), amounts=amounts)
        yield

    def verify(self, request: Request, **kwargs: Any) -> Response:
        row = self.find_plain_row()
        mark_verified(source=row, now=timezone.now())
        return Response(self.shown(self.fetch([row.pk]))[0])
