"""What the facts of many statements cost: queries and CPU a customer, by number and history of accounts.

    python benchmarks/facts.py [--customers 2000] [--invoices 5 20 80]
    python benchmarks/facts.py --customers 50000 200000 --invoices 5

Works in a scratch database of its own: a temporary SQLite file, or `DATABASE_URL` of an empty
PostgreSQL database whose name begins with "bench". Times are CPU of this process and, on PostgreSQL,
of its database connection (read from the kernel, so the server must be on this machine): compare
columns of one run, not runs of different machines.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
BATCH = 500
PASSES = 5
BASE = 2_000
ID_ROOM = 1_000_000  # between a row and its copy
# Of large tables only so many customers are measured, spread over all.
MEASURED = 20_000
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--customers", type=int, nargs="+", default=[2000])
    parser.add_argument("--invoices", type=int, nargs="+", default=[5, 20, 80])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duebook-bench-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        run(options.customers, options.invoices)


def run(sizes: list[int], histories: list[int]) -> None:
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql" and not name.startswith("bench"):
        raise SystemExit("DATABASE_URL must name a scratch database that begins with bench.")
    print(f"{connection.vendor}, batches of {BATCH}; CPU in microseconds a customer")
    heads = ("customers", "invoices each", "type", "queries a batch", "app", "database", "together")
    print(" ".join(f"{head:>15}" for head in heads), flush=True)
    # On PostgreSQL each size is a schema of its own, and they take turns: a busy machine slows all alike.
    turns = [sorted(sizes)] if connection.vendor == "postgresql" else [[size] for size in sorted(sizes)]
    for history in histories:
        for group in turns:
            for customers in group:
                begin(customers)
                fill(customers, history)
            measure_all(group, history)


def begin(customers: int) -> None:
    """Empty tables for so many customers."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS size_{customers} CASCADE")
            cursor.execute(f"CREATE SCHEMA size_{customers}")
    use(customers)
    call_command("migrate", verbosity=0)
    if connection.vendor != "postgresql":
        call_command("flush", interactive=False, verbosity=0)


