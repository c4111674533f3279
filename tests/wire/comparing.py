"""How a JSON answer differs from a printed one: keys, types and values, each named by its place."""

from collections.abc import Iterator
from typing import Any

KINDS = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}


def kind(value: Any) -> str:
    return "null" if value is None else KINDS[type(value)]


def unlike(printed: Any, answered: Any, place: str = "") -> dict[str, str]:
    """Printed keys that are missing and values of another type. A printed null may be anything."""
    return dict(_unlike(printed, answered, place))


def _unlike(printed: Any, answered: Any, place: str) -> Iterator[tuple[str, str]]:
    if printed is None:
        return
    if kind(printed) != kind(answered):
        yield place, f"{kind(printed)} is printed, {kind(answered)} answered"
    elif isinstance(printed, dict):
        for name, value in printed.items():
            below = f"{place}.{name}" if place else name
            if name in answered:
                yield from _unlike(value, answered[name], below)
            else:
                yield below, "missing"
    elif isinstance(printed, list) and printed:
        if not answered:
            yield place, "empty"
        for item in answered:
            yield from _unlike(printed[0], item, f"{place}[]")


def changed(printed: Any, answered: Any, place: str = "") -> dict[str, tuple[Any, Any]]:
    """Places whose value is another one, with both values. Additional keys of the answer do not count."""
    return dict(_changed(printed, answered, place))


def _changed(printed: Any, answered: Any, place: str) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if isinstance(printed, dict) and isinstance(answered, dict):
        for name in printed.keys() & answered.keys():
            yield from _changed(printed[name], answered[name], f"{place}.{name}" if place else name)
    elif isinstance(printed, list) and isinstance(answered, list) and len(printed) == len(answered):
        for one, other in zip(printed, answered, strict=True):
            yield from _changed(one, other, f"{place}[]")
    elif printed != answered:
        yield place, (printed, answered)
