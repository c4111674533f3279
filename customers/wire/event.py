"""The event of the wire (Invoiced API, Events), and which of our records are events at all.

The same table is the audit trail: changed settings, imports, runs and keys are recorded beside the
events of the wire, and stay inside the house.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from customers.models import Customer, Event
from customers.wire.customer import describe_customer
from customers.wire.user import describe_user
from customers.wire.values import seconds

_CHANGES = ("created", "updated", "deleted")

# By kind of object; documented are the first ten families, charges and the three kinds of messages.
FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": (*_CHANGES, "merged"),
    "contact": _CHANGES,
    "invoice": (*_CHANGES, "viewed", "paid", "payment_expected"),
    "credit_note": _CHANGES,
    "payment": _CHANGES,
    "payment_source": _CHANGES,
    "payment_plan": _CHANGES,
    "note": _CHANGES,
    "task": _CHANGES,
    "line_item": _CHANGES,
    "credit_balance_adjustment": _CHANGES,
    "refund": ("created", "updated"),
    "charge": ("failed",),
    "email": ("sent", "not_sent", "delivered", "opened", "bounced"),
    "text_message": ("sent", "delivered", "failed"),
    "letter": ("sent", "delivered", "returned", "failed"),
}
WIRE_TYPES: Final = frozenset(f"{kind}.{act}" for kind, acts in FAMILIES.items() for act in acts)


def describe_event(row: Event) -> dict[str, Any]:
    """One event; many cost less through `describe_events`."""
    return describe_events([row])[0]


def describe_events(rows: Sequence[Event]) -> list[dict[str, Any]]:
    """Events with the customer of their object expanded: one look-up for all rows.

    The object is as it was then, its customer as it is now. `user` is read from rows that were selected
    with it.
    """
    customers = _customers(row.data for row in rows)
    return [_shape(row, customers) for row in rows]


def _shape(row: Event, customers: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    data = dict(row.data)
    if isinstance(data.get("object"), dict):
        data["object"] = _expanded(data["object"], customers)
    if row.previous is not None:
        data["previous"] = row.previous
    return {
        "id": row.pk,
        "object": "event",
        "type": row.type,
        "timestamp": seconds(row.timestamp),
        "data": data,
        "user": None if row.user is None else describe_user(row.user),
    }


def _expanded(shape: dict[str, Any], customers: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    """With the customer instead of its id; the id stays when there is no such customer any more."""
    found = customers.get(_customer_of(shape) or 0)
    # Each event gets its own copy: what is dropped from one must stay in the others.
    return shape if found is None else {**shape, "customer": dict(found)}


def _customers(datas: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    objects = [data["object"] for data in datas if isinstance(data.get("object"), dict)]
    ids = {pk for shape in objects if (pk := _customer_of(shape)) is not None}
    if not ids:
        return {}
    rows = Customer.objects.filter(pk__in=ids).select_related("payment_source").prefetch_related("taxes")
    return {row.pk: describe_customer(row) for row in rows}


def _customer_of(shape: Mapping[str, Any]) -> int | None:
    pk = shape.get("customer")
    return pk if isinstance(pk, int) else None
