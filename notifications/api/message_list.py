"""What lists of messages may be sorted and filtered by."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from customers.api.columns import Column
from customers.api.fields import LARGEST_INTEGER, Choice, Integer, Text, Timestamp
from customers.api.parameter import Place
from customers.errors import Refused
from notifications.phones import digits_of
from notifications.wire.states import EMAIL_STATES, LETTER_STATES, TEXT_STATES

# The name under which the wire's state is worked out by the database.
STATE = "wire_state"
_KINDS = ("invoice", "credit_note", "payment")


class Number(Text):
    """A phone number in international form; the plus is a blank in many a query string."""

    def convert(self, raw: Any, place: Place) -> Any:
        return f"+{digits_of(super().convert(raw, place))}"


_SHARED = {
    "id": Column(Text(), source="public_id", sortable=False),
    "sent_at": Column(Timestamp()),
    "created_at": Column(Timestamp()),
    "updated_at": Column(Timestamp()),
}

COLUMNS: dict[str, dict[str, Column]] = {
    "email": {
        **_SHARED,
        "state": Column(Choice(EMAIL_STATES), source=STATE),
        "email": Column(Text(), folded_in="recipient_key", sortable=False),
        "template": Column(Text(), sortable=False),
        "opens": Column(Integer()),
    },
    "sms": {
        **_SHARED,
        "state": Column(Choice(TEXT_STATES), source=STATE),
        "opens": Column(Integer(), filterable=False),
        "to": Column(Number(), source="recipient_key", sortable=False),
    },
    "letter": {
        **_SHARED,
        "state": Column(Choice(LETTER_STATES), source=STATE),
        "opens": Column(Integer(), filterable=False),
    },
}


def about(rows: QuerySet[Any], query: Mapping[str, Any]) -> QuerySet[Any]:
    """`related_to=invoice,15`: what was sent about one document, as on events."""
    raw = query.get("related_to")
    if raw in (None, ""):
        return rows
    kind, _, number = (raw if isinstance(raw, str) else "").partition(",")
    if kind.strip() not in _KINDS:
        raise Refused(f"related_to must name one of {', '.join(_KINDS)} and its id.", "related_to")
    pk = Integer(minimum=1, maximum=LARGEST_INTEGER).convert(number, Place("related_to", "The id"))
    return rows.filter(**{f"{kind.strip()}_id": pk})
