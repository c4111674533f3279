"""What the API answers: one record for each object of the wire.

The shapes themselves are written by the projections (`customers.wire`, `notifications.wire`). A test runs
every documented example and holds its answer against these tables, key by key: neither can change alone.
"""

from config.api.openapi.objects import accounts, billing, catalog, chasing, documents, happenings, money
from config.api.openapi.types import Record

RECORDS: dict[str, Record] = {
    found.name: found
    for room in (accounts, catalog, documents, billing, money, chasing, happenings)
    for found in room.RECORDS
}

__all__ = ["RECORDS"]
