"""Charges and their refunds of the wire (Invoiced API, Charges)."""

from typing import Any

from customers.models import Charge, ChargeRefund
from customers.wire.values import money, seconds, text

# The client knows three words: as long as the gateway has not spoken, a charge is pending.
_WORDS = {
    Charge.Status.CREATED: "pending",
    Charge.Status.SENT: "pending",
    Charge.Status.UNKNOWN: "pending",
}


def charge_word(status: str) -> str:
    """The status as the wire writes it."""
    return _WORDS.get(Charge.Status(status), status)


def describe_charge(row: Charge) -> dict[str, Any]:
    """Its refunds are read from prefetched rows when there are any."""
    refunds = sorted(row.refunds.all(), key=lambda refund: refund.pk)
    returned = sum(refund.amount for refund in refunds if refund.status != ChargeRefund.Status.FAILED)
    return {
        "id": row.pk,
        "object": "charge",
        "customer": row.customer_id,
        "currency": row.currency,
        "amount": money(row.amount, row.currency),
        "gateway": row.gateway,
        "gateway_id": text(row.gateway_id),
        "status": charge_word(row.status),
        "failure_message": text(row.failure_message),
        "receipt_email": text(row.receipt_email),
        "payment_source": row.source_shown,
        "amount_refunded": money(returned, row.currency),
        "refunded": returned >= row.amount,
        "refunds": [describe_charge_refund(refund) for refund in refunds],
        "disputed": row.disputed,
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }


def describe_charge_refund(row: ChargeRefund) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "refund",
        "charge": row.charge_id,
        "currency": row.currency,
        "amount": money(row.amount, row.currency),
        "gateway": row.gateway,
        "gateway_id": text(row.gateway_id),
        "status": charge_word(row.status),
        "failure_message": text(row.failure_message),
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
