"""What is unpaid as of any second, for one account, many, or all. One function for everybody.

Lists, the dashboard, the balance endpoint, the aging report and statements ask here, so their
figures agree. Nothing "current" is read: open = total less what had taken effect by then.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from customers.ages import AgingRule
from customers.ledger.aging import Ruler
from customers.ledger.entries import among


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice or credit note with something open at `at`; credit notes are negative.

    Minor units and Unix seconds. `overdue` is the part that counts as past due; `buckets` split
    `balance` by age, as the company's rule counts it. `due_at` of a payment plan is that of its
    oldest unpaid instalment. The last two alone speak of the present, whatever `at` is: when AutoPay
    tries next, if it does, and what is unpaid today.
    """

    kind: str
    id: int
    customer_id: int
    currency: str
    number: str
    at: int
    total: int
    balance: int
    due_at: int | None
    days_late: int
    overdue: int
    buckets: tuple[int, ...]
    purchase_order: str
    autopay: bool
    has_plan: bool
    next_charge_at: int | None
    unpaid: int

    @property
    def past_due(self) -> bool:
        return self.overdue > 0


@dataclass(frozen=True, slots=True)
class Held:
    """Money beside the open items of an account at one second."""

    unapplied: int = 0
    credit: int = 0
    pending: int = 0


def open_items(
    *,
    at: int,
    zone: ZoneInfo,
    customer_ids: Collection[int] | None = None,
    currency: str | None = None,
    aging: AgingRule | None = None,
) -> list[OpenItem]:
    """Everything open at the end of second `at`, ordered by date, total, number. Two queries.

    `customer_ids` None means every account. `aging` shapes the buckets (the usual ones when None) and
    nothing else.
    """
    if customer_ids is not None and not customer_ids:
        return []
    ruler = Ruler.of(at, zone, aging)
    with connection.cursor() as cursor:
        cursor.execute(_documents_sql(at, customer_ids))
        rows = cursor.fetchall()
        cursor.execute(instalments_sql(at, customer_ids))
        plans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for invoice_id, due_at, amount in cursor.fetchall():
            plans[invoice_id].append((due_at, amount))
    items = [
        item_of(row, plans.get(row[1], []) if row[0] == "invoice" else [], ruler)
        for row in rows
        if currency is None or row[3] == currency
    ]
    return sorted(items, key=lambda item: (item.at, item.total, item.number, item.id))


def held(*, at: int, customer_ids: Collection[int] | None = None) -> dict[tuple[int, str], Held]:
    """Unapplied payments, credit balance and pending payments by (customer, currency). One query."""
    if customer_ids is not None and not customer_ids:
        return {}
    figures: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_held_sql(at, customer_ids))
        for customer_id, currency, kind, amount in cursor.fetchall():
            figures[customer_id, currency][kind] = int(amount)
    return {key: Held(**parts) for key, parts in figures.items()}


def item_of(row: tuple[Any, ...], plan: list[tuple[int, int]], ruler: Ruler) -> OpenItem:
    """A row of the query for documents; `plan` are its instalments, due moment and amount, by date."""
    kind, pk, customer_id, currency, number, date, due_at, total, balance, autopay, failed_at, order = row[
        :12
    ]
    due: int | None = due_at
    failed = failed_at is not None and failed_at <= ruler.at
    if kind == "invoice" and due is None and not plan and autopay and failed:
        parts: list[tuple[int | None, int]] = [(min(failed_at, ruler.today - 1), balance)]
    else:
        parts = list(_unpaid(plan, total, balance)) or [(due, balance)]
        due = parts[0][0]
    buckets = [0] * ruler.size
    for part_due, amount in parts:
        aged_from = part_due if ruler.by_due_date or plan else date
        buckets[ruler.bucket(aged_from)] += amount
    return OpenItem(
        kind=kind, id=pk, customer_id=customer_id, currency=currency, number=number, at=date,
        total=total, balance=balance, due_at=due, days_late=ruler.days_late(parts[0][0]),
        overdue=sum(part for due_at, part in parts if ruler.is_late(due_at)), buckets=tuple(buckets),
        purchase_order=str(order or ""),
        autopay=bool(autopay), has_plan=bool(plan), next_charge_at=row[12], unpaid=row[13],
    )  # fmt: skip


def _unpaid(plan: list[tuple[int, int]], total: int, balance: int) -> Iterator[tuple[int | None, int]]:
    """The open instalments: what is paid fills the oldest first, the youngest stay open."""
    left, parts = balance, []
    for due_at, amount in reversed(plan):
        part = min(left, amount)
        if part > 0:
            parts.append((due_at, part))
        left -= part
    if left > 0 and parts:  # the invoice grew beyond its plan
        parts[-1] = (parts[-1][0], parts[-1][1] + left)
    yield from reversed(parts)


