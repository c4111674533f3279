"""An object's metadata as rows of a form: a key and a value each, under the API's own rules.

Only what somebody changed is read anew. Numbers and booleans that an integration stored keep their
type when they are left alone, and when the new text still is a number or a boolean.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from customers.admin.forms import dress
from customers.encoding import digits, same_json, to_json
from customers.errors import Refused
from customers.wire.metadata import (
    MAX_METADATA_KEY,
    MAX_METADATA_KEYS,
    MAX_METADATA_VALUE,
    check_metadata_size,
    metadata_key,
    metadata_value,
)
from customers.wire.values import clean_text

PREFIX = "metadata"

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,49})(?:\.[0-9]{1,50})?")


class MetadataRow(forms.Form):
    """One pair. `was` is the key under which it was shown; a row without key and value is no pair."""

    was = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    key = forms.CharField(
        required=False,
        widget=forms.TextInput({"maxlength": MAX_METADATA_KEY, "aria-label": "Key", "autocomplete": "off"}),
    )
    # An area and not a line: values may have line breaks, which a line would drop.
    value = forms.CharField(
        required=False,
        widget=forms.Textarea({"maxlength": MAX_METADATA_VALUE, "aria-label": "Value", "rows": 1}),
    )

    def __init__(self, *args: Any, stored: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        dress(self)

    @property
    def pair(self) -> tuple[str, Any] | None:
        """What the row says, after validation."""
        found = self.cleaned_data
        return (found["key"], found["value"]) if found.get("key") else None

    def clean(self) -> dict[str, Any]:
        sent = self.cleaned_data
        was, key, text = (clean_text(sent.get(name, "")) for name in ("was", "key", "value"))
        sent["was"] = was
        if not key and not text:
            return sent
        known = was in self.stored
        before = self.stored.get(was)
        try:
            sent["key"] = was if known and key == was else metadata_key(key)
        except Refused as refused:
            self.add_error("key", refused.message)
        try:
            untouched = known and text == written(before)
            sent["value"] = before if untouched else metadata_value(key, _typed_like(before, text))
        except Refused as refused:
            self.add_error("value", refused.message)
        return sent


def written(value: Any) -> str:
    """A stored value as the text of its field."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return digits(Decimal(str(value)))
    return clean_text(value if isinstance(value, str) else to_json(value).decode())


def _typed_like(before: Any, text: str) -> Any:
    """New text in place of a number or a boolean stays one, if it reads as one."""
    if isinstance(before, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(before, int | float) and _NUMBER.fullmatch(text):
        return Decimal(text)
    return text


class Rows(forms.BaseFormSet[MetadataRow]):
    deletion_widget = forms.HiddenInput

    def __init__(self, data: Any = None, *, stored: Mapping[str, Any]) -> None:
        self.stored = stored
        shown = [{"was": key, "key": key, "value": written(value)} for key, value in stored.items()]
        super().__init__(
            data, prefix=PREFIX, initial=shown if data is None else None, form_kwargs={"stored": stored}
        )

    def clean(self) -> None:
        if any(self.errors):
            return
        seen: set[str] = set()
        for row in self._kept():
            if row.pair and row.pair[0] in seen:
                row.add_error("key", "This key is already in the list.")
            elif row.pair:
                seen.add(row.pair[0])
        if self.changes():
            try:
                check_metadata_size(self.changes()["metadata"])
            except Refused as refused:
                raise forms.ValidationError(refused.message) from None

    def changes(self) -> dict[str, Any]:
        """`metadata` as it is to be stored, or nothing when nothing changed.

        Pairs that were added elsewhere since the page was shown stay.
        """
        shown = {row.cleaned_data.get("was", "") for row in self.forms}
        found = {key: value for key, value in self.stored.items() if key not in shown}
        found |= dict(row.pair for row in self._kept() if row.pair)
        return {} if same_json(found, dict(self.stored)) else {"metadata": found}

    def _kept(self) -> list[MetadataRow]:
        # The framework's own list of deleted rows is empty as long as another row is wrong.
        return [row for row in self.forms if not row.cleaned_data.get("DELETE")]


_ROWS: Any = forms.formset_factory(
    MetadataRow, formset=Rows, extra=0, max_num=MAX_METADATA_KEYS, can_delete=True
)


def metadata_rows(data: Any, *, stored: Mapping[str, Any] | None) -> Rows:
    """The rows as sent (`data`), else as stored."""
    rows: Rows = _ROWS(data, stored=stored or {})
    return rows
