"""What a customer owes and holds (Invoiced API, Get current balance)."""

from typing import Any

from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.fields import Text, Timestamp
from customers.api.permissions import key_of
from customers.api.query import query_of
from customers.api.shapes import Shape
from customers.api.view import ApiView
from customers.api.visibility import sees_all, visible
from customers.ledger.balances import Balance, balance_of, present_balance
from customers.models import ApiKey, Customer
from customers.wire.values import money, seconds


class BalanceShape(Shape):
    """`as_of` is ours: the balance at the end of that second instead of now."""

    currency = Text(nullable=True)
    as_of = Timestamp(nullable=True)


class CustomerBalance(ApiView):
    def get(self, request: Request, customer: str) -> Response:
        key, pk = key_of(request), int(customer)
        wanted, now = BalanceShape.read(query_of(request), update=True), timezone.now()
        if wanted.get("as_of"):
            row = _visible_customer(pk, key)
            return Response(describe_balance(balance_of(customer=row, now=now, **wanted)))
        if not sees_all(key):
            _visible_customer(pk, key)
        balance = present_balance(customer_id=pk, now=now, currency=wanted.get("currency"))
        return Response(describe_balance(_found(balance, pk)))


def _visible_customer(pk: int, key: ApiKey) -> Customer:
    row: Customer = _found(visible(Customer.objects.filter(pk=pk), key).first(), pk)
    return row


def _found(what: Any, pk: int) -> Any:
    if what is None:
        raise NotFound(f"Customer was not found: {pk}")
    return what


def describe_balance(balance: Balance) -> dict[str, Any]:
    currency = balance.currency
    return {
        "currency": currency,
        "total_outstanding": money(balance.total_outstanding, currency),
        "due_now": money(balance.due_now, currency),
        "past_due": balance.past_due,
        "open_credit_notes": money(balance.open_credit_notes, currency),
        "available_credits": money(balance.available_credits, currency),
        "history": [
            {"timestamp": seconds(moment), "currency": currency, "balance": money(amount, currency)}
            for moment, amount in balance.history
        ],
    }
