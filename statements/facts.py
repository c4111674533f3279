"""A statement's facts as JSON and back, without losing a cent: the form in which they are kept.

Field names are those of the frozen values; money is whole minor units and moments are Unix seconds,
so plain JSON carries them exactly. Fields added later read as their defaults from older snapshots;
an aging of five named buckets, by days past due, is how the first snapshots kept it.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from statements.statement import Aging, AutoPay, CreditLine, Line, Member, Memo, OpenLine, Options, Statement


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
            "aging": _aging(facts["aging"]),
            "past_due": facts.get("past_due", sum(_aging(facts["aging"]).buckets[1:])),
            "memo": Memo(**facts["memo"]),
            "open_lines": tuple(OpenLine(**line) for line in facts.get("open_lines", ())),
            "lines": tuple(Line(**line) for line in facts.get("lines", ())),
            "credit_lines": tuple(CreditLine(**line) for line in facts.get("credit_lines", ())),
            "autopay": _autopay(facts.get("autopay")),
            "changed_since": None if changed is None else (changed[0], changed[1]),
        }
    )


def _autopay(kept: Mapping[str, Any] | None) -> AutoPay | None:
    return None if kept is None else AutoPay(**{**kept, "numbers": tuple(kept["numbers"])})


_FIRST_BUCKETS = ("current", "days_1_30", "days_31_60", "days_61_90", "over_90")


def _aging(kept: Mapping[str, Any]) -> Aging:
    if "buckets" not in kept:
        return Aging(tuple(kept[name] for name in _FIRST_BUCKETS))
    return Aging(tuple(kept["buckets"]), tuple(kept["bounds"]), kept["basis"])
