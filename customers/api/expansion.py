"""`expand`, `include` and `exclude`: more or less of an object than usual (Invoiced API, expand).

    expandable = {"customer": Expandable(load_customers), "charge": Expandable(load_charges, {…})}
    includable = {"aging": add_aging}

A loader gets all ids of a page at once and answers with wire objects by id: one more query per name,
not per row. Unknown names are ignored.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from customers.api.query import words_of

WireObject = dict[str, Any]
Loader = Callable[[Collection[Any]], Mapping[Any, WireObject]]
Includer = Callable[[list[WireObject]], None]

MAX_NAMES = 50
_ALWAYS = frozenset({"id", "object"})


@dataclass(frozen=True, slots=True)
class Expandable:
    """A relation whose id can give way to the object; `inner` are the relations of that object."""

    load: Loader
    inner: "Mapping[str, Expandable]" = field(default_factory=dict)


def expand(objects: list[WireObject], wanted: Any, expandable: Mapping[str, Expandable]) -> None:
    """Replace ids by objects, in place. Dots lead inside: `charge.payment_source`."""
    branches: dict[str, list[str]] = {}
    for word in words_of(wanted)[:MAX_NAMES]:
        name, _, rest = word.partition(".")
        branches.setdefault(name, []).extend([rest] if rest else [])
    for name in branches.keys() & expandable.keys():
        _expand_one(objects, name, branches[name], expandable[name])


def _expand_one(objects: list[WireObject], name: str, inner: list[str], relation: Expandable) -> None:
    ids = {row[name] for row in objects if isinstance(row.get(name), int | str)}
    found = relation.load(ids) if ids else {}
    for row in objects:
        if isinstance(row.get(name), int | str):
            # Each row gets its own copy: what is dropped from one must stay in the others.
            row[name] = dict(found[row[name]]) if row[name] in found else row[name]
    if inner:
        expand([row[name] for row in objects if isinstance(row.get(name), dict)], inner, relation.inner)


def include(objects: list[WireObject], wanted: Any, includable: Mapping[str, Includer]) -> None:
    """Add optional keys, in place."""
    for name in dict.fromkeys(words_of(wanted)[:MAX_NAMES]):
        if name in includable:
            includable[name](objects)


def exclude(objects: list[WireObject], wanted: Any) -> None:
    """Drop keys, in place; `id` and `object` always stay."""
    dropped = set(words_of(wanted)[:MAX_NAMES]) - _ALWAYS
    for row in objects:
        for name in dropped & row.keys():
            del row[name]
