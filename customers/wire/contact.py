"""The contact of the wire (Invoiced API, Contacts)."""

from typing import Any

from customers.models import Contact
from customers.wire.values import seconds, text


def describe_contact(row: Contact) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "contact",
        "name": row.name,
        "title": text(row.title),
        "department": text(row.department),
        "email": text(row.email),
        "phone": text(row.phone),
        "primary": row.primary,
        "sms_enabled": row.sms_enabled,
        "address1": text(row.address1),
        "address2": text(row.address2),
        "city": text(row.city),
        "state": text(row.state),
        "postal_code": text(row.postal_code),
        "country": text(row.country),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
