"""A connected gateway as the wire shows it; never its credentials."""

from typing import Any

from customers.models import GatewayAccount
from customers.wire.values import seconds


def describe_gateway(row: GatewayAccount) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "gateway",
        "name": row.name,
        "gateway": row.gateway,
        "enabled": row.enabled,
        "created_at": seconds(row.created_at),
        "updated_at": seconds(row.updated_at),
    }
