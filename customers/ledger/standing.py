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
from customers.ledger.open_items import OpenItem, instalments_sql, item_of
from customers.ledger.settling import credit_changes_sql


@dataclass(frozen=True, slots=True)
class Account:
    """What an account's balance depends on beside its documents.

    `newest` is the currency of its newest invoice, asked for only when it has none of its own. Nothing of
    a `settled` account takes effect after the second that was asked for.
    """

    currency: str
    newest: str | None
    zone: str | None
    company_currency: str | None
    settled: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Open items, which of the invoices a charge has in hand, and the changes of credit by currency.

    A change is its moment in Unix seconds and its amount in minor units.
    """

    items: tuple[OpenItem, ...]
    claimed: frozenset[int]
    credit: Mapping[str, list[tuple[int, int]]]


def find_account(*, customer_id: int, at: int) -> Account | None:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(_account_sql(int(at), int(customer_id)))
        row = cursor.fetchone()
    if row is None:
        return None
    currency, newest, zone, company_currency, dated_ahead = row
    return Account(currency, newest, zone, company_currency, settled=not dated_ahead)


def standing_items(*, customer_id: int, at: int, zone: ZoneInfo) -> Standing:
    """What a settled account owes and holds, in no order. One query, two with payment plans."""
    plans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_documents_sql(int(at), int(customer_id)))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        rows = [row for row in found if row[0] != "credit"]
        if any(row[-2] for row in rows):
            cursor.execute(instalments_sql(at, [customer_id]))
            for invoice_id, due_at, amount in cursor.fetchall():
                plans[invoice_id].append((due_at, amount))
    credit: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in found:
        if row[0] == "credit":
            credit[row[3]].append((row[5], int(row[7])))
    ruler = Ruler.of(at, zone)
    return Standing(
        tuple(item_of(row[:-2], plans.get(row[1], []) if row[-2] else [], ruler) for row in rows),
        frozenset(row[1] for row in rows if row[-1]),
        credit,
    )


def _account_sql(at: int, pk: int) -> str:
    uses = "EXISTS (SELECT 1 FROM customers_paymentapplication WHERE"
    return f"""
SELECT c.currency, CASE WHEN c.currency = '' THEN (
    SELECT d.currency FROM customers_invoice d
    WHERE d.customer_id = c.id AND NOT d.draft AND d.voided_at IS NULL AND d.date <= {at}
    ORDER BY d.date DESC, d.id DESC LIMIT 1
  ) END, o.time_zone, o.currency,
  {uses} customer_id = {pk} AND effective_at > {at}) OR {uses} customer_id = {pk} AND ended_at > {at})
  OR {uses} payer_id = {pk} AND effective_at > {at}) OR {uses} payer_id = {pk} AND ended_at > {at})
  OR EXISTS (SELECT 1 FROM customers_writeoff WHERE customer_id = {pk} AND (date > {at} OR ended_at > {at}))
FROM customers_customer c LEFT JOIN customers_company o ON o.id = 1 WHERE c.id = {pk}
"""


def _documents_sql(at: int, pk: int) -> str:
    """As in `open_items`, with two columns more: has a payment plan, is claimed by a charge.

    Changes of credit come along as rows of their own, with their moment as date and amount as total.
    """
    open_now = f"customer_id = {pk} AND balance > 0 AND NOT draft AND voided_at IS NULL AND date <= {at}"
    return f"""
SELECT 'invoice', d.id, d.customer_id, d.currency, d.number, d.date, d.due_date, d.total, d.balance,
  d.autopay, d.first_failed_at, d.purchase_order,
  EXISTS (SELECT 1 FROM customers_paymentplan q WHERE q.invoice_id = d.id),
  EXISTS (SELECT 1 FROM customers_chargeclaim k WHERE k.invoice_id = d.id AND k.released_at IS NULL)
FROM customers_invoice d WHERE {open_now}
UNION ALL
SELECT 'credit_note', d.id, d.customer_id, d.currency, d.number, d.date, NULL, -d.total, -d.balance,
  FALSE, NULL, d.purchase_order, FALSE, FALSE
FROM customers_creditnote d WHERE {open_now}
UNION ALL
SELECT 'credit', NULL, {pk}, h.currency, '', h.moment, NULL, h.amount, 0, FALSE, NULL, '', FALSE, FALSE
FROM ({credit_changes_sql(pk)}) h WHERE h.moment <= {at}
"""
