"""The ledger as a sorted stream of movements, for one account or many at once.

Written as SQL by hand: one statement for any number of accounts and documents, the same text on
PostgreSQL and SQLite (moments are whole numbers). What counts, when and with which sign follows
`docs/ledger.md`.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

# Within one second: the order in which movements are printed.
RANK = {
    "invoice": 1,
    "credit_note": 2,
    "write_off": 3,
    "applied_credit": 4,
    "payment": 5,
    "transfer": 6,
    "payment_reversal": 7,
    "refund": 8,
    "moved_to_credit": 9,
    "credit_adjustment": 10,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement: `amount` is its effect on the account balance, or on the wallet when `wallet`.

    Minor units, Unix seconds. `other_id` is the second account of a transfer.
    """

    customer_id: int
    currency: str
    wallet: bool
    at: int
    type: str
    amount: int
    number: str
    id: int
    method: str
    fee: int
    other_id: int | None


_FEE = """COALESCE((SELECT SUM(f.amount) FROM customers_paymentapplication f
  WHERE f.payment_id = p.id AND f.type = 'convenience_fee' AND f.ended_at IS NULL), 0)"""

# (account column, moment, wallet, type, amount, number, id, method, fee, other account, from, where)
# A voided invoice never counted; one that went into a consolidated invoice counts until that moment.
_DOCUMENTS = [
    ("d.customer_id", "d.date", 0, "'invoice'", "d.total", "d.number", "d.id", "''", "0", "NULL",
     "customers_invoice d", "NOT d.draft AND (d.voided_at IS NULL OR d.consolidated_into_id IS NOT NULL)"),
    ("d.customer_id", "d.voided_at", 0, "'invoice'", "-d.total", "d.number", "d.id", "''", "0", "NULL",
     "customers_invoice d", "NOT d.draft AND d.consolidated_into_id IS NOT NULL"),
    ("d.customer_id", "d.date", 0, "'credit_note'", "-d.total", "d.number", "d.id", "''", "0", "NULL",
     "customers_creditnote d", "NOT d.draft AND d.voided_at IS NULL"),
    ("p.customer_id", "p.date", 0, "'payment'", f"{_FEE} - p.amount", "p.reference", "p.id", "p.method",
     _FEE, "NULL", "customers_payment p", "p.status = 'succeeded' AND p.voided_at IS NULL"),
    ("r.customer_id", "r.date", 0, "'refund'", "r.amount", "p.reference", "r.id", "p.method", "0", "NULL",
     "customers_refund r JOIN customers_payment p ON p.id = r.payment_id", "p.voided_at IS NULL"),
    ("r.customer_id", "r.date", 0, "'payment_reversal'", "r.amount", "p.reference", "r.id", "p.method",
     "0", "NULL", "customers_reversal r JOIN customers_payment p ON p.id = r.payment_id",
     "p.voided_at IS NULL"),
    ("c.customer_id", "c.date", 1, "'credit_adjustment'", "c.amount", "''", "c.id", "''", "0", "NULL",
     "customers_creditadjustment c", "1 = 1"),
]  # fmt: skip

_APPLIED = """customers_paymentapplication a
  LEFT JOIN customers_invoice i ON i.id = a.invoice_id
  LEFT JOIN customers_payment p ON p.id = a.payment_id
  LEFT JOIN customers_creditnote n ON n.id = a.credit_note_id"""
_WRITTEN_OFF = "customers_writeoff w JOIN customers_invoice i ON i.id = w.invoice_id"
_SOURCE = "COALESCE(p.reference, n.number, '')"

# Spans: they begin with this sign and, when they end, the same amount comes back.
# (account column, wallet, type, sign, amount, begin, end, number, id, method, other account, from, where)
_SPANS = [
    ("w.customer_id", 0, "'write_off'", "-", "w.amount", "w.date", "w.ended_at", "i.number", "w.id", "''",
     "NULL", _WRITTEN_OFF, "1 = 1"),
    ("a.customer_id", 0, "'applied_credit'", "-", "a.amount", "a.effective_at", "a.ended_at", "i.number",
     "a.id", "''", "NULL", _APPLIED, "a.type = 'applied_credit'"),
    ("a.payer_id", 1, "'applied_credit'", "-", "a.amount", "a.effective_at", "a.ended_at", "i.number",
     "a.id", "''", "NULL", _APPLIED, "a.type = 'applied_credit'"),
    ("a.payer_id", 0, "'moved_to_credit'", "", "a.amount", "a.effective_at", "a.ended_at", _SOURCE,
     "a.id", "''", "NULL", _APPLIED, "a.type = 'credit'"),
    ("a.payer_id", 1, "'moved_to_credit'", "", "a.amount", "a.effective_at", "a.ended_at", _SOURCE,
     "a.id", "''", "NULL", _APPLIED, "a.type = 'credit'"),
    ("a.customer_id", 0, "'transfer'", "-", "a.amount", "a.effective_at", "a.ended_at", "i.number", "a.id",
     "''", "a.payer_id", _APPLIED, "a.type = 'invoice' AND a.customer_id <> a.payer_id"),
    ("a.payer_id", 0, "'transfer'", "", "a.amount", "a.effective_at", "a.ended_at", "i.number", "a.id",
     "''", "a.customer_id", _APPLIED, "a.type = 'invoice' AND a.customer_id <> a.payer_id"),
]  # fmt: skip


