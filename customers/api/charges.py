"""Charges and their refunds (Invoiced API, Charges)."""

from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.application_fields import AppliedTo, applications
from customers.api.base import Resource, WireObject
from customers.api.codes import Currency
from customers.api.columns import Column, derived, equals_amount, first_of
from customers.api.fields import Amount, Choice, Email, Flag, Integer, Related, Text, Timestamp
from customers.api.payments import add_applied_to
from customers.api.permissions import key_of
from customers.api.relations import CUSTOMER
from customers.api.shims import adapt
from customers.api.source_fields import TOKENS, PaymentParameters
from customers.api.view import ApiView
from customers.api.visibility import visible
from customers.autopay.charging import ChargeRequest, charge_customer, find_charge
from customers.autopay.gateways import METHODS
from customers.autopay.refunds import find_refund, refund_charge, resume_refund
from customers.autopay.resolving import resume_charge
from customers.errors import Refused
from customers.ledger.paying import payment_currency
from customers.models import Charge, ChargeRefund, Customer, Payment, PaymentSource
from customers.models.idempotency import KEPT_FOR
from customers.money import minor_within_reach
from customers.wire import describe
from customers.wire.charge import describe_charge_refund

State = Charge.Status
WORDS = ("pending", "succeeded", "failed")


class ChargeShape(PaymentParameters):
    customer = Related(Customer.objects.all, noun="Customer", required=True)
    amount = Amount(required=True)
    currency = Currency()
    method = Choice(METHODS, nullable=True)
    invoiced_token = Text(nullable=True)
    gateway_token = Text(nullable=True)
    payment_source_type = Choice(PaymentSource.Kind.values, nullable=True)
    payment_source_id = Integer(nullable=True, minimum=1)
    vault_method = Flag()
    make_default = Flag()
    receipt_email = Email(nullable=True)
    applied_to = AppliedTo(required=True)

    @classmethod
    def check(cls, values: dict[str, Any], *, update: bool) -> dict[str, Any]:
        ways = [name for name in (*TOKENS, "payment_source_id") if values.get(name)]
        if len(ways) != 1:
            raise Refused(
                "Send exactly one of invoiced_token, gateway_token and payment_source_id.",
                ways[1] if ways else "payment_source_id",
            )
        return values


class RefundShape(PaymentParameters):
    amount = Amount(required=True)


_STATES = {"succeeded": [State.SUCCEEDED], "failed": [State.FAILED], "pending": list(Charge.OPEN)}


def with_word(rows: QuerySet[Any], word: str | None) -> QuerySet[Any]:
    """Charges that show this status: what the gateway has not answered yet is pending."""
    return rows.filter(status__in=_STATES[word]) if word else rows.none()


def _words() -> Case:
    return first_of({word: Q(status__in=states) for word, states in _STATES.items()})


def _refunded() -> Coalesce:
    """What was given back of a charge, or is on its way, in minor units."""
    refunds = ChargeRefund.objects.filter(charge=OuterRef("pk")).exclude(status=ChargeRefund.Status.FAILED)
    sums = refunds.order_by().values("charge").annotate(sum=Cast(Sum("amount"), BigIntegerField()))
    return Coalesce(Subquery(sums.values("sum")), 0)


def _with_refunded(rows: QuerySet[Any], amount: Decimal | None) -> QuerySet[Any]:
    if amount is None:
        return rows.none()
    found: QuerySet[Any] = rows.alias(given_back=_refunded())
    return found.filter(equals_amount("given_back", amount))


