"""The few answers that differ by client, so that each official client can read them.

Each is one shim of the contract (Invoiced API, compatibility shims), keyed on the User-Agent and turned
off together by `CLIENT_SHIMS`. Here are those on objects: G1 and N1 on customers, J1 on payments. Of the
others, P1 is the page size in `base`, R1 the attributes `bare_number` and `single_quotes` of views, G2 the
view `RolesThatAreNotes`; L1 is on the floor that sends letters.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F
from rest_framework.request import Request

from customers.api.clients import DOT_NET, GO, JAVA, comes_from
from customers.api.query import query_of
from customers.models import TaxRate

WireObject = dict[str, Any]


def adapt(request: Request, objects: Sequence[WireObject]) -> None:
    """Change customers, also expanded ones, and payments into what this client reads; in place."""
    if any("applied_to" in row for row in objects) and comes_from(request, JAVA):
        drop_document_types(objects)
    if not objects or not ("expand" in query_of(request) or _is_customer(objects[0])):
        return
    for_go, for_net = comes_from(request, GO), comes_from(request, DOT_NET)
    if not for_go and not for_net:
        return
    customers = [row for shape in objects for row in _customers_in(shape)]
    if for_go:
        for row in customers:
            add_misnamed(row)
    if for_net:
        wrap_taxes(customers)


def add_misnamed(customer: WireObject) -> None:
    """G1: that client reads `tax_id` and `chase` under other names."""
    for name, misnamed in (("tax_id", "taxid"), ("chase", "boolean")):
        if name in customer:
            customer[misnamed] = customer[name]


def wrap_taxes(customers: Sequence[WireObject]) -> None:
    """N1: that client takes the rates of a customer for taxes, whose ids are whole numbers."""
    codes = {rate["id"] for row in customers for rate in row.get("taxes", [])}
    if not codes:
        return
    # Of rates with the same id, the one in use counts.
    rates = TaxRate.objects.filter(code__in=codes).order_by(F("archived_at").asc(nulls_last=True), "pk")
    ids = dict(rates.values_list("code", "pk"))
    for row in customers:
        row["taxes"] = [
            {"id": ids[rate["id"]], "object": "tax", "amount": 0, "tax_rate": rate}
            for rate in row.get("taxes", [])
        ]


def drop_document_types(payments: Sequence[WireObject]) -> None:
    """J1: that client takes the word for a number."""
    for payment in payments:
        for part in payment.get("applied_to", ()):
            part.pop("document_type", None)


def _customers_in(shape: WireObject) -> Iterator[WireObject]:
    if _is_customer(shape):
        yield shape
    for value in shape.values():
        if isinstance(value, dict):
            yield from _customers_in(value)


def _is_customer(shape: WireObject) -> bool:
    return shape.get("object") == "customer"
