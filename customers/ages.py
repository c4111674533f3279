"""Which ages make a bucket of receivables, and from which day they are counted. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Basis = Literal["due_date", "date"]

BOUNDS = (1, 31, 61, 91)
MOST_BOUNDS = 6  # more do not fit side by side on paper
OLDEST_BOUND = 3650


@dataclass(frozen=True, slots=True)
class AgingRule:
    """Lower bounds in days; what is below the first one makes a bucket of its own.

    Basis `due_date`: days past due, and what is not late or has no due date is current. Basis `date`: days
    since the date of the document, credit notes too. Source: Invoiced guide, Reports.
    """

    bounds: tuple[int, ...] = BOUNDS
    basis: Basis = "due_date"

    @property
    def size(self) -> int:
        return len(self.bounds) + 1

    @property
    def spans(self) -> tuple[tuple[int | None, int | None], ...]:
        """First and last day of each bucket; None is open: (None, 0), (1, 30), …, (91, None)."""
        below = None if self.basis == "due_date" else 0
        firsts = (below, *self.bounds)
        lasts = (*(bound - 1 for bound in self.bounds), None)
        return tuple(zip(firsts, lasts, strict=True))

    @property
    def slugs(self) -> tuple[str, ...]:
        """Names for columns and addresses: current, 1_30, …, over_90."""
        return tuple(map(_slug, self.spans))

    @property
    def names(self) -> tuple[str, ...]:
        """Names for staff: Current, 1–30, …, Over 90; days but for the first."""
        return tuple(map(_name, self.spans))


def bounds_of(values: Sequence[object]) -> tuple[int, ...]:
    """Checked bounds, a leading 0 taken off; raises ValueError with a sentence for people."""
    numbers: list[int] = []
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= OLDEST_BOUND:
            raise ValueError(f"Each bound is a whole number of days from 1 to {OLDEST_BOUND}.")
        numbers.append(value)
    bounds = tuple(numbers[1:] if numbers[:1] == [0] else numbers)
    if not bounds or len(bounds) > MOST_BOUNDS:
        raise ValueError(f"Give one to {MOST_BOUNDS} bounds.")
    if 0 in bounds or list(bounds) != sorted(set(bounds)):
        raise ValueError("The bounds must rise.")
    return bounds


def _slug(span: tuple[int | None, int | None]) -> str:
    match span:
        case (None, 0):
            return "current"
        case (None, last):
            return f"up_to_{last}"
        case (int(first), None):
            return f"over_{first - 1}"
        case (first, last) if first == last:
            return f"{first}"
        case (first, last):
            return f"{first}_{last}"


def _name(span: tuple[int | None, int | None]) -> str:
    match span:
        case (None, 0):
            return "Current"
        case (None, last):
            return f"Up to {last}"
        case (int(first), None):
            return f"Over {first - 1}"
        case (first, last) if first == last:
            return f"{first}"
        case (first, last):
            return f"{first}–{last}"
