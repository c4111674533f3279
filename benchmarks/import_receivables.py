"""How fast a file of receivables comes in, against a bare executemany of the very same rows.

    python benchmarks/import_receivables.py [--rows 20000] [--rounds 3]
    python benchmarks/import_receivables.py --memory 50000 500000

Works in a scratch database of its own: a temporary SQLite file, or `DATABASE_URL` of an empty
PostgreSQL database whose name begins with "bench". The file has the shape of IBM's sample, 25
invoices a customer, every one of them paid. "Ours" is everything from the uploaded file on: reading,
both passes, locks, batches, cursor, event. "Bare" writes the same rows of the same tables, with the
same indexes and constraints, in one transaction, by one executemany per table, from tuples that lie
ready in memory; on PostgreSQL the faster of the driver's two ways counts. Both take turns; medians.

`--memory` imports files of growing size, each in a process of its own, and shows its highest
resident memory.
"""

import argparse
import contextlib
import csv
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

HEADER = (
    "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,"
    "SettledDate,PaperlessBill,DaysToSettle,DaysLate"
).split(",")
PER_CUSTOMER = 25
Rows = dict[str, tuple[str, list[tuple[Any, ...]]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, nargs="+", metavar="ROWS")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory:
        show_memory(options.memory)
        return
    with tempfile.TemporaryDirectory(prefix="duebook-bench-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        prepare()
        if options.one:
            report_one(Path(folder), options.one)
        else:
            compare(Path(folder), options.rows, options.rounds)


def prepare() -> None:
    from django.core.management import call_command
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql" and not name.startswith("bench"):
        raise SystemExit("DATABASE_URL must name a scratch database that begins with bench.")
    call_command("migrate", verbosity=0, run_syncdb=True, skip_checks=True)
    empty()


def empty() -> None:
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)


def write_file(path: Path, rows: int) -> None:
    """A file in the sample's shape, made row by row."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(file_rows(rows))


def file_rows(rows: int) -> Iterator[tuple[Any, ...]]:
    for number in range(rows):
        invoiced = date(2012, 1, 1) + timedelta(days=number * 7 % 700)
        due, days = invoiced + timedelta(days=30), number * 13 % 60
        settled = invoiced + timedelta(days=days)
        customer = number // PER_CUSTOMER
        yield (
            (391, 406, 770, 818, 897)[customer % 5], f"{customer:06}-BENCH",
            us(date(2012, 6, 1) + timedelta(days=customer % 300)), f"{number:010}", us(invoiced), us(due),
            f"{5 + number % 120}.{number % 100:02}", "Yes" if number % 4 == 0 else "No", us(settled),
            "Paper" if number % 2 else "Electronic", days, max(0, days - 30),
        )  # fmt: skip


def us(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def import_file(path: Path) -> None:
    """Import a file as the command does it."""
    from django.utils import timezone

    from customers.importing.jobs import run_import, upload_import
    from customers.models import ImportJob

    with path.open("rb") as stream:
        job = upload_import(files=[(path.name, stream)], now=timezone.now())
    done = run_import(job_id=job.pk, now=timezone.now())
    if done is None or done.state != ImportJob.State.FINISHED:
        raise SystemExit(f"The import did not finish: {done and (done.failure or done.errors[:3])}")


def stored_rows() -> Rows:
    """Every row that an import has written, as the driver takes it back."""
    import sqlite3

    from django.db import connection

    from customers.models import Customer, Invoice, LineItem, Payment, PaymentApplication

    found: Rows = {}
    for model in (Customer, Invoice, LineItem, Payment, PaymentApplication):
        table = model._meta.db_table
        columns = [str(field.column) for field in model._meta.concrete_fields]
        names = ", ".join(connection.ops.quote_name(column) for column in columns)
        select = f"SELECT {names} FROM {table} ORDER BY id"
        if connection.vendor == "sqlite":
            # Without the framework's converters: exactly what lies in the file.
            with contextlib.closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as plain:
                rows = plain.execute(select).fetchall()
        else:
            with connection.cursor() as cursor:
                cursor.execute(select)
                rows = cursor.fetchall()
        marks = ", ".join(["%s"] * len(columns))
        found[table] = (f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    return found


def bare(rows: Rows) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for sql, values in rows.values():
            cursor.executemany(sql, values)


def bare_by_driver(rows: Rows) -> None:
    """psycopg's own cursor: parameters are bound by the server, statements travel in a pipeline."""
    import psycopg
    from django.db import connection, transaction

    with transaction.atomic():
        connection.ensure_connection()
        with psycopg.Cursor(connection.connection) as cursor:
            for sql, values in rows.values():
                cursor.executemany(sql, values)


def measured(work: Callable[[], None]) -> tuple[float, float]:
    """Wall and CPU seconds of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def compare(folder: Path, rows: int, rounds: int) -> None:
    from django.db import connection

    path = folder / "receivables.csv"
    write_file(path, min(rows, 500))
    import_file(path)  # modules are loaded, plans are warm
    empty()
    write_file(path, rows)
    ways: dict[str, Callable[[Rows], None]] = {"bare": bare}
    if connection.vendor == "postgresql":
        ways["bare, driver"] = bare_by_driver
    figures: dict[str, list[tuple[float, float]]] = {"ours": [], **{name: [] for name in ways}}
    written = 0
    for _ in range(rounds):
        figures["ours"].append(measured(partial(import_file, path)))
        content = stored_rows()
        written = sum(len(values) for _, values in content.values())
        for name, way in ways.items():
            empty()
            figures[name].append(measured(partial(way, content)))
        empty()
    show(connection.vendor, rows, written, figures)


def show(vendor: str, rows: int, written: int, figures: dict[str, list[tuple[float, float]]]) -> None:
    print(f"{vendor}: {rows:,} rows of the file, {written:,} rows of the database")
    medians = {
        name: (statistics.median(wall for wall, _ in times), statistics.median(cpu for _, cpu in times))
        for name, times in figures.items()
    }
    print(f"{'':14}{'wall s':>9}{'CPU s':>9}{'file rows/s':>13}{'us a row':>10}")
    for name, (wall, cpu) in medians.items():
        print(f"{name:14}{wall:>9.2f}{cpu:>9.2f}{rows / wall:>13,.0f}{wall / rows * 1e6:>10.0f}")
    fastest = min(wall for name, (wall, _) in medians.items() if name != "ours")
    print(f"speed of ours / speed of bare: {fastest / medians['ours'][0]:.2f} (asked for: at least 0.33)")


def report_one(folder: Path, rows: int) -> None:
    """Import one file and print this process's highest resident memory in MB before and after."""
    path = folder / "receivables.csv"
    write_file(path, 500)
    import_file(path)
    before = peak()
    write_file(path, rows)
    wall, _ = measured(partial(import_file, path))
    print(f"{rows:>12,}{before:>12.0f}{peak():>12.0f}{rows / wall:>13,.0f}")


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show_memory(sizes: list[int]) -> None:
    print(f"{'file rows':>12}{'MB idle':>12}{'MB highest':>12}{'file rows/s':>13}", flush=True)
    for rows in sizes:
        subprocess.run([sys.executable, __file__, "--one", str(rows)], check=True)


if __name__ == "__main__":
    main()
