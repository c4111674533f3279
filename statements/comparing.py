"""A statement as it was sent beside the same statement made now, line by line. Pure."""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any, Literal

from statements.statement import CreditLine, Line, OpenLine, Statement

State = Literal["same", "changed", "added", "gone"]
AnyLine = Line | CreditLine | OpenLine


@dataclass(frozen=True, slots=True)
class Pair:
    """A line of both statements, or of one: `added` stands only in the present one, `gone` in the sent."""

    state: State
    sent: AnyLine | None
    now: AnyLine | None

    @property
    def shown(self) -> AnyLine:
        line = self.sent if self.now is None else self.now
        assert line is not None
        return line


@dataclass(frozen=True, slots=True)
class Total:
    """One figure of both statements; minor units."""

    name: str
    sent: int
    now: int

    @property
    def differs(self) -> bool:
        return self.sent != self.now


@dataclass(frozen=True, slots=True)
class Comparison:
    totals: tuple[Total, ...]
    lines: tuple[Pair, ...]
    credit_lines: tuple[Pair, ...]

    @property
    def differs(self) -> bool:
        pairs = (*self.lines, *self.credit_lines)
        return any(total.differs for total in self.totals) or any(pair.state != "same" for pair in pairs)


def compare(*, sent: Statement, now: Statement) -> Comparison:
    """Both have the same parameters. A running balance alone does not make a line another one."""
    forward = sent.options.type == "balance_forward"
    names = _FORWARD if forward else _OPEN_ITEM
    totals = [Total(name, getattr(sent, name), getattr(now, name)) for name in names]
    totals += [Total(name, getattr(sent.memo, name), getattr(now.memo, name)) for name in _MEMO]
    if forward:
        # The first line is the opening balance, which stands among the totals.
        pairs = _pairs(sent.lines[1:], now.lines[1:])
    else:
        pairs = _pairs(sent.open_lines, now.open_lines)
    return Comparison(tuple(totals), pairs, _pairs(sent.credit_lines, now.credit_lines))


_FORWARD = (
    "opening", "invoiced", "paid", "adjusted", "closing", "opening_credit", "issued_credit", "spent_credit",
    "closing_credit", "open_total", "past_due", "amount_due",
)  # fmt: skip
_OPEN_ITEM = ("total", "open_total", "past_due", "amount_due")
_MEMO = ("unapplied", "credit", "pending")


def _pairs(sent: Sequence[AnyLine], now: Sequence[AnyLine]) -> tuple[Pair, ...]:
    """Equal lines first, then those about the same thing; what is left came or went. In order of time."""
    left, same, others = _match(dict(enumerate(sent)), dict(enumerate(now)), _facts)
    left, changed, added = _match(left, others, _subject)
    found = [Pair("same", old, new) for old, new in same]
    found += [Pair("changed", old, new) for old, new in changed]
    found += [Pair("added", None, line) for line in added.values()]
    found += [Pair("gone", line, None) for line in left.values()]
    return tuple(sorted(found, key=lambda pair: (pair.shown.at, pair.shown.type, pair.shown.number)))


def _match(
    sent: dict[int, AnyLine], now: dict[int, AnyLine], key: Callable[[AnyLine], tuple[Any, ...]]
) -> tuple[dict[int, AnyLine], list[tuple[AnyLine, AnyLine]], dict[int, AnyLine]]:
    """Pairs of equal key; what of the first and what of the second found no partner."""
    waiting: dict[tuple[Any, ...], deque[int]] = defaultdict(deque)
    for index, line in sent.items():
        waiting[key(line)].append(index)
    left, pairs, others = dict(sent), [], {}
    for index, line in now.items():
        if partners := waiting[key(line)]:
            pairs.append((left.pop(partners.popleft()), line))
        else:
            others[index] = line
    return left, pairs, others


def _facts(line: AnyLine) -> tuple[Any, ...]:
    """All that the line itself says; an open item's balance is its own, others' runs through the list."""
    return astuple(line if isinstance(line, OpenLine) else replace(line, balance=0))


def _subject(line: AnyLine) -> tuple[Any, ...]:
    """What the line is about: the document or payment of an account."""
    return (line.type, line.number, line.member_id)
