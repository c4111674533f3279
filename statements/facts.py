"""A statement's facts as JSON and back, without losing a cent: the form in which they are kept.

Field names are those of the frozen values; money is whole minor units and moments are Unix seconds,
so plain JSON carries them exactly. Fields added later read as their defaults from older snapshots.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from statements.statement import Aging, CreditLine, Line, Member, Memo, OpenLine, Options, Statement


def to_facts(statement: Statement) -> dict[str, Any]:
    """The snapshot of a statement: plain JSON values only."""
    return asdict(statement)


def from_facts(facts: Mapping[str, Any]) -> Statement:
    """The very statement that `to_facts` took apart. Raises TypeError for a snapshot of another shape."""
    changed = facts.get("changed_since")
    return Statement(
        **{
            **facts,
            "options": Options(**facts["options"]),
            "member": Member(**facts["member"]),
            "members": tuple(Member(**member) for member in facts["members"]),
            "aging": Aging(**facts["aging"]),
            "memo": Memo(**facts["memo"]),
            "open_lines": tuple(OpenLine(**line) for line in facts.get("open_lines", ())),
            "lines": tuple(Line(**line) for line in facts.get("lines", ())),
            "credit_lines": tuple(CreditLine(**line) for line in facts.get("credit_lines", ())),
            "changed_since": None if changed is None else (changed[0], changed[1]),
        }
    )
