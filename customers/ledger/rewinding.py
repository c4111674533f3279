"""What is open, counted back from the stored balances: cheap for the present, however long the history.

An invoice's stored balance is what will be open once everything that is written down has taken effect. At
a moment before that, more is open by what takes effect later, and less by what had been taken off and was
given back since. `open_items` counts the same figure forward from the beginning, and a test holds both
equal; `reconcile` guards the stored balances.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from customers.ledger.aging import Ruler
from customers.ledger.entries import in_list
from customers.ledger.open_items import OpenItem, instalments_sql, item_of


@dataclass(frozen=True, slots=True)
class Rewound:
    """Open items at one second, and which of the invoices a charge has in hand."""

    items: tuple[OpenItem, ...]
    claimed: frozenset[int]


def rewound_items(*, at: int, zone: ZoneInfo, customer_ids: Collection[int]) -> Rewound:
    """The same items as `open_items` for the end of second `at`, in no order. One query, two with plans.

    A claim counts while it is not released; for the past ask `claims.claimed_invoices`.
    """
    if not customer_ids:
        return Rewound((), frozenset())
    plans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_documents_sql(int(at), in_list(customer_ids)))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        if any(row[-2] for row in rows):
            cursor.execute(instalments_sql(at, customer_ids))
            for invoice_id, due_at, amount in cursor.fetchall():
                plans[invoice_id].append((due_at, amount))
    ruler = Ruler.of(at, zone)
    return Rewound(
        tuple(item_of(row[:-2], plans.get(row[1], []) if row[-2] else [], ruler) for row in rows),
        frozenset(row[1] for row in rows if row[-1]),
    )


def _documents_sql(at: int, ids: str) -> str:
    """As in `open_items`, with two columns more: has a payment plan, is claimed by a charge."""
    return f"""
WITH owed AS ({_changed_since(at, ids, key="invoice_id", owner="customer_id", write_offs=True)}),
  granted AS ({_changed_since(at, ids, key="credit_note_id", owner="payer_id", write_offs=False)})
SELECT 'invoice', d.id, d.customer_id, d.currency, d.number, d.date, d.due_date, d.total,
  d.balance + COALESCE(owed.amount, 0) AS open, d.autopay, d.first_failed_at, d.purchase_order,
  EXISTS (SELECT 1 FROM customers_paymentplan q WHERE q.invoice_id = d.id),
  EXISTS (SELECT 1 FROM customers_chargeclaim k WHERE k.invoice_id = d.id AND k.released_at IS NULL)
FROM customers_invoice d LEFT JOIN owed ON owed.id = d.id
WHERE d.id IN (SELECT id FROM customers_invoice WHERE customer_id IN {ids} AND balance > 0
    UNION SELECT id FROM owed)
  AND NOT d.draft AND d.voided_at IS NULL AND d.date <= {at} AND d.balance + COALESCE(owed.amount, 0) <> 0
UNION ALL
SELECT 'credit_note', d.id, d.customer_id, d.currency, d.number, d.date, NULL, -d.total,
  -(d.balance + COALESCE(granted.amount, 0)) AS open, FALSE, NULL, d.purchase_order, FALSE, FALSE
FROM customers_creditnote d LEFT JOIN granted ON granted.id = d.id
WHERE d.id IN (SELECT id FROM customers_creditnote WHERE customer_id IN {ids} AND balance > 0
    UNION SELECT id FROM granted)
  AND NOT d.draft AND d.voided_at IS NULL AND d.date <= {at} AND d.balance + COALESCE(granted.amount, 0) <> 0
"""


def _changed_since(at: int, ids: str, *, key: str, owner: str, write_offs: bool) -> str:
    """By how much more was open at the end of that second than the stored balance says."""
    parts = [
        f"SELECT {key} AS id, amount FROM customers_paymentapplication WHERE {owner} IN {ids}"
        f" AND effective_at > {at} AND ended_at IS NULL AND {key} IS NOT NULL",
        f"SELECT {key}, -amount FROM customers_paymentapplication WHERE {owner} IN {ids}"
        f" AND ended_at > {at} AND effective_at <= {at} AND {key} IS NOT NULL",
    ]
    if write_offs:
        parts += [
            f"SELECT invoice_id, amount FROM customers_writeoff WHERE customer_id IN {ids}"
            f" AND date > {at} AND ended_at IS NULL",
            f"SELECT invoice_id, -amount FROM customers_writeoff WHERE customer_id IN {ids}"
            f" AND ended_at > {at} AND date <= {at}",
        ]
    changes = " UNION ALL ".join(parts)
    return f"SELECT id, CAST(SUM(amount) AS BIGINT) AS amount FROM ({changes}) c GROUP BY id"
