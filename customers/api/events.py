"""What happened, newest first (Invoiced API, Events)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from customers.api.base import Resource, WireObject
from customers.api.columns import Column
from customers.api.fields import LARGEST_INTEGER, Integer, Text, Timestamp
from customers.api.query import words_of
from customers.errors import Refused
from customers.models import Event
from customers.wire.event import WIRE_TYPES, describe_events
from customers.wire.values import clean_text

LONGEST_ID = 64

# Under which other names the audit trail keeps an object of the wire.
_KEPT_AS = {
    "email": "message",
    "text_message": "message",
    "letter": "message",
    "card": "payment_source",
    "bank_account": "payment_source",
}


class Events(Resource):
    """Only events of the wire: what else the audit trail keeps does not exist here."""

    noun = "Event"
    model = Event
    columns = {
        "id": Column(Integer()),
        "type": Column(Text()),
        "timestamp": Column(Timestamp()),
        "user_id": Column(Integer()),
        # Events never change; the moment of writing is finer than the one they tell of.
        "created_at": Column(Timestamp(), source="recorded_at"),
        "updated_at": Column(Timestamp(), source="recorded_at"),
    }
    ordering = ("-timestamp", "-id")
    date_column = "timestamp"
    # `user` is always there; the name is accepted because clients ask for it.
    includable = {"user": lambda _objects: None}

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(type__in=WIRE_TYPES)

    def wire_rows(self) -> QuerySet[Any]:
        return self.rows().select_related("user")

    def narrow(self, rows: QuerySet[Any], query: Mapping[str, Any]) -> QuerySet[Any]:
        """`type=invoice.paid` (or several) and `related_to=customer,15`."""
        if types := words_of(query.get("type")):
            rows = rows.filter(type__in=types)
        return related_to(rows, query.get("related_to"))

    def project(self, rows: Sequence[Any]) -> list[WireObject]:
        return describe_events(rows)


def related_to(rows: QuerySet[Any], raw: Any) -> QuerySet[Any]:
    """Events of one object; of a customer also those of everything that belongs to it.

    Raises Refused (`related_to`) for anything that is not a kind of object and an id.
    """
    words = words_of(raw)
    if not words and raw in (None, "", []):
        return rows
    if len(words) != 2 or not words[0].isidentifier() or len(clean_text(words[1])) > LONGEST_ID:
        raise Refused("related_to must be a kind of object and an id: customer,15.", "related_to")
    kind, key = words[0].lower(), clean_text(words[1])
    own = Q(object_type__in={kind, _KEPT_AS.get(kind, kind)}, object_id=_spelled(kind, key))
    if kind == "customer" and key.isascii() and key.isdigit() and int(key) <= LARGEST_INTEGER:
        own |= Q(customer_id=int(key))
    return rows.filter(own)


def _spelled(kind: str, key: str) -> str:
    """As ids are kept: those of messages in lower case."""
    return key.lower() if _KEPT_AS.get(kind) == "message" else key
