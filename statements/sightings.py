"""Which statements that were issued show rows of an import."""

from collections.abc import Mapping
from datetime import datetime

from statements.models import IssuedStatement


def statement_showing(touched: Mapping[int, datetime], since: datetime) -> str | None:
    """The first statement issued since then that reaches the moment at which an account was touched.

    `touched` maps customer ids to moments. A statement of a parent shows the accounts of its members,
    too. A canceled statement counts for nothing: nobody has got it.
    """
    issued = IssuedStatement.objects.filter(
        created_at__gte=since, end_at__gte=min(touched.values()), canceled_at=None
    )
    facts = issued.order_by("number").values_list("number", "customer_id", "members", "end_at")
    for number, customer_id, members, end_at in facts.iterator():
        if any(pk in touched and touched[pk] <= end_at for pk in (customer_id, *members)):
            return f"Statement {IssuedStatement(number=number).label}"
    return None
