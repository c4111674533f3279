"""Parameters put together: whole bodies, objects in bodies, lists and maps.

    class LineShape(Shape):
        name = Text(required=True)
        quantity = Amount(default=Decimal(1))
        metadata = Metadata()

    class InvoiceShape(Shape):
        customer = Related(Customer.objects.all, noun="Customer", required=True)
        items = ListOf(Nested(LineShape))

        @classmethod
        def check(cls, values, *, update):
            if "due_date" in values and values["due_date"] < values["date"]:
                raise Refused("Due date lies before the date.", "due_date")
            return values

Fields are read in the order in which they are written; the first that is wrong ends it with one
`Refused`, its `param` dotted as on the wire: `items.0.quantity`. See `customers.api.fields` for what
absent, null and "" mean.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from customers.api.brackets import FormData, FormList
from customers.api.parameter import ABSENT, Field, Place, spoken
from customers.errors import Refused
from customers.wire.metadata import read_metadata

MAX_ITEMS = 1000


class Shape:
    """The parameters of one endpoint, as class attributes. Read it with `read`; never instantiated."""

    fields: ClassVar[dict[str, Field]] = {}

    def __init_subclass__(cls) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        cls.fields = {**cls.fields, **own}

    @classmethod
    def read(
        cls,
        data: Any,
        *,
        update: bool = False,
        form: bool | None = None,
        at: str = "",
        stored: Any = None,
    ) -> dict[str, Any]:
        """Plain values by wire name. With `update` only what was sent, for the row `stored`; raises
        `Refused`."""
        if not isinstance(data, Mapping):
            raise Refused("The parameters must be an object.", at or None)
        form = isinstance(data, FormData) if form is None else form
        values: dict[str, Any] = {}
        for name, field in cls.fields.items():
            place = Place(f"{at}.{name}" if at else name, field.label or spoken(name), form, stored)
            value = field.read(sent(data, name, field), place, update=update)
            if value is not ABSENT:
                values[name] = value
        return cls.check(values, update=update)

    @classmethod
    def check(cls, values: dict[str, Any], *, update: bool) -> dict[str, Any]:
        """Rules over several parameters, after each one is known to be right by itself."""
        return values


def sent(data: Mapping[str, Any], name: str, field: Field) -> Any:
    """What was sent for a parameter under its own name or an alias, else `ABSENT`."""
    for key in (name, *field.aliases):
        if key in data:
            return data[key]
    return ABSENT


class Nested(Field):
    """An object inside a body. `[]` means the empty object: PHP cannot write `{}`."""

    def __init__(self, shape: type[Shape], **options: Any) -> None:
        super().__init__(**options)
        self.shape = shape

    def convert(self, raw: Any, place: Place) -> Any:
        if raw == []:
            raw = {}
        if not isinstance(raw, dict):
            raise place.refuse("must be an object")
        return self.shape.read(raw, form=place.form, at=place.param, stored=self.stored_in(raw, place))

    def stored_in(self, raw: dict[str, Any], place: Place) -> Any:
        """The stored object that this one changes, where that makes a difference."""
        return None


class ListOf(Field):
    """A list of values of one kind; null and "" are the empty list, in forms also one entry without a value
    (`taxes[]=`). Replaces the stored list as a whole."""

    def __init__(self, item: Field, *, max_items: int = MAX_ITEMS, **options: Any) -> None:
        super().__init__(**options)
        self.item = item
        self.max_items = max_items

    def is_blank(self, raw: Any, place: Place) -> bool:
        # A form has no other way to write a list without entries.
        only = raw[0] if place.form and isinstance(raw, list) and len(raw) == 1 else raw
        return super().is_blank(only, place)

    def when_blank(self, place: Place, *, update: bool) -> Any:
        return self.checked([], place)

    def convert(self, raw: Any, place: Place) -> Any:
        items = _items(raw)
        if items is None:
            raise place.refuse("must be a list")
        if self.required and not items:
            raise place.refuse("is missing")
        if len(items) > self.max_items:
            raise place.refuse(f"has more than {self.max_items:,} entries")
        return [self._one(item, place.below(index)) for index, item in enumerate(items)]

    def _one(self, item: Any, place: Place) -> Any:
        value = self.item.read(item, place, update=False)
        if value is ABSENT:
            raise place.refuse("is missing")
        return value


class MapOf(Field):
    """A map of free keys to values of one kind; `[]`, null and "" are the empty map."""

    def __init__(self, value: Field, *, max_keys: int = MAX_ITEMS, **options: Any) -> None:
        super().__init__(**options)
        self.value = value
        self.max_keys = max_keys

    def when_blank(self, place: Place, *, update: bool) -> Any:
        return self.checked({}, place)

    def convert(self, raw: Any, place: Place) -> Any:
        pairs = _pairs(raw, place)
        if len(pairs) > self.max_keys:
            raise place.refuse(f"has more than {self.max_keys:,} keys")
        return {key: self.value.read(item, place.below(key), update=False) for key, item in pairs.items()}


class Metadata(Field):
    """An integrator's own key/value pairs (Invoiced API, Metadata); replaces the stored map as a whole.

    The rules are those of `customers.wire.metadata`. With `null_is_absent` a null changes nothing.
    """

    def __init__(self, *, null_is_absent: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.null_is_absent = null_is_absent

    def when_blank(self, place: Place, *, update: bool) -> Any:
        return ABSENT if self.null_is_absent else {}

    def convert(self, raw: Any, place: Place) -> Any:
        try:
            return read_metadata(_pairs(raw, place))
        except Refused as refused:
            raise Refused(refused.message, place.param) from None


def _items(raw: Any) -> list[Any] | None:
    if isinstance(raw, list):
        return raw
    if isinstance(raw, dict) and all(key.isascii() and key.isdigit() and len(key) < 19 for key in raw):
        return [raw[key] for key in sorted(raw, key=int)]
    return None


def _pairs(raw: Any, place: Place) -> dict[str, Any]:
    if raw == []:
        return {}
    if isinstance(raw, FormList):
        return raw.as_map
    if not isinstance(raw, dict):
        raise place.refuse("must be an object")
    return raw
