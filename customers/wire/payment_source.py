"""Cards and bank accounts of the wire (Invoiced API, Payment Sources)."""

from typing import Any

from customers.models import PaymentSource
from customers.wire.values import seconds, text


def describe_payment_source(row: PaymentSource) -> dict[str, Any]:
    """`object` decides the class in every client: `card` or `bank_account`."""
    shape: dict[str, Any] = {"id": row.pk, "object": row.kind, "last4": row.last4}
    if row.kind == PaymentSource.Kind.CARD:
        shape |= {
            "brand": row.brand,
            "exp_month": row.exp_month,
            "exp_year": row.exp_year,
            "funding": row.funding,
        }
    else:
        shape |= {
            "bank_name": row.bank_name,
            "routing_number": row.routing_number,
            "verified": row.verified,
            "currency": row.currency,
            "country": row.country,
        }
    return shape | {
        "gateway": text(row.gateway),
        "gateway_id": text(row.gateway_token),
        "gateway_customer": text(row.gateway_customer),
        "merchant_account": row.gateway_account_id,
        "chargeable": row.chargeable,
        "failure_reason": text(row.failure_reason),
        "receipt_email": text(row.receipt_email),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
