"""Pass two, the careful part: credit notes and payments that settle what is open at that moment."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from customers.importing.cells import as_written
from customers.importing.inserting import Inserter, new_tokens
from customers.importing.staging import Stage
from customers.importing.writing import APPLICATION, PAYMENT, SOURCE, Written, lock_customers
from customers.ledger.claims import CLAIMED_AMOUNT
from customers.ledger.settling import reschedule_invoices
from customers.models import CreditNote, Invoice, LineItem, Payment, PaymentApplication

CREDIT_NAME = "Imported credit"
_NOTE = (
    "number", "number_key", "currency", "date", "subtotal", "total", "purchase_order", "notes", "metadata",
    "customer_id", "balance", "invoice_id", "token",
)  # fmt: skip
_NOTE_APPLICATION = tuple("credit_note_id" if name == "payment_id" else name for name in APPLICATION)


class _Open:
    """What is open on the named invoices, read under the lock and used up in order.

    What a charge has in hand is not there to be settled by anybody else.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        wanted = {key for key in keys if key}
        rows = Invoice.objects.filter(number_key__in=wanted, draft=False, voided_at=None, closed_at=None)
        found: Iterable[Any] = rows.annotate(in_hand=CLAIMED_AMOUNT).values_list(
            "number_key", "pk", "customer_id", "date", "balance", "in_hand"
        )
        self._rows = {
            key: [pk, customer_id, int(moment.timestamp()), balance - in_hand]
            for key, pk, customer_id, moment, balance, in_hand in found
        }
        self._before = {pk: balance for _, pk, _, _, balance, _ in found}
        self._used: Counter[int] = Counter()

    def id_of(self, key: str | None) -> int | None:
        return self._rows[key][0] if key in self._rows else None

    def take(self, key: str | None, most: int) -> tuple[int, int, int, int] | None:
        """Use up to `most` of what is open: (invoice id, its customer, its moment, amount used)."""
        if key is None or key not in self._rows:
            return None
        row = self._rows[key]
        used = min(most, row[3])
        if used <= 0:
            return None
        row[3] -= used
        self._used[row[0]] += used
        return (row[0], row[1], row[2], used)

    def store(self, now: datetime) -> None:
        """Write the balances. AutoPay goes on from them: the next instalment, or nothing more."""
        if not self._used:
            return
        adapted = connection.ops.adapt_datetimefield_value(now)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {Invoice._meta.db_table} SET balance = %s, updated_at = %s WHERE id = %s",
                [(self._before[pk] - used, adapted, pk) for pk, used in self._used.items()],
            )
        reschedule_invoices(before={pk: self._before[pk] for pk in self._used}, now=now)


class CreditNoteWriter:
    """Writes new credit notes; one that names an invoice settles it on its own date."""

    def __init__(self) -> None:
        self._notes = Inserter(CreditNote, _NOTE)
        self._lines = Inserter(LineItem, ("credit_note_id", "name", "unit_cost", "amount"), position=0)
        self._applications = Inserter(PaymentApplication, _NOTE_APPLICATION, type="credit_note")

    def write(self, staged: Sequence[Sequence[Any]], now: datetime) -> Written:
        """Rows of the stage's credit notes, in one transaction."""
        written = Written()
        new = [row for row in staged if row[14] is None]
        customers = lock_customers(row[5] for row in new)
        still_open = _Open(row[9] for row in new)
        ids, line_ids = self._notes.reserve(len(new)), self._lines.reserve(len(new))
        notes, lines, uses = [], [], []
        for pk, line_id, token, row in zip(ids, line_ids, new_tokens(len(new)), new, strict=True):
            (_, _, _, key, number, customer_key, currency, moment, total, invoice, order, notes_text,
             description, metadata, _) = row  # fmt: skip
            customer_id = customers[customer_key]
            used = still_open.take(invoice, total)
            balance = total - (used[3] if used else 0)
            notes.append(
                (pk, number, key, currency, moment, total, total, order, notes_text, metadata, customer_id,
                 balance, still_open.id_of(invoice), token)
            )  # fmt: skip
            lines.append((line_id, pk, description or CREDIT_NAME, as_written(total, currency), total))
            if used:
                uses.append((customer_id, pk, moment, currency, used))
        self._notes.insert(notes, now=now)
        self._lines.insert(lines, now=now)
        still_open.store(now)
        written.add("credit_notes", ids)
        written.add("applications", insert_uses(self._applications, uses, now))
        return written


