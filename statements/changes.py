"""Why the past of a statement is not what an earlier one said: what was recorded behind it."""

from datetime import UTC, datetime

from customers.ledger.backdated import Backdated, backdated
from statements.models import IssuedStatement
from statements.statement import Statement


def behind_the_last(*, statement: Statement, until: datetime | None = None) -> list[Backdated]:
    """What explains its "changed since": recorded after our last statement, dated before this one begins."""
    start = statement.options.start
    if statement.changed_since is None or start is None:
        return []
    issued = IssuedStatement.objects.filter(
        customer=statement.member.id,
        type=IssuedStatement.Type.BALANCE_FORWARD,
        end_at=datetime.fromtimestamp(start - 1, UTC),
        currency=statement.currency,
        canceled_at=None,
        facts__options__include_children=statement.options.include_children,
    )
    if until is not None:
        issued = issued.filter(created_at__lte=until)
    last = issued.order_by("-number").first()
    if last is None:
        return []
    return backdated(customer_ids=_accounts(statement), since=last.created_at, before=start, until=until)


def behind_the_sent(*, issued: IssuedStatement) -> list[Backdated]:
    """What was recorded since it was issued and is dated at or before its end."""
    statement = issued.statement
    return backdated(
        customer_ids=_accounts(statement), since=issued.created_at, before=statement.options.end + 1
    )


def _accounts(statement: Statement) -> list[int]:
    return [member.id for member in statement.members]
