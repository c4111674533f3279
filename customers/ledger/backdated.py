"""What was recorded late and is dated before: why a past looks different now."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from customers.models import Event, WriteOff

# What statements show, and the attributes of it that they read.
_READ = {
    "invoice": ("date", "total", "currency", "customer", "draft", "due_date", "number", "voided"),
    "credit_note": ("date", "total", "currency", "customer", "draft", "number", "voided"),
    "payment": ("date", "amount", "currency", "customer", "status", "voided", "method", "reference"),
    "credit_balance_adjustment": ("date", "amount", "currency", "customer"),
    "refund": ("date", "amount"),
    "reversal": ("date", "amount"),
}
MOST = 50


@dataclass(frozen=True, slots=True)
class Backdated:
    """One entry of the audit trail. `type` is the event's; `at` the Unix second the object is dated."""

    type: str
    object_type: str
    object_id: str
    number: str
    at: int
    recorded_at: datetime
    actor: str
    fields: tuple[str, ...] = ()


def backdated(
    *, customer_ids: Collection[int], since: datetime, before: int, until: datetime | None = None
) -> list[Backdated]:
    """Documents and events recorded after `since` (up to `until`) that are dated before Unix second `before`.

    Dated means the date of the object, or the one it had before a change of it. Changes of what no statement
    shows are left out, and so is what merely settles an old document later. Oldest first, MOST at most.
    """
    events = Event.objects.filter(
        customer_id__in=customer_ids, recorded_at__gt=since, object_type__in=list(_READ)
    )
    if until is not None:
        events = events.filter(recorded_at__lte=until)
    found = list(_given_up(customer_ids, since, before, until))
    for event in events.order_by("pk").iterator(chunk_size=500):
        if entry := _entry(event, before):
            found.append(entry)
            if len(found) == MOST:
                break
    return sorted(found, key=lambda entry: entry.recorded_at)


def _entry(event: Event, before: int) -> Backdated | None:
    shape, previous = event.data.get("object"), event.previous or {}
    if not isinstance(shape, dict):
        return None
    fields = tuple(sorted(name for name in _READ[event.object_type] if name in previous))
    if event.type.endswith(".updated") and not fields:
        return None
    if not event.type.endswith((".created", ".updated", ".deleted")):
        return None
    if shape.get("draft") and not fields:
        return None
    moments = [value for value in (shape.get("date"), previous.get("date")) if isinstance(value, int)]
    if not moments or min(moments) >= before:
        return None
    return Backdated(
        type=event.type,
        object_type=event.object_type,
        object_id=event.object_id,
        number=_number(shape),
        at=min(moments),
        recorded_at=event.recorded_at,
        actor=event.actor,
        fields=fields,
    )


def _number(shape: dict[str, Any]) -> str:
    return str(shape.get("number") or shape.get("reference") or "")


def _given_up(
    customer_ids: Collection[int], since: datetime, before: int, until: datetime | None
) -> Iterator[Backdated]:
    """Write-offs dated back: the trail has them only as changes of their invoices."""
    rows = WriteOff.objects.filter(
        customer_id__in=customer_ids, created_at__gt=since, date__lt=datetime.fromtimestamp(before, UTC)
    )
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    for row in rows.select_related("invoice").order_by("pk")[:MOST]:
        yield Backdated(
            type="write_off.created",
            object_type="invoice",
            object_id=str(row.invoice_id),
            number=row.invoice.number,
            at=int(row.date.timestamp()),
            recorded_at=row.created_at,
            actor="",
        )