class PaymentWriter:
    """Writes the payments that are not settled with their invoice: parts, prepayments, later ones."""

    def __init__(self) -> None:
        self._payments = Inserter(Payment, PAYMENT, source=SOURCE)
        self._applications = Inserter(PaymentApplication, APPLICATION, type="invoice")

    def write(self, groups: Sequence[Sequence[Sequence[Any]]], now: datetime) -> Written:
        """Payments as lists of their parts (rows of PAYMENT_ROWS), in one transaction."""
        written = Written()
        parts = [part for group in groups for part in group]
        customers = lock_customers(_accounts(parts))
        still_open = _Open(part[5] for part in parts)
        ids, payments, uses = self._payments.reserve(len(groups)), [], []
        for pk, token, group in zip(ids, new_tokens(len(groups)), groups, strict=True):
            key, customer_key, currency, moment, _, _, method, reference, notes, metadata = group[0]
            amount = sum(part[4] for part in group)
            taken = [used for part in group if (used := still_open.take(part[5], part[4]))]
            balance = amount - sum(used[3] for used in taken)
            payments.append(
                (pk, customers[customer_key], moment, currency, amount, balance, method, reference, notes,
                 metadata, key, token)
            )  # fmt: skip
            uses += [(customers[customer_key], pk, moment, currency, used) for used in taken]
        self._payments.insert(payments, now=now)
        still_open.store(now)
        written.add("payments", ids)
        written.add("applications", insert_uses(self._applications, uses, now))
        return written


def _accounts(parts: Sequence[Sequence[Any]]) -> set[str]:
    """Everybody concerned: who pays and, when a parent pays, whose invoice it is."""
    invoices = Invoice.objects.filter(number_key__in={part[5] for part in parts if part[5]})
    return {part[1] for part in parts} | set(invoices.values_list("customer__number_key", flat=True))


def insert_uses(
    inserter: Inserter, uses: list[tuple[int, int, int, str, tuple[int, int, int, int]]], now: datetime
) -> range | list[int]:
    """Applications of payments or credit notes: (payer, its row, its moment, currency, what was taken)."""
    ids = inserter.reserve(len(uses))
    inserter.insert(
        [
            (pk, owner, payer, currency, amount, row_id, invoice_id, moment, max(moment, invoiced))
            for pk, (payer, row_id, moment, currency, (invoice_id, owner, invoiced, amount)) in zip(
                ids, uses, strict=True
            )
        ],
        now=now,
    )
    return ids


PAYMENT_ROWS = """
SELECT p.key, p.customer_key, p.currency, p.date, p.amount, p.invoice_key, p.method, p.reference, p.notes,
       p.metadata
FROM payments p JOIN (SELECT key, MIN(date) AS first_date, MIN(id) AS first_id FROM payments
  WHERE simple = 0 AND existing IS NULL GROUP BY key) g ON g.key = p.key
ORDER BY g.first_date, g.first_id, p.id
"""


def payment_groups(stage: Stage, size: int) -> Iterator[list[list[Any]]]:
    """The payments that are still to be written, oldest first, in lists of about `size` parts."""
    groups: list[list[Any]] = []
    parts = 0
    for rows in stage.chunks(PAYMENT_ROWS):
        for row in rows:
            if groups and groups[-1][0][0] == row[0]:
                groups[-1].append(row)
            else:
                if parts >= size:
                    yield groups
                    groups, parts = [], 0
                groups.append([row])
            parts += 1
    if groups:
        yield groups
