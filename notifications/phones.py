"""Phone numbers in international form, and whether they take texts."""

import re

import phonenumbers
from phonenumbers import PhoneNumberType

from notifications.channels.sandbox import is_sandbox

# Numbers that no text can reach, or that cost the one who is written to.
_DEAF = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})


def e164(raw: str, country: str) -> str | None:
    """A phone number in international form, or None.

    What the numbering plan does not know is accepted in the sandbox only, by the plain rule of the
    API: digits, with the country's code in front unless they begin with it.
    """
    code = phonenumbers.country_code_for_region(country.upper())
    try:
        parsed = phonenumbers.parse(raw, country.upper() if code else None)
        if phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    digits = digits_of(raw)
    if not is_sandbox() or not 7 <= len(digits) <= 15:
        return None
    if raw.strip().startswith("+") or not code or digits.startswith(str(code)):
        return f"+{digits}"
    return f"+{code}{digits}"


def takes_texts(number: str) -> bool:
    """Whether a number in international form may be a mobile one; unknown kinds may."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(number)) not in _DEAF
    except phonenumbers.NumberParseException:
        return True


def digits_of(raw: str) -> str:
    return re.sub(r"[^0-9]", "", raw)