def entries_between(*, customer_ids: Collection[int], start: int, end: int) -> list[Entry]:
    """Every movement with start <= moment <= end, in printing order. One query."""
    return _read(customer_ids, f">= {int(start)} AND {{0}} < {int(end) + 1}")


def all_entries(*, customer_ids: Collection[int]) -> list[Entry]:
    """Every movement there is, in printing order. One query."""
    return _read(customer_ids, "IS NOT NULL")


def sums_before(*, customer_ids: Collection[int], moment: int) -> dict[tuple[int, str], tuple[int, int]]:
    """(account balance, wallet) by (customer, currency) of all that lies before a moment. One query."""
    if not customer_ids:
        return {}
    union = _union(customer_ids, f"< {int(moment)}")
    sql = (
        "SELECT customer_id, currency, wallet, SUM(amount) FROM (" + union + ") m "
        "GROUP BY customer_id, currency, wallet"
    )
    sums: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for customer_id, currency, wallet, amount in cursor.fetchall():
            sums[customer_id, currency][wallet] = int(amount)
    return {key: (account, wallet) for key, (account, wallet) in sums.items()}


def in_list(ids: Collection[int]) -> str:
    """Ids as an SQL list. Whole numbers only, so nothing can be smuggled in."""
    return "(" + ",".join(str(int(pk)) for pk in ids) + ")"


def _read(customer_ids: Collection[int], when: str) -> list[Entry]:
    if not customer_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_union(customer_ids, when))
        rows = cursor.fetchall()
    entries = [
        Entry(owner, currency, bool(wallet), at, kind, int(amount), number or "", pk, method, int(fee), other)
        for owner, currency, wallet, at, kind, amount, number, pk, method, fee, other in rows
    ]
    return sorted(entries, key=printing_order)


def printing_order(entry: Entry) -> tuple[int, int, str, int, int, int]:
    """By moment, then kind, number and id: a total order, so that two runs print the same file."""
    return (entry.at, RANK[entry.type], entry.number, entry.id, entry.customer_id, entry.amount)


def _union(customer_ids: Collection[int], when: str) -> str:
    ids = in_list(customer_ids)
    parts = []
    for account, at, wallet, kind, amount, number, pk, method, fee, other, source, where in _DOCUMENTS:
        parts.append(
            _select(account, at, wallet, kind, amount, number, pk, method, fee, other, source)
            + f" WHERE {account} IN {ids} AND {where} AND {at} {when.format(at)}"
        )
    for account, wallet, kind, sign, amount, begin, end, number, pk, method, other, source, where in _SPANS:
        back = "" if sign else "-"
        for at, signed in ((begin, sign + amount), (end, back + amount)):
            parts.append(
                _select(account, at, wallet, kind, signed, number, pk, method, "0", other, source)
                + f" WHERE {account} IN {ids} AND {where} AND {at} {when.format(at)}"
                + f" AND ({end} IS NULL OR {end} > {begin})"
            )
    return " UNION ALL ".join(parts)


def _select(
    account: str, at: str, wallet: int, kind: str, amount: str, number: str, pk: str, method: str,
    fee: str, other: str, source: str,
) -> str:  # fmt: skip
    currency = account.split(".", maxsplit=1)[0] + ".currency"
    return (
        f"SELECT {account} AS customer_id, {currency} AS currency, {wallet} AS wallet, {at} AS at, "
        f"{kind} AS type, {amount} AS amount, {number} AS number, {pk} AS id, {method} AS method, "
        f"{fee} AS fee, CAST({other} AS BIGINT) AS other_id FROM {source}"
    )
