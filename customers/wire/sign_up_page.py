"""The sign-up page of the wire (Invoiced API, Sign Up Pages)."""

from typing import Any

from customers.models import SignUpPage
from customers.wire.values import seconds, text


def describe_sign_up_page(row: SignUpPage) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "sign_up_page",
        "name": row.name,
        "type": row.type,
        "billing_address": row.billing_address,
        "shipping_address": row.shipping_address,
        "header_text": text(row.header_text),
        "tos_url": text(row.tos_url),
        "thanks_url": text(row.thanks_url),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