def _documents_sql(at: int, customer_ids: Collection[int] | None) -> str:
    moment = int(at)
    counts = f"effective_at <= {moment} AND (ended_at IS NULL OR ended_at > {moment})"
    written = f"date <= {moment} AND (ended_at IS NULL OR ended_at > {moment})"
    dated = f"NOT d.draft AND d.date <= {moment}"
    # Until an invoice went into a consolidated one it was open like any other.
    counted = f"(d.voided_at IS NULL OR (d.consolidated_into_id IS NOT NULL AND d.voided_at > {moment}))"
    own = among("customer_id", customer_ids)
    return f"""
SELECT 'invoice', d.id, d.customer_id, d.currency, d.number, d.date, d.due_date, d.total,
  d.total - COALESCE(a.amount, 0) - COALESCE(w.amount, 0) AS open, d.autopay, d.first_failed_at,
  d.purchase_order, {next_charge_sql(moment)}, d.balance
FROM customers_invoice d
LEFT JOIN (SELECT invoice_id, CAST(SUM(amount) AS BIGINT) AS amount FROM customers_paymentapplication
  WHERE invoice_id IS NOT NULL AND {counts} AND {own} GROUP BY invoice_id) a ON a.invoice_id = d.id
LEFT JOIN (SELECT invoice_id, CAST(SUM(amount) AS BIGINT) AS amount FROM customers_writeoff
  WHERE {written} AND {own} GROUP BY invoice_id) w ON w.invoice_id = d.id
WHERE {among("d.customer_id", customer_ids)} AND {dated} AND {counted}
  AND d.total - COALESCE(a.amount, 0) - COALESCE(w.amount, 0) <> 0
UNION ALL
SELECT 'credit_note', d.id, d.customer_id, d.currency, d.number, d.date, NULL, -d.total,
  COALESCE(a.amount, 0) - d.total AS open, FALSE, NULL, d.purchase_order, NULL, -d.balance
FROM customers_creditnote d
LEFT JOIN (SELECT credit_note_id, CAST(SUM(amount) AS BIGINT) AS amount FROM customers_paymentapplication
  WHERE credit_note_id IS NOT NULL AND {counts} AND {among("payer_id", customer_ids)}
  GROUP BY credit_note_id) a ON a.credit_note_id = d.id
WHERE {among("d.customer_id", customer_ids)} AND {dated} AND d.voided_at IS NULL
  AND d.total - COALESCE(a.amount, 0) <> 0
"""


def next_charge_sql(at: int) -> str:
    """When AutoPay tries to charge invoice `d` next: NULL when it was given up, and during a dispute."""
    return (
        "CASE WHEN d.autopay AND d.closed_at IS NULL AND d.voided_at IS NULL "
        f"AND (d.disputed_from IS NULL OR d.disputed_until <= {int(at)}) THEN d.next_payment_attempt END"
    )


def instalments_sql(at: int, customer_ids: Collection[int] | None) -> str:
    """The instalments of the plans in force at the end of second `at`."""
    moment = int(at)
    return f"""
SELECT q.invoice_id, s.date, s.amount FROM customers_instalment s
JOIN customers_paymentplan q ON q.id = s.plan_id
JOIN customers_invoice d ON d.id = q.invoice_id
WHERE {among("d.customer_id", customer_ids)} AND q.agreed_at <= {moment}
  AND (q.canceled_at IS NULL OR q.canceled_at > {moment})
ORDER BY q.invoice_id, s.date, s.id
"""


def _held_sql(at: int, customer_ids: Collection[int] | None) -> str:
    moment = int(at)
    own, payer = among("customer_id", customer_ids), among("payer_id", customer_ids)
    counts = f"effective_at <= {moment} AND (ended_at IS NULL OR ended_at > {moment})"
    received = f"status = 'succeeded' AND voided_at IS NULL AND customer_id IS NOT NULL AND date <= {moment}"
    cash = "type IN ('invoice', 'convenience_fee') OR (type = 'credit' AND payment_id IS NOT NULL)"
    return f"""
SELECT customer_id, currency, kind, SUM(amount) FROM (
  SELECT customer_id, currency, 'unapplied' AS kind, amount FROM customers_payment
    WHERE {own} AND {received}
  UNION ALL SELECT payer_id, currency, 'unapplied', -amount FROM customers_paymentapplication
    WHERE {payer} AND ({cash}) AND {counts}
  UNION ALL SELECT customer_id, currency, 'unapplied', fee - amount FROM customers_refund
    WHERE {own} AND date <= {moment}
  UNION ALL SELECT customer_id, currency, 'unapplied', -amount FROM customers_reversal
    WHERE {own} AND date <= {moment}
  UNION ALL SELECT customer_id, currency, 'pending', amount FROM customers_payment
    WHERE {own} AND (status = 'pending' OR status = 'failed' AND pending_until > {moment})
      AND voided_at IS NULL AND date <= {moment} AND customer_id IS NOT NULL
  UNION ALL SELECT customer_id, currency, 'credit', amount FROM customers_creditadjustment
    WHERE {own} AND date <= {moment}
  UNION ALL SELECT payer_id, currency, 'credit', amount FROM customers_paymentapplication
    WHERE {payer} AND type = 'credit' AND {counts}
  UNION ALL SELECT payer_id, currency, 'credit', -amount FROM customers_paymentapplication
    WHERE {payer} AND type = 'applied_credit' AND {counts}
) m GROUP BY customer_id, currency, kind HAVING SUM(amount) <> 0
"""
