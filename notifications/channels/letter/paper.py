"""What fits on an address label and into an envelope (Lob help centre, Letters)."""

from collections.abc import Mapping
from datetime import date, timedelta

MOST_SHEETS = 60
LONGEST_NAME = 40
LONGEST_LINE = 64
DELIVERY_DAYS = 6

_LOB_NAMES = {
    "address1": "address_line1",
    "address2": "address_line2",
    "city": "address_city",
    "state": "address_state",
    "postal_code": "address_zip",
    "country": "address_country",
}


def address_fields(address: Mapping[str, str]) -> dict[str, str]:
    """An address in the print house's own names; names are cut at a word, empty lines left out."""
    fields = {"name": cut_name(address.get("name", ""))}
    for ours, theirs in _LOB_NAMES.items():
        if text := address.get(ours, ""):
            fields[theirs] = text
    return fields


def cut_name(name: str) -> str:
    """At most 40 characters, whole words where possible."""
    if len(name) <= LONGEST_NAME:
        return name
    shorter = name[: LONGEST_NAME + 1].rsplit(" ", 1)[0]
    return shorter if len(shorter) <= LONGEST_NAME else name[:LONGEST_NAME]


def sheets(pages: int) -> int:
    """Sheets of paper, printed on both sides, with the address sheet in front."""
    return 1 + (pages + 1) // 2


def expected_delivery(sent: date) -> date:
    """Six business days after sending, until the print house says otherwise."""
    day, left = sent, DELIVERY_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day
