"""Who writes to whom, in which language and by which clock: what a copy needs beside facts and look.

It is kept with what is issued, so that paper and page of it stay what they were when a company or a
customer is renamed, moves or changes its bank. Plain JSON values; the logo is a file and not among them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from zoneinfo import ZoneInfo

from statements.letterhead import Addressee, Sender


@dataclass(frozen=True, slots=True)
class Parties:
    """`locale` is how amounts, days and words are written to the addressee; `zone` cuts the days."""

    sender: Sender
    addressee: Addressee
    locale: str
    zone: ZoneInfo


def to_kept(parties: Parties) -> dict[str, Any]:
    """What is stored beside the facts."""
    return {
        "sender": {k: v for k, v in asdict(replace(parties.sender, logo=None)).items() if k != "logo"},
        "addressee": asdict(parties.addressee),
        "locale": parties.locale,
        "zone": parties.zone.key,
    }


def from_kept(kept: Mapping[str, Any]) -> Parties:
    """The parties that `to_kept` took apart."""
    return Parties(
        sender=Sender(**_values(Sender, kept["sender"])),
        addressee=Addressee(**_values(Addressee, kept["addressee"])),
        locale=kept["locale"],
        zone=ZoneInfo(kept["zone"]),
    )


def _values(kind: type[Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Lists come back as tuples; what a later version no longer knows is left out."""
    known = {field.name for field in fields(kind)}
    return {k: tuple(v) if isinstance(v, list) else v for k, v in kept.items() if k in known}
