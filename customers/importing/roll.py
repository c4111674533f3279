"""The customers a file speaks of, each with what its rows say about it."""

import json
from collections.abc import Mapping as AnyMapping
from typing import Any, NamedTuple

from customers.importing.staging import Stage

_REMEMBERED = 20_000

# Facts by field of the customer; metadata flat, as `metadata.<key>`. `nameless` marks a layout that
# has no names, so that a customer may be called after its number.
Facts = dict[str, Any]


class _Known(NamedTuple):
    facts: Facts
    source: int
    line: int
    own: bool


class Roll:
    """Keeps the first word on each customer; a row that contradicts it is told so.

    Rule for a customer that appears more than once: the first filled value of a field stands, a later
    row may add what was blank, a later row with another value is refused. The most recent ones are
    held in memory, all of them in the stage.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._known: dict[str, _Known] = {}

    def mention(
        self, key: str, number: str, facts: Facts, *, source: int, line: int, own: bool = False
    ) -> list[tuple[str, str]]:
        """Take what a row says; the contradictions as (place, reason), empty when it fits."""
        known = self._known.get(key) or self._recall(key)
        if known is None:
            self._stage.db.execute(
                "INSERT INTO customers VALUES (NULL,?,?,?,?,?,?,NULL)",
                (key, number, source, line, own, json.dumps(facts)),
            )
            self._remember(key, _Known(facts, source, line, own))
            return []
        if known.facts == facts and (known.own or not own):
            return []
        conflicts = [
            (f"customers.{field}", self._reason(number, field, known, value))
            for field, value in facts.items()
            if field in known.facts and not _same(known.facts[field], value)
        ]
        if not conflicts:
            self._add(key, known, facts, source, line, own)
        return conflicts

    def _add(self, key: str, known: _Known, facts: Facts, source: int, line: int, own: bool) -> None:
        merged = facts | known.facts
        if own and not known.own:  # from now on it stands in its own row
            known = _Known(merged, source, line, True)
        elif merged == known.facts:
            return
        self._stage.db.execute(
            "UPDATE customers SET facts = ?, source = ?, line = ?, own = ? WHERE key = ?",
            (json.dumps(merged), known.source, known.line, known.own, key),
        )
        self._remember(key, known._replace(facts=merged))

    def _recall(self, key: str) -> _Known | None:
        row = self._stage.db.execute(
            "SELECT facts, source, line, own FROM customers WHERE key = ?", (key,)
        ).fetchone()
        if row is None:
            return None
        known = _Known(json.loads(row[0]), row[1], row[2], bool(row[3]))
        self._remember(key, known)
        return known

    def _remember(self, key: str, known: _Known) -> None:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key] = known

    def _reason(self, number: str, field: str, known: _Known, value: Any) -> str:
        what = field.removeprefix("metadata.").replace("_", " ")
        return (
            f'customer {number} has two values for {what}: "{known.facts[field]}" in '
            f'{self._stage.labels[known.source]}, line {known.line}, and "{value}" here'
        )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return same_name(one, other)
    return bool(one == other)


def same_name(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but blanks and letter case."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def metadata_of(facts: AnyMapping[str, Any]) -> dict[str, str]:
    return {
        name.removeprefix("metadata."): text for name, text in facts.items() if name.startswith("metadata.")
    }
