"""What an integrator's own key/value pairs may be (Invoiced API, Metadata).

One rule for the API and the back office. Refusals name no parameter: the caller knows where it stands.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from customers.encoding import digits, to_json
from customers.errors import Refused
from customers.wire.values import clean_text

MAX_METADATA_KEYS: Final = 10
MAX_METADATA_KEY: Final = 40
MAX_METADATA_VALUE: Final = 255

_EXACT_DIGITS = 15  # what a binary double keeps, in every client and in both databases


def read_metadata(pairs: Mapping[str, Any]) -> dict[str, Any]:
    """The map to store. Raises `Refused` for the first pair, or number of pairs, that is not allowed."""
    check_metadata_size(pairs)
    kept: dict[str, Any] = {}
    for key, value in pairs.items():
        name = metadata_key(key)
        if name in kept:
            # Keys that differ by blanks around them: one would overwrite the other.
            raise Refused(f"Metadata has the key {name} twice.")
        kept[name] = metadata_value(key, value)
    return kept


def check_metadata_size(pairs: Mapping[str, Any]) -> None:
    if len(pairs) > MAX_METADATA_KEYS:
        raise Refused(f"Metadata has more than {MAX_METADATA_KEYS} keys.")


def metadata_key(key: str) -> str:
    """1 to 40 characters, without outer blanks and control characters."""
    kept = clean_text(key)
    if not 1 <= len(kept) <= MAX_METADATA_KEY:
        raise Refused(f"Metadata keys must have 1 to {MAX_METADATA_KEY} characters.")
    return kept


def metadata_value(key: str, raw: Any) -> Any:
    """Text, a boolean or a number, at most 255 characters when written out.

    Numbers keep their type as far as every client and both databases hold them exactly (15 digits);
    longer ones become text. Objects and lists become JSON text: one official client can only read text.
    """
    if raw is None:
        raise Refused(f"Metadata must not hold null (key {clean_text(key)[:MAX_METADATA_KEY]}).")
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int):
        value: Any = raw if abs(raw) < 10**_EXACT_DIGITS else str(raw)
    elif isinstance(raw, Decimal):
        value = _exact_number(raw)
    elif isinstance(raw, dict | list):
        value = to_json(_cleaned(raw)).decode()
    elif isinstance(raw, str):
        value = clean_text(raw)
    else:
        raise Refused("Metadata must be text.")
    if len(str(value)) > MAX_METADATA_VALUE:
        raise Refused(f"Metadata values must not be longer than {MAX_METADATA_VALUE} characters.")
    return value


def _exact_number(raw: Decimal) -> int | float | str:
    text = digits(raw)
    if len(text.strip("-0.").replace(".", "")) > _EXACT_DIGITS:
        return text
    if "." not in text:
        return int(text) if len(text) <= _EXACT_DIGITS else text
    # Beyond these sizes the databases disagree about how to write a number.
    return float(text) if abs(raw) >= 1 or raw.adjusted() >= -4 else text


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean_text(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, str):
        return clean_text(value)
    return str(value) if isinstance(value, int) and abs(value) > 2**63 - 1 else value
