"""How many text message segments a body costs (3GPP TS 23.038)."""

from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")

LONGEST_BODY = 1600

# What `SmartEncoded` writes in the place of dear characters (Twilio, Smart Encoding).
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟″＂", '"'),
        **dict.fromkeys("‘’‚‛′＇`ʼ", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys(
            "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "
        ),
        **dict.fromkeys("\u200b\u2060\ufeff", ""),
        "…": "...",
        "•": "-",
    }
)


@dataclass(frozen=True, slots=True)
class Segments:
    """The alphabet a body needs, its length in that alphabet's units, and the number of segments."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    count: int


def plain(body: str) -> str:
    """The body as Twilio sends it: each of our requests asks for `SmartEncoded`."""
    return body.translate(_PLAIN)


def segments(body: str) -> Segments:
    """One character outside GSM-7 puts the whole body into UCS-2 and more than doubles the price.

    Counted as it is sent: curly quotes and dashes are made straight and cost nothing extra.
    """
    body = plain(body)
    if all(character in _BASIC or character in _EXTENDED for character in body):
        units = sum(2 if character in _EXTENDED else 1 for character in body)
        return Segments("GSM-7", units, 1 if units <= 160 else _packed(body, 153))
    units = len(body.encode("utf-16-be")) // 2
    return Segments("UCS-2", units, 1 if units <= 70 else _packed_wide(body, 67))


def _packed(body: str, room: int) -> int:
    """Segments of a long GSM-7 body; an escaped character is never torn apart."""
    count, used = 1, 0
    for character in body:
        size = 2 if character in _EXTENDED else 1
        if used + size > room:
            count, used = count + 1, 0
        used += size
    return count


def _packed_wide(body: str, room: int) -> int:
    count, used = 1, 0
    for character in body:
        size = 2 if ord(character) > 0xFFFF else 1
        if used + size > room:
            count, used = count + 1, 0
        used += size
    return count
