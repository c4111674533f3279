"""The one lock for money, taken in one order."""

from collections.abc import Iterable

from django.db import connection

from customers.models import Company, Customer, Invoice, Payment, PaymentApplication


def lock_accounts(ids: Iterable[int | None]) -> None:
    """Hold these accounts until the transaction ends; sorted, so that two callers never deadlock.

    On PostgreSQL a row lock that leaves foreign keys free; on SQLite the transaction itself
    (`transaction_mode: IMMEDIATE`) already holds the one write lock.
    Must be called inside a transaction, before the figures are read that decide.
    """
    wanted = sorted({pk for pk in ids if pk is not None})
    if not connection.in_atomic_block:
        raise RuntimeError("lock_accounts needs a transaction.")
    if wanted and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            among = ", ".join(map(str, map(int, wanted)))
            table = Customer._meta.db_table
            cursor.execute(f"SELECT id FROM {table} WHERE id IN ({among}) ORDER BY id FOR NO KEY UPDATE")


def lock_settlements(document: Payment | Invoice, *, others: Iterable[int | None] = ()) -> None:
    """Hold a document's account and all accounts at the other end of its applications, in one round.

    A parent's payment may have settled a child's invoice, and its credit been spent there: whoever
    takes that back changes both. A further round is only needed when somebody applied the document
    to one more account while this one waited.
    """
    column = "payment" if isinstance(document, Payment) else "invoice"
    wanted = {pk for pk in (document.customer_id, *others) if pk is not None}
    rows = PaymentApplication.objects.filter(**{column: document.pk}).order_by("pk")
    held: set[int] | None = None
    while held != wanted:
        held = set(wanted)
        for pair in rows.values_list("customer_id", "payer_id"):
            wanted.update(pair)
        lock_accounts(wanted)


def lock_lineage(*, customer_id: int | None = None, parent_id: int | None) -> None:
    """Hold an account and its wanted parent; who names a parent also waits for everybody else who does.

    Two moves can make a circle or a tree too deep together although they share neither end, and locking
    whole lines of ancestors, found while waiting, ends in deadlocks. Moves are rare: the company's row,
    taken before any account, lets one through at a time.
    """
    if parent_id is not None:
        list(Company.objects.select_for_update(no_key=True).filter(pk=Company.get().pk))
    lock_accounts([customer_id, parent_id])


def ancestors_of(customer_id: int, *, most: int = 32) -> list[int]:
    """Who stands above an account, nearest first; `most` is a guard against broken trees."""
    found: list[int] = []
    rows = Customer.objects.order_by("pk").values_list("parent_customer_id", flat=True)
    parent = rows.filter(pk=customer_id).first()
    while parent is not None and len(found) < most and parent not in found:
        found.append(parent)
        parent = rows.filter(pk=parent).first()
    return found
