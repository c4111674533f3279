"""Pass one: read everything, check it in itself and against the database, write nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from customers.importing.contact_checks import check_contacts
from customers.importing.database_checks import check_customers, check_documents, check_payments
from customers.importing.faults import Fault, UnreadableFile
from customers.importing.file_checks import check_file
from customers.importing.intake import Intake
from customers.importing.layouts import Reading, recognise
from customers.importing.mapping import Mapping
from customers.importing.own_layout import RECORDS
from customers.importing.reference_checks import check_references
from customers.importing.staging import KINDS, Stage
from customers.importing.tables import Source, Table, read_tables
from customers.models import Company

UNKNOWN = "unknown"
REPORT_EVERY = 2_000

# Told how many rows were read so far.
Progress = Callable[[int], None]


@dataclass(slots=True)
class Check:
    """What pass one found. The stage holds the rows that may be stored; close it after use.

    `file_rows` counts the rows of each file, `unreadable` tells of files that are no tables.
    """

    stage: Stage
    layouts: list[str] = field(default_factory=list)
    unreadable: list[Fault] = field(default_factory=list)
    file_rows: list[int] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(self.stage.rows)

    def fault_count(self) -> int:
        return self.stage.fault_count() + len(self.unreadable)

    def faults(self, most: int) -> list[Fault]:
        return (self.unreadable + self.stage.listed("faults", most))[:most]

    def counts(self) -> dict[str, dict[str, int]]:
        """Per kind: rows that would be created, that are there already, that are refused."""
        counts = {kind: self._count(kind) for kind in KINDS}
        unclear = self.stage.refused_rows(UNKNOWN)
        return counts | ({UNKNOWN: {"created": 0, "already_there": 0, "skipped": unclear}} if unclear else {})

    def _count(self, kind: str) -> dict[str, int]:
        what = "COUNT(DISTINCT key)" if kind == "payments" else "COUNT(*)"
        new, there = (
            self.stage.number(f"SELECT {what} FROM {kind} WHERE existing IS {state}")
            for state in ("NULL", "NOT NULL")
        )
        repeated = self.stage.number("SELECT COUNT(*) FROM repeated WHERE kind = ?", (kind,))
        return {
            "created": new,
            "already_there": there + repeated,
            "skipped": self.stage.refused_rows(kind),
        }


def check_sources(
    sources: Sequence[Source], *, mapping: Mapping, company: Company, progress: Progress | None = None
) -> Check:
    """Read and check files that are to be stored together. Never raises for what is in them."""
    check = Check(Stage())
    intake = Intake(check.stage)
    report = progress or (lambda rows: None)
    for source in sources:
        try:
            _read(source, check, intake, mapping, company, report)
        except UnreadableFile as error:
            check.unreadable.append(error.fault)
        check.file_rows.append(check.rows - sum(check.file_rows))
    check.stage.flush()
    if not check.unreadable:
        _check_all(check, report)
    return check


def _read(
    source: Source, check: Check, intake: Intake, mapping: Mapping, company: Company, report: Progress
) -> None:
    with source.open() as stream:
        for table in read_tables(source.name, stream):
            reading = recognise(table, mapping=mapping, zone=company.zone, currency=company.currency)
            if reading.layout not in check.layouts:
                check.layouts.append(reading.layout)
            intake.source = check.stage.add_source(table.label, reading.titles)
            _read_rows(table, reading, check, intake, report)


def _read_rows(table: Table, reading: Reading, check: Check, intake: Intake, report: Progress) -> None:
    stage, source, row = check.stage, intake.source, reading.row
    for line, cells in table.rows:
        row.start(line, cells)
        stage.rows[source] += 1
        kind = reading.kind_of()
        if kind is None:
            row.fault("record", f"is not one of {', '.join(RECORDS)}")
        elif not row.faults:
            reading.read(kind, intake)
        for place, reason in row.faults:
            stage.add("faults", (source, line, kind or UNKNOWN, place, reason))
        if stage.rows[source] % REPORT_EVERY == 0:
            report(sum(stage.rows))


def _check_all(check: Check, report: Progress) -> None:
    """Each check sees only what the ones before left; what depends on a refused row is refused too."""
    stage = check.stage
    steps: list[Callable[[Stage], Any]] = [
        check_file, check_customers, check_contacts, check_documents, check_payments, check_references
    ]  # fmt: skip
    for step in steps:
        report(check.rows)
        before = stage.fault_count()
        step(stage)
        if stage.fault_count() != before:
            stage.drop_refused()
    _drop_customers_nobody_speaks_of(stage)


def _drop_customers_nobody_speaks_of(stage: Stage) -> None:
    """Customers that only refused rows had named."""
    if not stage.fault_count():
        return
    stage.db.execute(
        "DELETE FROM customers WHERE own = 0 AND key NOT IN "
        "(SELECT customer_key FROM invoices UNION SELECT customer_key FROM credit_notes "
        "UNION SELECT customer_key FROM payments UNION SELECT customer_key FROM contacts)"
    )
