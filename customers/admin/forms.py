"""Forms of the back office: the theme's widgets, company days, exact amounts, refusals beside fields."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from unfold import widgets

from customers.dates import FIRST_DAY, LAST_DAY, is_known_day, local_day, midday
from customers.errors import Refused
from customers.models import Company
from customers.money import LARGEST_AMOUNT, is_currency, to_minor
from customers.wire.codes import lower_code

_PART = re.compile(r"(?P<list>[a-z_]+)\.(?P<row>\d+)(?:\.(?P<field>\w+))?")

_CLASSES: tuple[tuple[type[forms.Widget], list[str]], ...] = (
    (forms.CheckboxInput, widgets.CHECKBOX_CLASSES),
    (forms.CheckboxSelectMultiple, widgets.CHECKBOX_CLASSES),  # before the radios, whose child it is
    (forms.RadioSelect, widgets.RADIO_CLASSES),
    (forms.Textarea, widgets.TEXTAREA_CLASSES),
    (forms.Select, widgets.SELECT_CLASSES),
    (forms.FileInput, ["desk-file"]),
    (forms.HiddenInput, []),
    (forms.Widget, widgets.INPUT_CLASSES),
)


def dress(form: forms.BaseForm) -> None:
    """Give every widget of a form the theme's look."""
    for field in form.fields.values():
        dress_field(field)


def dress_field(field: forms.Field) -> None:
    classes = next(names for kind, names in _CLASSES if isinstance(field.widget, kind))
    own = field.widget.attrs.get("class", "")
    field.widget.attrs["class"] = " ".join([*classes, own]).strip()
    if isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") == "10":
        field.widget.attrs["rows"] = 3  # the framework's ten are for essays


class DeskForm(forms.Form):
    """A form in the theme's look that can show what the domain refused."""

    # Names of the wire that differ from the names of our fields.
    refused_names: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def refuse(self, refused: Refused) -> None:
        """Show a refusal beside the field it names, else above the form."""
        show_refusal(self, refused, self.refused_names, getattr(self, "rows", None))


def show_refusal(form: forms.BaseForm, refused: Refused, names: Mapping[str, str], rows: Any = None) -> None:
    """`items.2.quantity` goes to the third row of `rows`, `due_date` to the field of that name."""
    param = refused.param or ""
    part = _PART.fullmatch(param)
    if part and rows is not None and int(part["row"]) < len(rows.forms):
        row = rows.forms[int(part["row"])]
        name = names.get(part["field"] or "", part["field"] or "")
        row.add_error(name if name in row.fields else None, refused.message)
        return
    name = names.get(param, part["list"] if part else param)
    form.add_error(name if name in form.fields else None, refused.message)


class DayInput(forms.DateInput):
    """The browser's own calendar; always ISO, whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "desk-day", **(attrs or {})}, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A company calendar day, within the range of days that can be reckoned with."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not is_known_day(value):
            raise forms.ValidationError(f"Days go from {FIRST_DAY} to {LAST_DAY}.")


def moment_of(day: date | None, *, zone: ZoneInfo, now: datetime) -> datetime | None:
    """A picked day as the moment to record: now for today, 12:00 company time for any other day."""
    if day is None:
        return None
    return now if day == local_day(now, zone) else midday(day, zone)


def today() -> date:
    return local_day(timezone.now(), Company.get().zone)


class AmountField(forms.DecimalField):
    """An amount in units of a currency, entered with at most four decimals."""

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        if not signed:
            kwargs.setdefault("min_value", Decimal(0))
        kwargs.setdefault("max_value", LARGEST_AMOUNT)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(**kwargs)
        self.widget.attrs.update({"class": "desk-amount", "step": "any", "inputmode": "decimal"})


class CurrencyField(forms.CharField):
    """An ISO 4217 code, kept in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=3, **kwargs)
        self.widget.attrs.update({"class": "desk-code", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        code = lower_code(str(super().clean(value) or "").strip())
        if code and not is_currency(code):
            raise forms.ValidationError(f"{code.upper()} is not a currency.")
        return code


def minor_of(amount: Decimal | None, currency: str) -> int:
    """An entered amount in minor units; nothing entered is nothing."""
    return to_minor(amount, currency) if amount else 0
