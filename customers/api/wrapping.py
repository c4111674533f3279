"""Parameters with a rule about when they are read."""

from typing import Any

from customers.api.parameter import ABSENT, Field, Place


class OnCreate(Field):
    """A parameter that only creating reads; later values are ignored, whatever they are."""

    def __init__(self, inner: Field) -> None:
        super().__init__(aliases=inner.aliases, label=inner.label)
        self.inner = inner

    def read(self, raw: Any, place: Place, *, update: bool) -> Any:
        return ABSENT if update else self.inner.read(raw, place, update=False)


class NullMeansDefault(Field):
    """A nullable parameter for which null chooses the default on create and "none" on update."""

    def __init__(self, inner: Field) -> None:
        super().__init__(aliases=inner.aliases, label=inner.label)
        self.inner = inner

    def read(self, raw: Any, place: Place, *, update: bool) -> Any:
        if not update and raw is not ABSENT and self.inner.is_blank(raw, place):
            raw = ABSENT
        return self.inner.read(raw, place, update=update)
