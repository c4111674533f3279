"""What AutoPay will collect of a statement, instead of a slip. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from customers.dates import local_day
from customers.ledger.open_items import OpenItem
from statements.formatting import local_date
from statements.statement import AutoPay, Statement


def with_autopay(
    *,
    statement: Statement,
    items: Sequence[OpenItem],
    sources: Mapping[int, str],
    zone: ZoneInfo,
    now: datetime,
) -> Statement:
    """The statement, saying which of its open items AutoPay collects as things stand at `now`.

    `sources` names what can be charged, by customer. A day is said only when it is the same for all and
    not gone by; a payment plan has several. What was given up, is disputed or has no source that can be
    charged is for the customer to pay.
    """
    late_only = statement.options.items == "past_due"
    taken: list[tuple[OpenItem, int]] = []
    for item in items:
        if item.next_charge_at is None or item.customer_id not in sources:
            continue
        amount = min(item.overdue if late_only else item.balance, item.unpaid)
        if amount > 0:
            taken.append((item, amount))
    if not taken or not statement.amount_due:
        return statement
    moments = {item.next_charge_at or 0: local_date(item.next_charge_at or 0, zone) for item, _ in taken}
    days, today = set(moments.values()), local_day(now, zone)
    one_day = len(days) == 1 and days.pop() >= today and not any(item.has_plan for item, _ in taken)
    autopay = AutoPay(
        amount=sum(amount for _, amount in taken),
        source=", ".join(dict.fromkeys(sources[item.customer_id] for item, _ in taken)),
        at=min(moments) if one_day else None,
        numbers=tuple(item.number for item, _ in taken),
    )
    return replace(statement, autopay=autopay)
