"""What fits on an address label and into an envelope (Lob help centre, Letters)."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from customers.errors import Refused

MOST_SHEETS = 60
MOST_SHEETS_ABROAD = 6
LARGEST_FILE = 5 * 1024 * 1024
LONGEST_NAME = 40
LONGEST_LINE, LONGEST_LINE_ABROAD, LONGEST_CITY = 64, 200, 200
DELIVERY_DAYS = 6
# US Letter in points; printers forgive less than a point.
PAGE = (612.0, 792.0)
_TOLERANCE = 1.0

_LOB_NAMES = {
    "address1": "address_line1",
    "address2": "address_line2",
    "city": "address_city",
    "state": "address_state",
    "postal_code": "address_zip",
    "country": "address_country",
}
_ZIP = re.compile(r"[0-9]{5}(-[0-9]{4})?")


# Countries of the post that are parts of the United States to it.
_TERRITORIES = frozenset({"AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI"})


def address_fields(address: Mapping[str, str]) -> dict[str, str]:
    """An address in the print house's own names; names are cut at a word, empty lines left out."""
    fields = {"name": cut_name(address.get("name", ""))}
    if attention := address.get("attention", ""):
        # The second line above the address, whatever stands there (Lob, Addresses).
        fields["company"] = cut_name(attention)
    for ours, theirs in _LOB_NAMES.items():
        if text := address.get(ours, ""):
            fields[theirs] = text
    if is_domestic(address):
        fields["address_country"] = "US"
        if code := state_of(address):
            fields["address_state"] = code
    elif state := fields.pop("address_state", ""):
        # Abroad the print house takes either a postal code or a state.
        fields["address_city"] = f"{fields.get('address_city', '')} {state}".strip()
    return fields


def check_address(address: Mapping[str, str]) -> None:
    """Raise Refused naming the part that the print house would send back."""
    domestic = is_domestic(address)
    longest = LONGEST_LINE if domestic else LONGEST_LINE_ABROAD
    for name, most in (("address1", longest), ("address2", longest), ("city", LONGEST_CITY)):
        if len(address.get(name, "")) > most:
            raise Refused(f"{_spoken(name)} of a letter can have at most {most} characters.", param=name)
    if not domestic:
        return
    if state_of(address) is None:
        raise Refused("An address in the United States needs a state such as TX.", param="state")
    if not _ZIP.fullmatch(address.get("postal_code", "").strip()):
        raise Refused("An address in the United States needs a ZIP code such as 78735.", param="postal_code")


def is_domestic(address: Mapping[str, str]) -> bool:
    return (address.get("country") or "US").upper() in {"US", *_TERRITORIES}


def state_of(address: Mapping[str, str]) -> str | None:
    """The two letters of an address's state or territory; None when it names none."""
    country = (address.get("country") or "US").upper()
    return country if country in _TERRITORIES else state_code(address.get("state", ""))


def state_code(state: str) -> str | None:
    """The two letters of a state that is written in either way; None for none of them."""
    plain = " ".join(state.replace(".", "").split()).casefold()
    if plain in _states():
        return _states()[plain]
    # Military addresses have states of their own.
    known = {*_states().values(), "AA", "AE", "AP"}
    return plain.upper() if plain.upper() in known else None


@lru_cache(maxsize=1)
def _states() -> dict[str, str]:
    with (Path(__file__).parent / "states.toml").open("rb") as file:
        return {str(name): str(code) for name, code in tomllib.load(file).items()}


def _spoken(name: str) -> str:
    return {"address1": "The first line", "address2": "The second line", "city": "The city"}[name]


def cut_name(name: str) -> str:
    """At most 40 characters, whole words where possible."""
    if len(name) <= LONGEST_NAME:
        return name
    shorter = name[: LONGEST_NAME + 1].rsplit(" ", 1)[0]
    return shorter if len(shorter) <= LONGEST_NAME else name[:LONGEST_NAME]


def sheets(pages: int, *, double_sided: bool = True, blank_page: bool = True) -> int:
    """Sheets of paper; the inserted address page is the first side of the first sheet."""
    on_paper = (pages + 1) // 2 if double_sided else pages
    return on_paper + 1 if blank_page else on_paper


def file_problem(pdf: bytes) -> tuple[str, str] | None:
    """Why the print house would refuse a file, as its code and a sentence; None when it is fine."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    if len(pdf) > LARGEST_FILE:
        return "file_size_exceeds_limit", "The PDF is larger than 5 MB."
    try:
        reader = PdfReader(BytesIO(pdf))
        if reader.is_encrypted:
            return "pdf_encrypted", "The PDF is encrypted."
        boxes = [page.mediabox for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError) as broken:
        return "invalid_file", f"The PDF cannot be read: {broken}"[:500]
    if not boxes:
        return "file_pages_below_min", "The PDF has no page."
    for box in boxes:
        if abs(float(box.width) - PAGE[0]) > _TOLERANCE or abs(float(box.height) - PAGE[1]) > _TOLERANCE:
            return "invalid_file_dimensions", "A letter's pages must be 8.5 by 11 inches."
    return None


def expected_delivery(sent: date) -> date:
    """Six business days after sending, until the print house says otherwise."""
    day, left = sent, DELIVERY_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day
