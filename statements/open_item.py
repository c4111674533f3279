"""Open item statements: what is unpaid. Pure."""

from collections.abc import Sequence

from statements.statement import Aging, Member, Memo, OpenLine, Options, Statement


def build_open_item(
    *,
    options: Options,
    currency: str,
    member: Member,
    members: Sequence[Member],
    items: Sequence[OpenLine],
    aging: Aging,
    memo: Memo,
) -> Statement:
    """Arrange open items (already ordered) as a statement; past due only when asked.

    The total of a past due statement counts the overdue parts, its lines show whole balances.
    Aging and memo always concern the whole account.
    """
    past_due_only = options.items == "past_due"
    lines = tuple(item for item in items if item.overdue > 0) if past_due_only else tuple(items)
    total = sum(line.overdue if past_due_only else line.balance for line in lines)
    return Statement(
        options=options,
        currency=currency,
        member=member,
        members=tuple(members),
        aging=aging,
        memo=memo,
        open_total=sum(item.balance for item in items),
        past_due=sum(item.overdue for item in items),
        open_lines=lines,
        total=total,
    )
