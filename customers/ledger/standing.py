"""What is open right now, from the stored balances: cheap, however much was paid long ago.

A stored balance is what will be open once everything that is written down has taken effect. So it is what
is open now, unless something is dated ahead: then, and for every past moment, `open_items` counts forward
from the dated rows. A test holds both equal on random ledgers; `reconcile` guards the stored balances.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from customers.ledger.aging import Ruler
from customers.ledger.closed_unpaid import first_due_of_closed_sql
from customers.ledger.open_items import OpenItem, instalments_sql, item_of, next_charge_sql
from customers.ledger.settling import credit_changes_sql


@dataclass(frozen=True, slots=True)
class Standing:
    """One account at present.

    `currency` is its own, else that of its newest invoice, else the company's. `claimed` are the invoices
    that a charge has in hand. `closed_late`: an invoice was closed unpaid and is past its date. `credit` are
    the changes of credit by currency: Unix seconds and minor units.
    """

    currency: str
    items: tuple[OpenItem, ...]
    claimed: frozenset[int]
    closed_late: bool
    credit: Mapping[str, list[tuple[int, int]]]


class DatedAhead(Exception):
    """Something of the account takes effect after this second: the stored balances know it already."""


def standing_of(*, customer_id: int, at: int) -> Standing | None:
    """What an account owes and holds at second `at`, which is now; None when there is no such account.

    One query, two with payment plans. Raises DatedAhead when the stored balances do not say what is open.
    """
    documents: list[tuple[Any, ...]] = []
    credit: dict[str, list[tuple[int, int]]] = defaultdict(list)
    account: tuple[Any, ...] | None = None
    with connection.cursor() as cursor:
        cursor.execute(_standing_sql(int(at), int(customer_id)))
        for row in cursor.fetchall():
            if row[0] == "account":
                account = row
            elif row[0] == "credit":
                credit[row[3]].append((row[5], int(row[7])))
            else:
                documents.append(row)
    if account is None:
        return None
    currency, zone, settled = account[3], account[4], account[9]
    if not settled or zone is None:
        raise DatedAhead
    plans = _plans(at, customer_id) if any(row[-2] for row in documents) else {}
    ruler = Ruler.of(at, ZoneInfo(zone))
    items = (item_of(row[:-2], plans.get(row[1], []) if row[-2] else [], ruler) for row in documents)
    claimed = frozenset(row[1] for row in documents if row[-1])
    return Standing(currency.lower(), tuple(items), claimed, ruler.is_late(account[6]), credit)


def _plans(at: int, customer_id: int) -> dict[int, list[tuple[int, int]]]:
    plans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(instalments_sql(at, [customer_id]))
        for invoice_id, due_at, amount in cursor.fetchall():
            plans[invoice_id].append((due_at, amount))
    return plans


def _standing_sql(at: int, pk: int) -> str:
    """The columns of `open_items`, and two more: has a payment plan, is claimed by a charge.

    The account is a row of its own (zone as number, `settled` in place of autopay, when the first of what was
    closed unpaid was due), each change of credit
    another (its moment as date, its amount as total).
    """
    open_now = f"customer_id = {pk} AND balance > 0 AND NOT draft AND voided_at IS NULL AND date <= {at}"
    return f"""
SELECT 'invoice', d.id, d.customer_id, d.currency, d.number, d.date, d.due_date, d.total, d.balance,
  d.autopay, d.first_failed_at, d.purchase_order, {next_charge_sql(at)}, d.balance,
  EXISTS (SELECT 1 FROM customers_paymentplan q WHERE q.invoice_id = d.id),
  EXISTS (SELECT 1 FROM customers_chargeclaim k WHERE k.invoice_id = d.id AND k.released_at IS NULL)
FROM customers_invoice d WHERE {open_now}
UNION ALL
SELECT 'credit_note', d.id, d.customer_id, d.currency, d.number, d.date, NULL, -d.total, -d.balance,
  FALSE, NULL, d.purchase_order, NULL, -d.balance, FALSE, FALSE
FROM customers_creditnote d WHERE {open_now}
UNION ALL
SELECT 'credit', NULL, {pk}, h.currency, '', h.moment, NULL, h.amount, 0, FALSE, NULL, '',
  NULL, 0, FALSE, FALSE
FROM ({credit_changes_sql(pk)}) h WHERE h.moment <= {at}
UNION ALL
SELECT 'account', NULL, c.id, COALESCE(NULLIF(c.currency, ''), (
    SELECT d.currency FROM customers_invoice d
    WHERE d.customer_id = {pk} AND NOT d.draft AND d.voided_at IS NULL AND d.date <= {at}
    ORDER BY d.date DESC, d.id DESC LIMIT 1
  ), o.currency), o.time_zone, NULL, {first_due_of_closed_sql(at, pk)}, 0, 0,
  NOT ({_dated_ahead(at, pk)}), NULL, '',
  NULL, 0, FALSE, FALSE
FROM customers_customer c LEFT JOIN customers_company o ON o.id = 1 WHERE c.id = {pk}
"""


def _dated_ahead(at: int, pk: int) -> str:
    uses = "EXISTS (SELECT 1 FROM customers_paymentapplication WHERE"
    return f"""
  {uses} customer_id = {pk} AND effective_at > {at}) OR {uses} customer_id = {pk} AND ended_at > {at})
  OR {uses} payer_id = {pk} AND effective_at > {at}) OR {uses} payer_id = {pk} AND ended_at > {at})
  OR EXISTS (SELECT 1 FROM customers_writeoff WHERE customer_id = {pk} AND (date > {at} OR ended_at > {at}))
"""
