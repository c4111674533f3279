"""What the facts of many statements cost: queries and CPU a customer, by length of history.

    python benchmarks/facts.py [--customers 2000] [--invoices 5 20 80]

Works in a scratch database of its own: a temporary SQLite file, or `DATABASE_URL` of an empty
PostgreSQL database whose name begins with "bench". Times are CPU of this process plus, on
PostgreSQL, nothing of the server's: compare columns of one run, not runs of different machines.
"""

import argparse
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
BATCH = 500
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--invoices", type=int, nargs="+", default=[5, 20, 80])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duebook-bench-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        run(options.customers, options.invoices)


def run(customers: int, histories: list[int]) -> None:
    from django.core.management import call_command
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql" and not name.startswith("bench"):
        raise SystemExit("DATABASE_URL must name a scratch database that begins with bench.")
    call_command("migrate", verbosity=0)
    print(f"{connection.vendor}, {customers} customers a row, batches of {BATCH}")
    print(f"{'invoices each':>14} {'type':>16} {'queries a batch':>16} {'CPU us a customer':>18}")
    for history in histories:
        ids = fill(customers, history)
        for kind in ("open_item", "balance_forward"):
            queries, cost = measure(ids, kind)
            print(f"{history:>14} {kind:>16} {queries:>16} {cost:>18.0f}")
        call_command("flush", interactive=False, verbosity=0)


def fill(customers: int, history: int) -> list[int]:
    """Customers with this many invoices each; all but the last two are paid."""
    from customers.models import Customer, Invoice, Payment, PaymentApplication
    from customers.models.base import document_key, new_token

    people = Customer.objects.bulk_create(
        Customer(name=f"Customer {n}", number=f"B-{n}", number_key=document_key(f"B-{n}"))
        for n in range(customers)
    )
    for person in people:
        rows: list[Any] = []
        for n in range(history):
            number = f"{person.number}-{n}"
            rows.append(
                Invoice(
                    customer=person,
                    number=number,
                    number_key=document_key(number),
                    currency="usd",
                    date=START + timedelta(days=n),
                    due_date=START + timedelta(days=n + 30),
                    subtotal=10000,
                    total=10000,
                    balance=0 if n < history - 2 else 10000,
                    token=new_token(),
                )
            )
        invoices = Invoice.objects.bulk_create(rows)
        payments = Payment.objects.bulk_create(
            Payment(
                customer=person,
                date=invoice.date + timedelta(days=20),
                currency="usd",
                amount=10000,
                token=new_token(),
            )
            for invoice in invoices[:-2]
        )
        PaymentApplication.objects.bulk_create(
            PaymentApplication(
                type="invoice",
                customer=person,
                payer=person,
                currency="usd",
                amount=10000,
                payment=payment,
                invoice=invoice,
                applied_at=payment.date,
                effective_at=payment.date,
            )
            for invoice, payment in zip(invoices, payments, strict=False)
        )
    return [person.pk for person in people]


def measure(ids: list[int], kind: str) -> tuple[int, float]:
    """Queries of one batch, and the median CPU of three passes in microseconds a customer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from statements.building import build_statements
    from statements.statement import Options

    end = int((START + timedelta(days=60)).timestamp())
    start = end - 30 * 86_400 if kind == "balance_forward" else None
    options = Options(type=kind, start=start, end=end)  # type: ignore[arg-type]
    with CaptureQueriesContext(connection) as captured:
        build_statements(customer_ids=ids[:BATCH], options=options)
    passes = []
    for _ in range(3):
        begun = time.process_time()
        for at in range(0, len(ids), BATCH):
            build_statements(customer_ids=ids[at : at + BATCH], options=options)
        passes.append((time.process_time() - begun) / len(ids) * 1_000_000)
    return len(captured), sorted(passes)[1]


if __name__ == "__main__":
    main()
