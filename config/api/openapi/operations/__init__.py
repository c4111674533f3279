"""The tables of operations, one room for each family of resources. Keys are `METHOD /path/:id`."""

from collections.abc import Mapping

from config.api.openapi.operation import Operation
from config.api.openapi.operations import (
    accounts,
    catalog,
    charging,
    chasing,
    documents,
    events,
    messages,
    money,
)

OPERATIONS: Mapping[str, Operation] = {
    **accounts.OPERATIONS,
    **catalog.OPERATIONS,
    **chasing.OPERATIONS,
    **documents.OPERATIONS,
    **money.OPERATIONS,
    **charging.OPERATIONS,
    **messages.OPERATIONS,
    **events.OPERATIONS,
}

# Other spellings of a path that some official clients build; they answer alike.
ALIASES: Mapping[str, str] = {
    "customer_chasing_cadences": "chasing_cadences",
    "customer": "customers",
    "invoice": "invoices",
}

# Only for one client, which posts its notes there; to all others it does not exist.
HIDDEN = frozenset({"roles"})

__all__ = ["ALIASES", "HIDDEN", "OPERATIONS"]