class Charges(Resource):
    """`/charges`: made, listed and read; the answer of making one is its payment."""

    noun = "Charge"
    model = Charge
    shape = ChargeShape
    effects_outside = True
    date_column = "created_at"
    columns = {
        "id": Column(Integer()),
        "customer": Column(Integer(), source="customer_id"),
        "currency": Column(Currency()),
        "amount": Column(Amount(), minor_units=True),
        "gateway": Column(Text()),
        "gateway_id": Column(Text()),
        "status": Column(Choice(WORDS), narrow=with_word, sorted_by=_words),
        "failure_message": Column(Text()),
        "receipt_email": Column(Text()),
        "amount_refunded": Column(Amount(), narrow=_with_refunded, sorted_by=_refunded),
        "refunded": derived(Q(amount__lte=_refunded())),
        "disputed": Column(Flag()),
        "created_at": Column(Timestamp()),
        "updated_at": Column(Timestamp()),
    }
    expandable = {"customer": CUSTOMER}

    def wire_rows(self) -> QuerySet[Any]:
        return self.rows().prefetch_related("refunds")

    def create_row(self, values: dict[str, Any], *, request_key: str, now: Any) -> Charge:
        customer, applied = values["customer"], values["applied_to"]
        currency = values.get("currency") or payment_currency(
            [part.get("invoice") for part in applied], customer
        )
        token = next((values[name] for name in TOKENS if values.get(name)), "")
        request = ChargeRequest(
            amount=minor_within_reach(values["amount"], currency, param="amount"),
            currency=currency,
            applications=applications(applied, currency),
            method=values.get("method", ""),
            source=None if token else _source(customer, values),
            token=token,
            named_by=next((name for name in TOKENS if values.get(name)), ""),
            vault=_vaulted(values),
            make_default=values.get("make_default", False),
            receipt_email=values.get("receipt_email", ""),
        )
        return charge_customer(customer=customer, request=request, now=now, request_key=request_key)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        key, done = recorded_charge(self)
        values, now = self.shape.read(request.data), timezone.now()
        charge = done or self.create_row(values, request_key=key, now=now)
        refuse_declined(charge)
        payment = _payment_of(charge)
        adapt(request, [payment])
        return Response(payment, status=201)


class Refunds(ApiView):
    """`POST /charges/:id/refunds`: the whole or a part of a charge back."""

    effects_outside = True
    # One official client writes this body with apostrophes.
    single_quotes = True

    def post(self, request: Request, charge: str) -> Response:
        row = visible(Charge.objects.all(), key_of(request)).filter(pk=charge).first()
        if row is None:
            raise NotFound(f"Charge was not found: {charge}")
        now = timezone.now()
        refund = self._recorded(now) or self._refund(row, request, now)
        if refund.status == ChargeRefund.Status.FAILED:
            raise Refused(refund.failure_message)
        return Response(describe_charge_refund(refund), status=201)

    def _refund(self, row: Charge, request: Request, now: Any) -> ChargeRefund:
        amount = RefundShape.read(request.data)["amount"]
        minor = minor_within_reach(amount, row.currency, param="amount")
        key = "" if self.claim is None else str(self.claim.pk)
        return refund_charge(charge=row, amount=minor, now=now, request_key=key)

    def _recorded(self, now: Any) -> ChargeRefund | None:
        if self.claim is None or not self.claim.retaken:
            return None
        found = find_refund(request_key=str(self.claim.pk), since=now - KEPT_FOR)
        return found and resume_refund(refund=found, now=now)


def recorded_charge(view: ApiView) -> tuple[str, Charge | None]:
    """The mark of this request on its charge, and the charge that a copy of it made before it died."""
    if view.claim is None:
        return "", None
    key, now = str(view.claim.pk), timezone.now()
    found = find_charge(request_key=key, since=now - KEPT_FOR) if view.claim.retaken else None
    return key, found and resume_charge(charge=found, now=now)


def refuse_declined(charge: Charge) -> None:
    """A declined charge is a refusal in the gateway's words."""
    if charge.status == State.FAILED:
        raise Refused(charge.failure_message)


def _vaulted(values: dict[str, Any]) -> bool:
    """Whether a token is to be kept."""
    asked = values.get("vault_method", False) or values.get("make_default", False)
    return bool(asked) and any(values.get(name) for name in TOKENS)


def _source(customer: Customer, values: dict[str, Any]) -> PaymentSource:
    kind, pk = values.get("payment_source_type"), values["payment_source_id"]
    rows = customer.payment_sources.filter(pk=pk)
    row = (rows.filter(kind=kind) if kind else rows).first()
    if row is None:
        raise Refused(f"Payment source was not found: {pk}", "payment_source_id")
    return row


def _payment_of(charge: Charge) -> WireObject:
    rows = Payment.objects.select_related("charge").filter(charge=charge)
    objects = [describe(row) for row in rows]
    add_applied_to(objects)
    return objects[0]
