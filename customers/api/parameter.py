"""What every parameter shares: where it stands, and what absent, null and "" mean for it.

The wire types themselves are in `customers.api.fields`, compound ones in `customers.api.shapes`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from customers.errors import Refused
from customers.wire.values import clean_text


class _Absent:
    """The parameter was not sent at all."""

    def __bool__(self) -> bool:
        return False


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its dotted name, how people call it, and whether it came as form text.

    `stored` is the row that is being changed. What it names already may be sent back, though it could not
    be chosen any more: some clients save by sending whole objects.
    """

    param: str
    label: str
    form: bool = False
    stored: Any = None

    def below(self, step: str | int) -> "Place":
        return Place(f"{self.param}.{step}", spoken(str(step), self.label), self.form, self.stored)

    def refuse(self, rule: str) -> Refused:
        return Refused(f"{self.label} {rule}.", self.param)


def spoken(name: str, around: str = "") -> str:
    """`credit_limit` as "Credit limit"; a position in a list as "Taxes 1"."""
    if name.isdigit():
        return f"{around} {int(name) + 1}".strip()
    return name.replace("_", " ").strip().capitalize() or name


class Field:
    """One parameter. Subclasses say in `convert` what a value that is present becomes."""

    empty: Any = None  # what null means for a nullable field
    # For the API's description: the plain form as JSON Schema or a shape; None: that of the kind it extends.
    form: ClassVar[Any] = None

    def __init__(
        self,
        *,
        required: bool = False,
        nullable: bool = False,
        default: Any = ABSENT,
        aliases: Sequence[str] = (),
        label: str = "",
        check: Callable[[Any], Any] | None = None,
    ) -> None:
        self.required = required
        self.nullable = nullable
        self.default = default
        self.aliases = tuple(aliases)
        self.label = label
        self.check = check

    def read(self, raw: Any, place: Place, *, update: bool) -> Any:
        """The value for one sent or absent parameter; `ABSENT` when it leaves no trace."""
        if raw is ABSENT:
            return ABSENT if update else self._missing(place)
        if self.is_blank(raw, place):
            if self.required:
                raise place.refuse("is missing")
            return self.when_blank(place, update=update)
        return self.checked(self.convert(raw, place), place)

    def convert(self, raw: Any, place: Place) -> Any:
        raise NotImplementedError

    def is_blank(self, raw: Any, place: Place) -> bool:
        return raw is None or (isinstance(raw, str) and not clean_text(raw))

    def when_blank(self, place: Place, *, update: bool) -> Any:
        if self.nullable:
            return self.empty
        return ABSENT if update else self._default()

    def checked(self, value: Any, place: Place) -> Any:
        if self.check is None:
            return value
        try:
            return self.check(value)
        except Refused as refused:
            raise Refused(refused.message, refused.param or place.param) from None

    def _missing(self, place: Place) -> Any:
        if self.required:
            raise place.refuse("is missing")
        return self._default()

    def _default(self) -> Any:
        return self.default() if callable(self.default) else self.default
