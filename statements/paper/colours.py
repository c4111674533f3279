"""Colours as six hexadecimal digits: their tint behind a box, and whether they can be read."""

import re

# What the amount due stands on: so much of the accent, the rest white.
_TINT = 0.075
# For text of any size (WCAG 2, level AA).
READABLE = 4.5

_HEX = re.compile(r"[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    return _HEX.fullmatch(text) is not None


def tint(colour: str) -> str:
    """The colour, all but white."""
    parts = (round(255 - _TINT * (255 - part)) for part in _parts(colour))
    return "".join(f"{part:02x}" for part in parts)


def contrast(one: str, other: str) -> float:
    """From 1 to 21 (WCAG 2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def least_contrast(accent: str) -> float:
    """Of an accent on what it stands on: white and its own tint."""
    return min(contrast(accent, "ffffff"), contrast(accent, tint(accent)))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
