"""Made-up addresses for files that have none: for trials, never for live delivery."""

import re
import zlib
from typing import Any

from django.conf import settings

from customers.errors import Refused

FLAG = "sample_contact"
_NOT_FOR_MAIL = re.compile(r"[^a-z0-9._-]+")
# Towns with one of their postal codes; the streets are invented.
_PLACES = (
    ("Springfield", "IL", "62701"), ("Madison", "WI", "53703"), ("Salem", "OR", "97301"),
    ("Dover", "DE", "19901"), ("Concord", "NH", "03301"), ("Lansing", "MI", "48933"),
    ("Boise", "ID", "83702"), ("Helena", "MT", "59601"), ("Pierre", "SD", "57501"),
    ("Augusta", "ME", "04330"), ("Topeka", "KS", "66603"), ("Olympia", "WA", "98501"),
)  # fmt: skip
_STREETS = ("Example Street", "Sample Avenue", "Specimen Road", "Placeholder Lane")


def refuse_when_live() -> None:
    """Raises Refused (`sample_contacts`) where messages really leave the house."""
    if settings.DELIVERY_MODE == "live":
        raise Refused(
            "Sample contacts are for trials: they are refused with DELIVERY_MODE=live.",
            param="sample_contacts",
        )


def sample_contact(number: str) -> dict[str, Any]:
    """An address that nobody has (`example.test` never resolves), the same for a number each time."""
    seed = zlib.crc32(number.encode())
    city, state, postal_code = _PLACES[seed % len(_PLACES)]
    local = _NOT_FOR_MAIL.sub("-", number.lower()).strip(".-")[:64] or "customer"
    return {
        "email": f"{local}@example.test",
        "address1": f"{100 + seed // 16 % 9900} {_STREETS[seed // 7 % len(_STREETS)]}",
        "city": city,
        "state": state,
        "postal_code": postal_code,
        "country": "US",
    }
