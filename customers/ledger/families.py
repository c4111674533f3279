"""Accounts with their descendants, and who stands in for an account that is billed elsewhere."""

from collections import defaultdict
from collections.abc import Collection

from django.db import connection

from customers.ledger.entries import in_list
from customers.models import Customer

DEEPEST = 8  # a guard: a broken tree must not hang a run


def members_of(customer_ids: Collection[int], *, on_statement: bool = False) -> dict[int, tuple[int, ...]]:
    """Each account's own id followed by those of all its descendants. One query.

    With `on_statement` those that have statements of their own only are left out, and what is below them.
    """
    if not customer_ids:
        return {}
    own_only = "AND c.child_statements <> 'child'" if on_statement else ""
    sql = f"""
WITH RECURSIVE tree(root, id, depth) AS (
  SELECT id, id, 0 FROM customers_customer WHERE id IN {in_list(customer_ids)}
  UNION ALL
  SELECT tree.root, c.id, tree.depth + 1 FROM customers_customer c
  JOIN tree ON c.parent_customer_id = tree.id WHERE tree.depth < {DEEPEST} {own_only}
)
SELECT root, id, MIN(depth) FROM tree GROUP BY root, id ORDER BY root, 3, id
"""
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for root, pk, _depth in cursor.fetchall():
            found[root].append(pk)
    return {root: tuple(ids) for root, ids in found.items()}


def billed_account(customer: Customer) -> Customer:
    """Whom documents of this account are addressed to: the nearest ancestor that is billed itself.

    Source: Invoiced API, Customers (`bill_to_parent`).
    """
    account = customer
    for _ in range(DEEPEST):
        if not account.bill_to_parent or account.parent_customer is None:
            break
        account = account.parent_customer
    return account


def accounts_above(customer: Customer) -> list[Customer]:
    """The parent, its parent and so on."""
    found: list[Customer] = []
    account = customer.parent_customer
    while account is not None and account != customer and account not in found and len(found) < DEEPEST:
        found.append(account)
        account = account.parent_customer
    return found
