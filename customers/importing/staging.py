"""What an import has to remember, in a temporary SQLite file: flat memory for any number of rows.

The file is anonymous, lives in the system's temporary folder and vanishes with the process. Reading
the same files again gives the same rows with the same ids, so a cursor into it stays valid.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from typing import Any

from customers.importing.faults import Fault

KINDS = ("customers", "contacts", "invoices", "credit_notes", "payments")
_BATCH = 1_000
_CACHE_KIB = 16_384

# `source` is the table of a file (a sheet), `line` its line; `existing` the id of the same row in
# the database; moments are Unix seconds, amounts minor units, `metadata` and `facts` JSON.
_SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, key TEXT UNIQUE, number TEXT, source INT, line INT,
  own INT, facts TEXT, existing INT);
CREATE TABLE contacts (id INTEGER PRIMARY KEY, source INT, line INT, customer_key TEXT, key TEXT,
  facts TEXT, existing INT);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, source INT, line INT, key TEXT, number TEXT,
  customer_key TEXT, currency TEXT, date INT, due_date INT, total INT, disputed_from INT,
  disputed_until INT, payment_terms TEXT, purchase_order TEXT, notes TEXT, description TEXT,
  metadata TEXT, existing INT);
CREATE TABLE credit_notes (id INTEGER PRIMARY KEY, source INT, line INT, key TEXT, number TEXT,
  customer_key TEXT, currency TEXT, date INT, total INT, invoice_key TEXT, purchase_order TEXT,
  notes TEXT, description TEXT, metadata TEXT, existing INT);
CREATE TABLE payments (id INTEGER PRIMARY KEY, source INT, line INT, own INT, key TEXT, content TEXT,
  customer_key TEXT, currency TEXT, date INT, amount INT, invoice_key TEXT, method TEXT,
  reference TEXT, notes TEXT, metadata TEXT, existing INT, simple INT);
CREATE TABLE targets (key TEXT PRIMARY KEY, existing INT, customer_key TEXT, currency TEXT, date INT,
  balance INT, state TEXT);
CREATE TABLE repeated (kind TEXT, source INT, line INT);
CREATE TABLE faults (id INTEGER PRIMARY KEY, source INT, line INT, kind TEXT, place TEXT, reason TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, source INT, line INT, place TEXT, reason TEXT);
CREATE INDEX fault_row ON faults (source, line);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS contact_customer ON contacts (customer_key, key);
CREATE INDEX IF NOT EXISTS invoice_key ON invoices (key);
CREATE INDEX IF NOT EXISTS credit_note_key ON credit_notes (key);
CREATE INDEX IF NOT EXISTS credit_note_invoice ON credit_notes (invoice_key);
CREATE INDEX IF NOT EXISTS payment_key ON payments (key);
CREATE INDEX IF NOT EXISTS payment_invoice ON payments (invoice_key);
"""
_INSERTS = {
    "contacts": "INSERT INTO contacts VALUES (NULL,?,?,?,?,?,NULL)",
    "invoices": "INSERT INTO invoices VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL)",
    "credit_notes": "INSERT INTO credit_notes VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL)",
    "payments": "INSERT INTO payments VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL,0)",
    "faults": "INSERT INTO faults VALUES (NULL,?,?,?,?,?)",
}


class Stage:
    """The remembered rows of one import, and what was found wrong with them."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.rows: list[int] = []
        self._titles: list[AnyMapping[str, str]] = []
        self.db = sqlite3.connect("", isolation_level=None)
        self.db.execute("PRAGMA journal_mode = OFF")
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        _run(self.db, _SCHEMA)
        self.db.execute("BEGIN")
        self._waiting: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in _INSERTS}

    def close(self) -> None:
        self.db.close()

    def add_source(self, label: str, titles: AnyMapping[str, str]) -> int:
        """A table to come; `titles` says what it calls our columns (`amount`, `invoices.total`)."""
        self.labels.append(label)
        self.rows.append(0)
        self._titles.append(titles)
        return len(self.labels) - 1

    def add(self, kind: str, row: tuple[Any, ...]) -> None:
        """Remember a row; written in bunches, so call `flush` before asking."""
        waiting = self._waiting[kind]
        waiting.append(row)
        if len(waiting) >= _BATCH:
            self._write(kind)

    def title(self, source: int, place: str) -> str:
        """What a file calls one of our columns, or a place such as `payments.amount`."""
        titles, name = self._titles[source], place.partition(".")[2] or place
        return titles.get(place) or titles.get(name) or titles.get(name.replace("_", "")) or name

    def flush(self) -> None:
        """Write what is waiting and make the rows fit to be asked about."""
        for kind in self._waiting:
            self._write(kind)
        _run(self.db, _INDEXES)

    def number(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """The one number a query gives, 0 for none."""
        row = self.db.execute(sql, parameters).fetchone()
        return int(row[0] or 0) if row else 0

    def chunks(self, sql: str, parameters: Sequence[Any] = (), size: int = _BATCH) -> Iterator[list[Any]]:
        """A query's rows in lists; rows may be changed meanwhile if the query does not read the change."""
        cursor = self.db.execute(sql, parameters)
        while rows := cursor.fetchmany(size):
            yield rows

    def pages(self, table: str, where: str = "1", size: int = _BATCH) -> Iterator[list[Any]]:
        """Rows of a table by id, in lists, safe against changes between them; `id` is the first column."""
        after = 0
        sql = f"SELECT * FROM {table} WHERE id > ? AND {where} ORDER BY id LIMIT {size}"
        while rows := self.db.execute(sql, (after,)).fetchall():
            yield rows
            after = rows[-1][0]

    def drop_refused(self) -> None:
        """Take every row with a fault out, whatever it was staged as."""
        for table in ("contacts", "invoices", "credit_notes", "payments"):
            self.db.execute(
                f"DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM faults f "
                f"WHERE f.source = {table}.source AND f.line = {table}.line)"
            )
        self.db.execute(
            "UPDATE customers SET own = 0 WHERE own = 1 AND EXISTS (SELECT 1 FROM faults f "
            "WHERE f.source = customers.source AND f.line = customers.line)"
        )

    def fault_count(self) -> int:
        return self.number("SELECT COUNT(*) FROM faults")

    def refused_rows(self, kind: str) -> int:
        return self.number(
            "SELECT COUNT(*) FROM (SELECT DISTINCT source, line FROM faults WHERE kind = ? AND line > 0)",
            (kind,),
        )

    def listed(self, table: str, most: int) -> list[Fault]:
        """The first faults or notes, in the order of files and lines."""
        rows = self.db.execute(
            f"SELECT source, line, place, reason FROM {table} ORDER BY source, line, id LIMIT ?",
            (most,),
        )
        return [
            Fault(self.labels[source], line, self.title(source, place) if place else "", reason)
            for source, line, place, reason in rows
        ]

    def _write(self, kind: str) -> None:
        waiting = self._waiting[kind]
        if waiting:
            self.db.executemany(_INSERTS[kind], waiting)
            waiting.clear()


def insert_faults(stage: Stage, rows: Iterable[tuple[int, int, str, str, str]]) -> None:
    """Faults found by asking the stage: (source, line, kind, place, reason)."""
    stage.db.executemany(_INSERTS["faults"], list(rows))


def _run(db: sqlite3.Connection, script: str) -> None:
    # Not executescript: that would commit, and each statement after it would be its own transaction.
    for statement in script.split(";"):
        db.execute(statement)