def use(customers: int) -> None:
    """Look at the tables of this size from now on."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path TO size_{customers}")


def measure_all(sizes: list[int], history: int) -> None:
    for kind in ("open_item", "balance_forward"):
        costs: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
        queries = {size: count_queries(size, kind) for size in sizes}
        for _ in range(PASSES):
            for size in sizes:
                costs[size].append(measure(size, kind))
        for size in sizes:
            app, database = (median(column) for column in zip(*costs[size], strict=True))
            cells = (size, history, kind, queries[size])
            figures = (f"{app:.0f}", f"{database:.0f}", f"{app + database:.0f}")
            print(" ".join(f"{cell:>15}" for cell in (*cells, *figures)), flush=True)
    for size in sizes:
        use(size)
        print(f"roll-forward of all {size} customers: {roll_forward():.2f} s CPU", flush=True)


def fill(customers: int, history: int) -> None:
    """Customers with this many invoices each; all but the last two are paid.

    The first BASE are made one by one, the others are their copies, made by the database.
    """
    from django.db import connection, transaction

    from customers.models import Company, Invoice, Payment, PaymentApplication

    Company.get()
    base = min(customers, BASE)
    for first in range(0, base, BATCH):
        with transaction.atomic():
            people = _people(first, min(first + BATCH, base))
            invoices = Invoice.objects.bulk_create(
                _invoice(person, n, history) for person in people for n in range(history)
            )
            paid = [invoice for invoice in invoices if not invoice.balance]
            payments = Payment.objects.bulk_create(_payment(invoice) for invoice in paid)
            PaymentApplication.objects.bulk_create(_applications(paid, payments))
    for copy in range(1, -(-customers // base)):
        _copy(copy, min(base, customers - copy * base))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _copy(copy: int, people: int) -> None:
    """The first customers once more with all that is theirs, under numbers and tokens of their own."""
    from django.db import connection

    from customers.models import Customer, Invoice, Payment, PaymentApplication

    owners = {Customer: "id", Invoice: "customer_id", Payment: "customer_id",
              PaymentApplication: "customer_id"}  # fmt: skip
    with connection.cursor() as cursor:
        for model, owner in owners.items():
            columns = [field.column for field in model._meta.concrete_fields]
            values = ", ".join(_copied(column, copy) for column in columns)
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {values} "
                f"FROM {model._meta.db_table} WHERE id <= {ID_ROOM} AND {owner} <= {people}"
            )


def _copied(column: str, copy: int) -> str:
    if column == "id" or column in ("customer_id", "payer_id", "payment_id", "invoice_id"):
        return f"{column} + {copy * ID_ROOM}"
    if column.endswith("token"):
        return f"substr({column}, 1, 16) || '{copy:08d}'"
    return f"{column} || '-{copy}'" if column in ("number", "number_key") else column


def _people(first: int, last: int) -> list[Any]:
    from customers.models import Customer
    from customers.models.base import document_key

    return Customer.objects.bulk_create(
        Customer(name=f"Customer {n}", number=f"B-{n}", number_key=document_key(f"B-{n}"))
        for n in range(first, last)
    )


def _invoice(person: Any, n: int, history: int) -> Any:
    from customers.models import Invoice
    from customers.models.base import document_key, new_token

    number = f"{person.number}-{n}"
    return Invoice(
        customer=person, number=number, number_key=document_key(number), currency="usd",
        date=START + timedelta(days=n), due_date=START + timedelta(days=n + 30), subtotal=10000, total=10000,
        balance=0 if n < history - 2 else 10000, token=new_token(),
    )  # fmt: skip


def _payment(invoice: Any) -> Any:
    from customers.models import Payment
    from customers.models.base import new_token

    return Payment(
        customer=invoice.customer, date=invoice.date + timedelta(days=20), currency="usd", amount=10000,
        token=new_token(),
    )  # fmt: skip


def _applications(invoices: list[Any], payments: list[Any]) -> Iterator[Any]:
    from customers.models import PaymentApplication

    for invoice, payment in zip(invoices, payments, strict=True):
        yield PaymentApplication(
            type="invoice", customer=invoice.customer, payer=invoice.customer, currency="usd", amount=10000,
            payment=payment, invoice=invoice, applied_at=payment.date, effective_at=payment.date,
        )  # fmt: skip


def options_of(kind: str) -> Any:
    from statements.statement import Options

    end = int((START + timedelta(days=60)).timestamp())
    start = end - 30 * 86_400 if kind == "balance_forward" else None
    return Options(type=kind, start=start, end=end)  # type: ignore[arg-type]


def batches_of(size: int) -> list[list[int]]:
    """Batches of neighbours, spread over all customers."""
    from customers.models import Customer

    use(size)
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    return [ids[at : at + BATCH] for at in range(0, len(ids), BATCH * max(1, len(ids) // MEASURED))]


def count_queries(size: int, kind: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from statements.building import build_statements

    [first, *_] = batches_of(size)
    with CaptureQueriesContext(connection) as captured:
        build_statements(customer_ids=first, options=options_of(kind))
    return len(captured)


def measure(size: int, kind: str) -> tuple[float, float]:
    """CPU of this process and of the database connection, microseconds a customer."""
    from statements.building import build_statements

    batches, options = batches_of(size), options_of(kind)
    begun = time.process_time(), database_cpu()
    for batch in batches:
        build_statements(customer_ids=batch, options=options)
    count = sum(map(len, batches))
    app, database = time.process_time() - begun[0], database_cpu() - begun[1]
    return app * 1e6 / count, database * 1e6 / count


def roll_forward() -> float:
    """Seconds of CPU, the database's own included."""
    from customers.ledger.roll_forward import roll_forwards

    end = int((START + timedelta(days=60)).timestamp())
    begun = time.process_time() + database_cpu()
    roll_forwards(start=end - 30 * 86_400, end=end)
    return time.process_time() + database_cpu() - begun


def database_cpu() -> float:
    """Seconds of CPU that the server has spent on our connection; 0 where it is part of this process."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # all of it in the one process we look at
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main()
