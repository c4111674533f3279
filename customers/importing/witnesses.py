"""What upper floors have told customers about their accounts: one registry, filled at start.

from customers.importing.witnesses import add_witness
add_witness(witness)
"""

from collections.abc import Callable, Mapping
from datetime import datetime

# Given the first moment that an import touched of each account (by customer id), and since when its
# rows can have been seen: a name of something handed out that shows them, or None.
Witness = Callable[[Mapping[int, datetime], datetime], str | None]

_witnesses: list[Witness] = []


def add_witness(witness: Witness) -> None:
    if witness not in _witnesses:
        _witnesses.append(witness)


def first_sighting(touched: Mapping[int, datetime], since: datetime) -> str | None:
    """The first thing found that shows rows of an import to somebody, on whichever floor."""
    return next((found for witness in _witnesses if (found := witness(touched, since))), None)
