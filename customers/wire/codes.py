"""Codes of countries and languages that the API knows (ISO 3166-1, ISO 639-1)."""

from functools import lru_cache

from babel import Locale

# Codes that the locale data knows although they name no country: unions, test data, parts of others.
_NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])


def lower_code(text: str) -> str:
    """A code in lower case. Letters that are none of a code's stay: their other case could be one."""
    return text.lower() if text.isascii() else text


def upper_code(text: str) -> str:
    """A code in upper case, under the same rule."""
    return text.upper() if text.isascii() else text


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """All two-letter country codes, upper case; Kosovo's user-assigned XK counts, too."""
    known = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in known if len(code) == 2 and code.isalpha()) - _NO_COUNTRY


@lru_cache(maxsize=1)
def languages() -> frozenset[str]:
    """All two-letter language codes, lower case."""
    return frozenset(str(code) for code in Locale("en").languages if len(str(code)) == 2)
