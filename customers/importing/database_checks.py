"""Checks against the database: what is there already, identical or contradicting."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from customers.importing.cells import as_written
from customers.importing.roll import same_name
from customers.importing.staging import Stage, insert_faults
from customers.models import CreditNote, Customer, Invoice, Payment

_Fault = tuple[int, int, str, str, str]
_DOCUMENTS: tuple[tuple[str, str, type[Invoice] | type[CreditNote]], ...] = (
    ("invoices", "invoice", Invoice),
    ("credit_notes", "credit note", CreditNote),
)
_OF_CUSTOMER = ("contacts", "invoices", "credit_notes", "payments")


def check_customers(stage: Stage) -> None:
    """Find the customers that exist. A new one needs a name; an existing one must not bear another."""
    stage.db.execute("CREATE TEMP TABLE stopped (key TEXT PRIMARY KEY, place TEXT, reason TEXT)")
    for rows in stage.pages("customers"):
        staged = {row[1]: row for row in rows}
        found = {
            key: (pk, name)
            for pk, key, name in Customer.objects.filter(number_key__in=staged).values_list(
                "pk", "number_key", "name"
            )
        }
        stage.db.executemany(
            "UPDATE customers SET existing = ? WHERE key = ?", [(pk, key) for key, (pk, _) in found.items()]
        )
        stopped = [_stop(row, found.get(key)) for key, row in staged.items()]
        stage.db.executemany("INSERT INTO stopped VALUES (?,?,?)", [stop for stop in stopped if stop])
    _refuse_rows_of_stopped(stage)
    stage.db.execute("DROP TABLE stopped")


def _stop(row: Sequence[Any], found: tuple[int, str] | None) -> tuple[str, str, str] | None:
    """Why nothing of this customer can be stored: (key, place, reason)."""
    key, number, facts = row[1], row[2], json.loads(row[6])
    name = facts.get("name")
    if found and name and not same_name(found[1], name):
        reason = (
            f'customer {number} is "{found[1]}" here already, not "{name}"; '
            "leave the name out to import into that account"
        )
        return key, "customers.name", reason
    if not found and not name and not facts.get("nameless"):
        return key, "customers.key", f"there is no customer {number} yet, and no row gives it a name"
    return None


def _refuse_rows_of_stopped(stage: Stage) -> None:
    if not stage.number("SELECT COUNT(*) FROM stopped"):
        return
    stage.db.execute(
        "INSERT INTO faults SELECT NULL, source, line, 'customers', place, reason "
        "FROM customers JOIN stopped USING (key) WHERE own = 1"
    )
    for table in _OF_CUSTOMER:
        # A row that is an invoice and its payment at once is told so once.
        own = " AND own = 1" if table == "payments" else ""
        stage.db.execute(
            f"INSERT INTO faults SELECT NULL, source, line, '{table}', place, reason "
            f"FROM {table} JOIN stopped ON stopped.key = customer_key{own}"
        )
    stage.db.execute("DELETE FROM customers WHERE key IN (SELECT key FROM stopped)")


def check_documents(stage: Stage) -> None:
    """An invoice or credit note with a known number is already there, or refused when it differs."""
    for table, noun, model in _DOCUMENTS:
        columns = "id, source, line, key, number, customer_key, currency, date, total"
        for rows in _pages(stage, table, columns):
            known = {
                row[1]: row
                for row in model.objects.filter(number_key__in=[row[3] for row in rows]).values_list(
                    "pk", "number_key", "customer__number_key", "currency", "date", "total", "voided_at"
                )
            }
            if not known:
                continue
            faults = []
            for row in rows:
                if row[3] not in known:
                    continue
                stage.db.execute(f"UPDATE {table} SET existing = ? WHERE id = ?", (known[row[3]][0], row[0]))
                fault = _differs(row, known[row[3]], table, noun)
                if fault:
                    faults.append(fault)
            insert_faults(stage, faults)


def _differs(row: Sequence[Any], known: Sequence[Any], table: str, noun: str) -> _Fault | None:
    _, source, line, _, number, customer_key, currency, date, total = row
    _, _, known_customer, known_currency, known_date, known_total, voided_at = known
    place, what = "", ""
    if customer_key != known_customer:
        place, what = "customer", f"belongs to customer {known_customer.upper()}"
    elif currency != known_currency:
        place, what = "currency", f"is in {known_currency.upper()}"
    elif total != known_total:
        place, what = "total", f"amounts to {as_written(known_total, known_currency)}"
    elif date != seconds(known_date) and not _same_day(date, known_date):
        place, what = "date", f"is of {known_date:%Y-%m-%d}"
    elif voided_at is not None:
        place, what = "key", "is voided"
    if not place:
        return None
    return source, line, table, f"{table}.{place}", f"{noun} {number} is here already and {what}"


def _same_day(date: int, known: datetime) -> bool:
    """Imported days are 12:00; an entry by hand may carry any time of the same day."""
    return abs(date - seconds(known)) <= 12 * 3600


def check_payments(stage: Stage) -> None:
    """A payment is known by its key. The same key with another amount or customer is refused."""
    columns = "id, source, line, key, customer_key, currency, amount"
    for rows in _pages(stage, "payments", columns):
        known = {
            row[1]: row
            for row in Payment.objects.filter(import_key__in={row[3] for row in rows}).values_list(
                "pk", "import_key", "customer__number_key", "currency", "amount"
            )
        }
        if not known:
            continue
        faults = []
        for row in rows:
            if row[3] not in known:
                continue
            stage.db.execute("UPDATE payments SET existing = ? WHERE id = ?", (known[row[3]][0], row[0]))
            fault = _payment_differs(stage, row, known[row[3]])
            if fault:
                faults.append(fault)
        insert_faults(stage, faults)


def _payment_differs(stage: Stage, row: Sequence[Any], known: Sequence[Any]) -> _Fault | None:
    _, source, line, key, customer_key, currency, _ = row
    total = stage.number("SELECT SUM(amount) FROM payments WHERE key = ?", (key,))
    if (customer_key, currency, total) == (known[2], known[3], known[4]):
        return None
    there = f"{as_written(known[4], known[3])} {known[3].upper()} of customer {(known[2] or '').upper()}"
    return source, line, "payments", "payments.amount", f"this payment is here already as {there}"


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _pages(stage: Stage, table: str, columns: str) -> Iterable[list[Any]]:
    after = 0
    sql = f"SELECT {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT 1000"
    while rows := stage.db.execute(sql, (after,)).fetchall():
        yield rows
        after = rows[-1][0]
