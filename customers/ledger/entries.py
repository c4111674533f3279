"""The ledger as a sorted stream of movements, for one account or many at once.

Written as SQL by hand: one statement for any number of accounts and documents, the same text on
PostgreSQL and SQLite (moments are whole numbers). What counts, when and with which sign follows
`docs/ledger.md`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

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


class TypeSum(NamedTuple):
    """What movements of one type come to before a moment and from it on, over many accounts."""

    currency: str
    wallet: bool
    type: str
    before: int
    during: int


class _Part(NamedTuple):
    """One source of movements in SQL; what stands behind `where` is left out of mere sums."""

    account: str
    wallet: int
    type: str
    amount: str
    at: str
    source: str
    where: str
    joins: str = ""
    number: str = "''"
    id: str = "0"
    method: str = "''"
    fee: str = "0"
    other: str = "NULL"


_FEE = """COALESCE((SELECT SUM(f.amount) FROM customers_paymentapplication f
  WHERE f.payment_id = p.id AND f.type = 'convenience_fee' AND f.ended_at IS NULL), 0)"""
_OF_PAYMENT = "JOIN customers_payment p ON p.id = r.payment_id"

# A voided invoice never counted; one that went into a consolidated invoice counts until that moment.
_DOCUMENTS = [
    _Part("d.customer_id", 0, "'invoice'", "d.total", "d.date", "customers_invoice d",
          "NOT d.draft AND (d.voided_at IS NULL OR d.consolidated_into_id IS NOT NULL)",
          number="d.number", id="d.id"),
    _Part("d.customer_id", 0, "'invoice'", "-d.total", "d.voided_at", "customers_invoice d",
          "NOT d.draft AND d.consolidated_into_id IS NOT NULL", number="d.number", id="d.id"),
    _Part("d.customer_id", 0, "'credit_note'", "-d.total", "d.date", "customers_creditnote d",
          "NOT d.draft AND d.voided_at IS NULL", number="d.number", id="d.id"),
    _Part("p.customer_id", 0, "'payment'", f"{_FEE} - p.amount", "p.date", "customers_payment p",
          "p.status = 'succeeded' AND p.voided_at IS NULL", number="p.reference", id="p.id",
          method="p.method", fee=_FEE),
    _Part("r.customer_id", 0, "'refund'", "r.amount - r.fee", "r.date",
          f"customers_refund r {_OF_PAYMENT}", "p.voided_at IS NULL AND r.amount > r.fee",
          number="p.reference", id="r.id", method="p.method", fee="r.fee"),
    _Part("r.customer_id", 0, "'payment_reversal'", "r.amount", "r.date",
          f"customers_reversal r {_OF_PAYMENT}", "p.voided_at IS NULL", number="p.reference", id="r.id",
          method="p.method"),
    _Part("c.customer_id", 1, "'credit_adjustment'", "c.amount", "c.date", "customers_creditadjustment c",
          "1 = 1", id="c.id"),
]  # fmt: skip

_ACROSS = "a.type = 'invoice' AND a.customer_id <> a.payer_id"
_TO_INVOICE = "LEFT JOIN customers_invoice i ON i.id = a.invoice_id"
_FROM_SOURCE = f"""{_TO_INVOICE}
  LEFT JOIN customers_payment p ON p.id = a.payment_id
  LEFT JOIN customers_creditnote n ON n.id = a.credit_note_id"""
_NUMBER = "CASE a.type WHEN 'credit' THEN COALESCE(p.reference, n.number, '') ELSE i.number END"
_APPLIED = "customers_paymentapplication a"

# Spans: from their moment on they count, and when they end the same amount comes back.
_SPANS = [
    (_Part("w.customer_id", 0, "'write_off'", "-w.amount", "w.date", "customers_writeoff w", "1 = 1",
           "JOIN customers_invoice i ON i.id = w.invoice_id", "i.number", "w.id"), "w.ended_at"),
    (_Part("a.customer_id", 0, "CASE a.type WHEN 'invoice' THEN 'transfer' ELSE a.type END", "-a.amount",
           "a.effective_at", _APPLIED, f"(a.type = 'applied_credit' OR {_ACROSS})", _TO_INVOICE, "i.number",
           "a.id", other="CASE a.type WHEN 'invoice' THEN a.payer_id END"), "a.ended_at"),
    (_Part("a.payer_id", 0, "CASE a.type WHEN 'invoice' THEN 'transfer' ELSE 'moved_to_credit' END",
           "a.amount", "a.effective_at", _APPLIED, f"(a.type = 'credit' OR {_ACROSS})", _FROM_SOURCE,
           _NUMBER, "a.id", other="CASE a.type WHEN 'invoice' THEN a.customer_id END"), "a.ended_at"),
    (_Part("a.payer_id", 1, "CASE a.type WHEN 'credit' THEN 'moved_to_credit' ELSE a.type END",
           "CASE a.type WHEN 'credit' THEN a.amount ELSE -a.amount END", "a.effective_at", _APPLIED,
           "a.type IN ('credit', 'applied_credit')", _FROM_SOURCE, _NUMBER, "a.id"), "a.ended_at"),
]  # fmt: skip


def _parts() -> Iterator[_Part]:
    yield from _DOCUMENTS
    for part, end in _SPANS:
        held = f"{part.where} AND ({end} IS NULL OR {end} > {part.at})"
        yield part._replace(where=held)
        yield part._replace(amount=f"-({part.amount})", at=end, where=held)


_PARTS = tuple(_parts())


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
    union = _union(_of(customer_ids), f"< {int(moment)}", sums=True)
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


def sums_by_type(*, start: int, end: int, owner_id: int | None = None) -> list[TypeSum]:
    """What the movements of all accounts, or of one owner's, come to by currency and type. One query.

    Movements up to the end of second `end` count; those before `start` are kept apart.
    """
    union = _union(_owned_by(owner_id), f"< {int(end) + 1}", sums=True)
    sql = (
        f"SELECT currency, wallet, type, SUM(CASE WHEN at < {int(start)} THEN amount ELSE 0 END), "
        f"SUM(CASE WHEN at < {int(start)} THEN 0 ELSE amount END) FROM ({union}) m "
        "GROUP BY currency, wallet, type ORDER BY currency, wallet, type"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [
            TypeSum(currency, bool(wallet), kind, int(before), int(during))
            for currency, wallet, kind, before, during in cursor.fetchall()
        ]


def _owned_by(owner_id: int | None) -> Callable[[str], str]:
    return partial(among, ids=None) if owner_id is None else partial(_owned, owner_id=owner_id)


def _owned(column: str, owner_id: int) -> str:
    return f"{column} IN (SELECT id FROM customers_customer WHERE owner_id = {int(owner_id)})"


def movements_of_type(
    *, type: str, currency: str, start: int, end: int, most: int, skip: int = 0, owner_id: int | None = None
) -> tuple[list[Entry], int, int]:
    """A page of what one sum of `sums_by_type` is made of, oldest first; count and sum of all."""
    union = _union(_owned_by(owner_id), f">= {int(start)} AND {{0}} < {int(end) + 1}")
    wanted = f"FROM ({union}) m WHERE wallet = 0 AND type = %s AND currency = %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*), COALESCE(SUM(amount), 0) {wanted}", [type, currency])
        count, total = cursor.fetchone()
        order = "ORDER BY at, number, id, customer_id, amount LIMIT %s OFFSET %s"
        cursor.execute(f"SELECT m.* {wanted} {order}", [type, currency, most, skip])
        return [_entry(row) for row in cursor.fetchall()], int(count), int(total)


def in_list(ids: Collection[int]) -> str:
    """Ids as an SQL list. Whole numbers only, so nothing can be smuggled in."""
    return "(" + ",".join(str(int(pk)) for pk in ids) + ")"


def among(column: str, ids: Collection[int] | None) -> str:
    """A condition for accounts; None means every account there is.

    PostgreSQL plans an array of five hundred ids three times as fast as a list of them.
    """
    if ids is None:
        return f"{column} IS NOT NULL"
    if connection.vendor == "postgresql":
        return f"{column} = ANY('{{{','.join(str(int(pk)) for pk in ids)}}}'::bigint[])"
    return f"{column} IN {in_list(ids)}"


def _read(customer_ids: Collection[int], when: str) -> list[Entry]:
    if not customer_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_union(_of(customer_ids), when))
        rows = cursor.fetchall()
    return sorted(map(_entry, rows), key=printing_order)


def _entry(row: tuple[Any, ...]) -> Entry:
    owner, currency, wallet, at, kind, amount, number, *rest = row
    pk, method, fee, other = rest
    return Entry(
        owner, currency, bool(wallet), at, kind, int(amount), number or "", pk, method, int(fee), other
    )


def printing_order(entry: Entry) -> tuple[int, int, str, int, int, int]:
    """By moment, then kind, number and id: a total order, so that two runs print the same file."""
    return (entry.at, RANK[entry.type], entry.number, entry.id, entry.customer_id, entry.amount)


def _of(customer_ids: Collection[int]) -> Callable[[str], str]:
    return partial(among, ids=customer_ids)


def _union(accounts: Callable[[str], str], when: str, *, sums: bool = False) -> str:
    """Every movement; `accounts` makes a condition of the account's column, `when` of the moment."""
    return " UNION ALL ".join(
        f"{_select(part, sums)} WHERE {accounts(part.account)} AND {part.where} AND {part.at} "
        f"{when.format(part.at)}"
        for part in _PARTS
    )


def _select(part: _Part, sums: bool) -> str:
    currency = part.account.split(".", maxsplit=1)[0] + ".currency"
    figures = (
        f"SELECT {part.account} AS customer_id, {currency} AS currency, {part.wallet} AS wallet, "
        f"{part.at} AS at, {part.type} AS type, {part.amount} AS amount"
    )
    if sums:
        return f"{figures} FROM {part.source}"
    return (
        f"{figures}, {part.number} AS number, {part.id} AS id, {part.method} AS method, {part.fee} AS fee, "
        f"CAST({part.other} AS BIGINT) AS other_id FROM {part.source} {part.joins}"
    )
