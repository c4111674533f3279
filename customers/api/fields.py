"""Wire types: what a parameter may look like and what it becomes (Invoiced API, parameter types).

A field turns one JSON or form value into a Python value or raises `Refused(message, param)`. Fields
are put together in a `customers.api.shapes.Shape`:

    class ContactShape(Shape):
        name = Text(required=True, max_length=255)
        email = Email(nullable=True)
        primary = Flag(default=True)
        metadata = Metadata()

    values = ContactShape.read(request.data)                  # create: {"name": "Ann", "primary": True}
    values = ContactShape.read(request.data, update=True)     # PATCH: only what was sent

The result holds plain values under the wire's names. How absence, null and "" are told apart:

- absent: on create `default`, if there is one, else nothing; 400 if required. On update nothing.
- null or "", nullable: the field's empty value.
- null or "", not nullable: on create `default`; on update nothing, the row keeps what it has. 400 if
  required.

The empty value of `Text`, `Email` and `Choice` is `""` (as the columns store it), of all others None.
Unknown and read-only parameters have no field and are ignored. Options of every field:
`required`, `nullable`, `default` (a value or a function without arguments), `aliases` (other names of
the same parameter; the proper one wins), `label` (how messages call it), `check` (a function that gets
the value and returns it, or raises `Refused(message)`; the param is filled in).
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db.models import Model, QuerySet

from customers.api.parameter import Field, Place
from customers.encoding import digits
from customers.errors import Refused
from customers.money import LARGEST_AMOUNT
from customers.wire.values import LONGEST_EMAIL, clean_text, is_email

LARGEST_INTEGER: Final = 2**63 - 1
LATEST_TIMESTAMP: Final = 4102444800  # 2100-01-01; anything later is a value in milliseconds

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_INTEGER = re.compile(r"[+-]?[0-9]{1,50}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,50}(?:\.[0-9]{0,50})?|\.[0-9]{1,50})")


class Text(Field):
    """Text, stripped, without control characters; numbers and booleans are written out."""

    empty = ""

    def __init__(self, *, max_length: int = 255, one_line: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.max_length = max_length
        self.one_line = one_line

    def convert(self, raw: Any, place: Place) -> Any:
        text = clean_text(_written(raw, place))
        if self.one_line and ("\n" in text or "\r" in text):
            raise place.refuse("must not contain line breaks")
        if len(text) > self.max_length:
            raise place.refuse(f"is longer than {self.max_length:,} characters")
        return text


class Email(Text):
    """One mail address of at most 254 characters, stored in lower case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_EMAIL, one_line=True, **options)

    def convert(self, raw: Any, place: Place) -> Any:
        address = super().convert(raw, place).lower()
        if not is_email(address):
            raise place.refuse("is not a valid email address")
        return address


