"""Writing the audit trail: one Event in the transaction of the change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models

from customers.models import ApiKey, Event, PaymentPlan, User
from customers.signals import event_recorded
from customers.wire import describe, object_name


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a member of staff, an API key, or the product itself."""

    name: str = "system"
    user: User | None = None
    api_key: ApiKey | None = None
    request_id: str = ""
    address: str = ""


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Everything recorded inside is signed with this actor. Set by middleware, commands and tasks."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    return _actor.get() or Actor()


def record_event(
    *,
    type: str,
    row: models.Model,
    now: datetime,
    previous: Mapping[str, Any] | None = None,
    shape: Mapping[str, Any] | None = None,
) -> Event:
    """Record that something happened to a row, with the object as the API shows it.

    `previous` holds the changed attributes' old values (Invoiced API, Events). An invoice that was
    written or changed into a paid one gets its `invoice.paid` as well. `shape` is for who has the wire
    form at hand already.
    """
    if shape is None:
        shape = describe(row)
    event = _record_object(type, row, shape, now, previous)
    paid = object_name(row) == "invoice" and shape.get("paid")
    if paid and (type == "invoice.created" or (previous or {}).get("paid") is False):
        _record_object("invoice.paid", row, shape, now, None)
    return event


def _record_object(
    type: str, row: models.Model, shape: Mapping[str, Any], now: datetime, previous: Mapping[str, Any] | None
) -> Event:
    customer_id = row.pk if object_name(row) == "customer" else getattr(row, "customer_id", None)
    return record_fact(
        type=type,
        object_type=object_name(row),
        object_id=str(getattr(row, "public_id", row.pk)),
        customer_id=customer_id,
        data={"object": _with_owners(shape, row, customer_id)},
        previous=previous,
        now=now,
    )


def _with_owners(shape: Mapping[str, Any], row: models.Model, customer_id: int | None) -> dict[str, Any]:
    """Whose it is, too: what is read below its customer's path does not say so itself, an event must."""
    owners: dict[str, Any] = {}
    if object_name(row) != "customer" and customer_id is not None:
        owners["customer"] = customer_id
    if isinstance(row, PaymentPlan):
        owners["invoice"] = row.invoice_id
    return {**shape, **{name: pk for name, pk in owners.items() if name not in shape}}


def record_fact(
    *,
    type: str,
    object_type: str,
    object_id: str,
    data: Mapping[str, Any],
    now: datetime,
    customer_id: int | None = None,
    previous: Mapping[str, Any] | None = None,
) -> Event:
    """Record something that is not one row of the wire: an import, a run, a changed setting."""
    actor = current_actor()
    event = Event.objects.create(
        type=type,
        timestamp=now,
        object_type=object_type,
        object_id=object_id,
        customer_id=customer_id,
        user=actor.user,
        api_key=actor.api_key,
        actor=actor.name,
        request_id=actor.request_id,
        address=actor.address,
        data=_plain(data),
        previous=None if previous is None else _plain(previous),
    )
    event_recorded.send_robust(sender=Event, event_id=event.pk, type=type, customer_id=customer_id, now=now)
    return event


def _plain(value: Any) -> Any:
    """What a JSON column keeps exactly: texts, whole numbers, decimals; everything else as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | Decimal | str):
        return value
    return str(value)
