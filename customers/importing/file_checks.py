"""Checks of the files in themselves: the same number more than once, parts of one payment."""

from typing import Any

from customers.importing.cells import as_written
from customers.importing.staging import Stage, insert_faults

_SAME = (("customer_key", "customer", "customer"), ("currency", "currency", "currency"),
         ("date", "date", "date"), ("total", "total", "amount"))  # fmt: skip


def check_file(stage: Stage) -> None:
    """An identical row is counted once; one that contradicts an earlier row is refused."""
    for table, noun in (("invoices", "invoice"), ("credit_notes", "credit note")):
        _check_documents(stage, table, noun)
    if stage.fault_count():
        stage.drop_refused()
    _name_payments_by_content(stage)
    _check_payment_parts(stage)
    _drop_again(
        stage,
        "contacts",
        "SELECT later.id FROM contacts later WHERE EXISTS (SELECT 1 FROM contacts first WHERE "
        "first.customer_key = later.customer_key AND first.key = later.key AND first.id < later.id)",
    )


def _check_documents(stage: Stage, table: str, noun: str) -> None:
    fields = ", ".join(f"first.{name}, later.{name}" for name, _, _ in _SAME)
    again = (
        f"SELECT later.id, later.source, later.line, first.source, first.line, later.number, {fields} "
        f"FROM {table} later JOIN (SELECT key, MIN(id) AS id FROM {table} GROUP BY key HAVING COUNT(*) > 1) "
        f"twice ON later.key = twice.key AND later.id > twice.id JOIN {table} first ON first.id = twice.id"
    )
    stage.db.execute("CREATE TEMP TABLE again (id INTEGER PRIMARY KEY)")
    for rows in stage.chunks(again):
        faults, same = [], []
        for row in rows:
            fault = _contradiction(stage, row, table, noun)
            if fault:
                faults.append(fault)
            else:
                same.append((row[0],))
        insert_faults(stage, faults)
        stage.db.executemany("INSERT INTO again VALUES (?)", same)
    _drop_again(stage, table, "SELECT id FROM again")
    stage.db.execute("DROP TABLE again")


def _contradiction(
    stage: Stage, row: tuple[Any, ...], table: str, noun: str
) -> tuple[int, int, str, str, str] | None:
    _, source, line, first_source, first_line, number, *pairs = row
    for index, (_, place, word) in enumerate(_SAME):
        one, other = pairs[2 * index : 2 * index + 2]
        if one == other:
            continue
        known = f" ({as_written(one, pairs[2])})" if word == "amount" else ""
        where = f"{stage.labels[first_source]}, line {first_line}"
        reason = f"{noun} {number} stands in {where} with another {word}{known}"
        return source, line, table, f"{table}.{place}", reason
    return None


def _drop_again(stage: Stage, table: str, ids: str) -> None:
    """Take repetitions out and count them as already there."""
    stage.db.execute(
        f"INSERT INTO repeated SELECT ?, source, line FROM {table} WHERE id IN ({ids})",
        (table,),
    )
    stage.db.execute(f"DELETE FROM {table} WHERE id IN ({ids})")


def _name_payments_by_content(stage: Stage) -> None:
    """A payment without a number is known by its content and its place among equal ones."""
    stage.db.execute(
        "UPDATE payments SET key = 'row/' || content || '/' || counted.place FROM "
        "(SELECT id, ROW_NUMBER() OVER (PARTITION BY content ORDER BY id) AS place FROM payments "
        "WHERE content <> '') counted WHERE counted.id = payments.id"
    )


def _check_payment_parts(stage: Stage) -> None:
    """Rows with the same payment number are parts of one payment, each for another invoice."""
    parts = (
        "FROM payments later JOIN (SELECT key, MIN(id) AS id FROM payments GROUP BY key HAVING COUNT(*) > 1) "
        "twice ON later.key = twice.key AND later.id > twice.id JOIN payments first ON first.id = twice.id "
    )
    for field, word in (
        ("customer_key", "customer"), ("currency", "currency"), ("date", "date"), ("method", "method")
    ):  # fmt: skip
        stage.db.execute(
            "INSERT INTO faults SELECT NULL, later.source, later.line, 'payments', ?, "
            "'the rows of one payment have to agree, and line ' || first.line || ' has another ' || ? "
            f"{parts} WHERE first.{field} <> later.{field}",
            (f"payments.{word}", word),
        )
    earlier = (
        "EXISTS (SELECT 1 FROM payments other WHERE other.key = later.key AND other.id < later.id "
        "AND other.invoice_key IS later.invoice_key AND other.amount {} later.amount)"
    )
    stage.db.execute(
        "INSERT INTO faults SELECT NULL, later.source, later.line, 'payments', 'payments.amount', "
        "'the same payment names the same invoice twice, with another amount' "
        f"{parts} WHERE {earlier.format('<>')}"
    )
    if stage.number("SELECT COUNT(*) FROM faults WHERE kind = 'payments'"):
        stage.drop_refused()
    _drop_again(stage, "payments", f"SELECT later.id {parts} WHERE {earlier.format('=')}")
