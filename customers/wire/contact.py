"""The contact of the wire (Invoiced API, Contacts)."""

from collections.abc import Sequence
from typing import Any

from customers.models import Contact
from customers.wire.projection import SECONDS, TEXT, Key, Projection, constant

CONTACT = Projection(
    Contact,
    [
        Key("id"),
        constant("object", "contact"),
        Key("name"),
        Key("title", form=TEXT),
        Key("department", form=TEXT),
        Key("email", form=TEXT),
        Key("phone", form=TEXT),
        Key("primary"),
        Key("sms_enabled"),
        Key("address1", form=TEXT),
        Key("address2", form=TEXT),
        Key("city", form=TEXT),
        Key("state", form=TEXT),
        Key("postal_code", form=TEXT),
        Key("country", form=TEXT),
        Key("created_at", form=SECONDS),
        Key("updated_at", form=SECONDS),
    ],
)


def describe_contact(row: Contact) -> dict[str, Any]:
    return CONTACT.of(row)


def contacts_by_id(ids: Sequence[int]) -> list[dict[str, Any]]:
    """The contacts with these ids, in this order; one query, no rows of the ORM."""
    return CONTACT.by_id(ids)
