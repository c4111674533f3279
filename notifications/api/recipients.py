"""The `to` of a request: a list of objects or of plain addresses, or one of either."""

from typing import Any

from customers.api.parameter import Field, Place
from customers.wire.values import clean_text

_TEXT = {"type": "string"}


class Recipients(Field):
    """Becomes a list of texts and of plain dicts with text values; empty and null mean not given."""

    form = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": dict.fromkeys(("name", "email", "phone", "country"), _TEXT),
        },
        "description": "Whom to write to; absent: those whom the account names.",
    }

    def when_blank(self, place: Place, *, update: bool) -> Any:
        return []

    def convert(self, raw: Any, place: Place) -> Any:
        return [self._entry(entry, place.below(index)) for index, entry in enumerate(self._entries(raw))]

    def _entries(self, raw: Any) -> list[Any]:
        if isinstance(raw, dict):
            numbered = all(key.isascii() and key.isdigit() for key in raw)
            return [raw[key] for key in sorted(raw, key=int)] if numbered else [raw]
        return list(raw) if isinstance(raw, list) else [raw]

    def _entry(self, entry: Any, place: Place) -> Any:
        if isinstance(entry, dict):
            return {
                name: self._text(value, place.below(name))
                for name, value in entry.items()
                if value is not None
            }
        return self._text(entry, place)

    def _text(self, value: Any, place: Place) -> str:
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise place.refuse("must be text")
        text = str(value)
        if "\n" in text.strip() or "\r" in text.strip():
            raise place.refuse("must not contain line breaks")
        return clean_text(text)