class Choice(Text):
    """One of the documented words."""

    def __init__(self, words: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self.words = tuple(words)

    def convert(self, raw: Any, place: Place) -> Any:
        word = super().convert(raw, place)
        if word not in self.words:
            raise place.refuse(f"must be one of: {', '.join(self.words)}")
        return word


class Integer(Field):
    """A whole number; `5.0` and "5" count, fractions and words do not."""

    def __init__(
        self, *, minimum: int = -LARGEST_INTEGER, maximum: int = LARGEST_INTEGER, **options: Any
    ) -> None:
        super().__init__(**options)
        self.minimum = minimum
        self.maximum = maximum

    def convert(self, raw: Any, place: Place) -> Any:
        number = _whole(raw)
        if number is None:
            raise place.refuse("must be a whole number")
        if not self.minimum <= number <= self.maximum:
            raise place.refuse(f"must lie between {self.minimum} and {self.maximum}")
        return number


class Amount(Field):
    """An exact number below 10^15: money, quantities, rates. Binary floats are not accepted.

    `decimals` rounds half up to so many places; without it the digits stay as sent, and money is
    rounded to its currency's minor unit by `customers.money.to_minor`.
    """

    def __init__(
        self,
        *,
        minimum: Decimal | int | None = None,
        maximum: Decimal | int | None = None,
        decimals: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.minimum = minimum
        self.maximum = maximum
        self.decimals = decimals

    def convert(self, raw: Any, place: Place) -> Any:
        amount = _number(raw)
        if amount is None:
            raise place.refuse("must be a number")
        # Compared by exponent first: arithmetic on 1E+999999 would fill the memory.
        if amount.adjusted() > 15 or abs(amount) >= LARGEST_AMOUNT:
            raise place.refuse("is too large")
        if amount and amount.adjusted() < -50:
            raise place.refuse("has too many decimals")
        if self.decimals is not None:
            amount = amount.quantize(Decimal(1).scaleb(-self.decimals), rounding=ROUND_HALF_UP)
        if self.minimum is not None and amount < self.minimum:
            raise place.refuse(f"must be at least {self.minimum}")
        if self.maximum is not None and amount > self.maximum:
            raise place.refuse(f"must be at most {self.maximum}")
        return amount


class Flag(Field):
    """Yes or no, in all the forms the official clients write. "" is "no" in form text only."""

    def is_blank(self, raw: Any, place: Place) -> bool:
        return raw is None or (raw == "" and self.nullable and not place.form)

    def convert(self, raw: Any, place: Place) -> Any:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, int | Decimal) and raw in (0, 1):
            return bool(raw)
        word = raw.strip().lower() if isinstance(raw, str) else None
        if word in _TRUE:
            return True
        if word in _FALSE or (word == "" and place.form):
            return False
        raise place.refuse("must be true or false")


class Timestamp(Field):
    """Unix seconds up to the year 2100, or "now"; becomes an aware datetime in UTC, whole seconds."""

    def convert(self, raw: Any, place: Place) -> Any:
        if isinstance(raw, str) and raw.strip().lower() == "now":
            return datetime.now(UTC).replace(microsecond=0)
        seconds = _whole(raw)
        if seconds is None or not 0 <= seconds <= LATEST_TIMESTAMP:
            raise place.refuse("must be a Unix timestamp in seconds")
        return datetime.fromtimestamp(seconds, UTC)


class Related(Field):
    """The id of another object; becomes that row. An expanded object that is sent back counts, too.

    `rows` gives the rows that may be named (a function, so that each request asks afresh). `kept` is the
    attribute of the changed row that holds the present one: that may be named whatever became of it.
    """

    def __init__(
        self,
        rows: Callable[[], QuerySet[Any]],
        *,
        noun: str,
        by: str = "pk",
        kept: str = "",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.rows = rows
        self.noun = noun
        self.by = by
        self.kept = kept

    def convert(self, raw: Any, place: Place) -> Model:
        key = raw.get("id") if isinstance(raw, dict) else raw
        kind: Field = Integer(minimum=1) if self.by == "pk" else Text()
        value = kind.convert(key, place)
        row = self.rows().filter(**{self.by: value}).first()
        if row is None and self.kept and place.stored is not None:
            present = getattr(place.stored, self.kept)
            row = present if present and getattr(present, self.by) == value else None
        if row is None:
            raise Refused(f"{self.noun} was not found: {key}", place.param)
        return row  # type: ignore[no-any-return]


def _written(raw: Any, place: Place) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int):
        return str(raw)
    if isinstance(raw, Decimal):
        return digits(raw)
    raise place.refuse("must be text")


def _whole(raw: Any) -> int | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw
    if isinstance(raw, Decimal):
        return int(raw) if raw.adjusted() <= 50 and raw == raw.to_integral_value() else None
    if isinstance(raw, str) and _INTEGER.fullmatch(raw.strip()):
        return int(raw)
    return None


def _number(raw: Any) -> Decimal | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return Decimal(raw)
    if isinstance(raw, Decimal) and raw.is_finite():
        return raw
    if isinstance(raw, str) and _NUMBER.fullmatch(raw.strip()):
        return Decimal(raw.strip())
    return None
