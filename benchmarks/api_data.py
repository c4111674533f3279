"""Books of a large company for `benchmarks/api.py`: made by the database itself, kept for the next run.

Per customer five invoices of one line, most of them paid by a dated application; a third of the customers
with taxes, a quarter with a card, a tenth below a parent. Three further customers have long paid histories.
Nothing is random: the same number of customers gives the same rows on both databases.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

INVOICES_EACH = 5
STEP = 50_000
# Further customers and how many paid invoices each has: what the balance must not notice.
HISTORIES = (10, 1_000, 5_000)
TAX_RATES = ("gst", "pst", "vat")
OWNERS = 20
FIRST_DAY = 1_735_732_800  # 2025-01-01 12:00 in Chicago, roughly: the first invoice
MARK = "Benchmark company"


def prepare(customers: int) -> None:
    """Fill the database, unless it holds the books of that many customers already."""
    _refuse_other_databases()
    call_command("migrate", verbosity=0)
    if _mark() == customers:
        return
    _refuse_strangers_data()
    call_command("flush", interactive=False, verbosity=0)
    begun = time.monotonic()
    for what, sql in _statements(customers):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        print(f"  {what} after {time.monotonic() - begun:.0f} s", flush=True)
    _set_sequences()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    _write_mark(customers)


def _refuse_other_databases() -> None:
    name = str(connection.settings_dict["NAME"]).rpartition("/")[2]
    if not name.startswith("bench"):
        raise SystemExit("DATABASE_URL must name a scratch database that begins with bench.")


def _refuse_strangers_data() -> None:
    from customers.models import Company, Customer

    if Customer.objects.exists() and not Company.objects.filter(name=MARK).exists():
        raise SystemExit("This database holds customers of somebody else; it is left alone.")


def _mark() -> int:
    from customers.models import Company

    company = Company.objects.filter(name=MARK).first()
    return int(company.set_up_steps.get("customers", 0)) if company else 0


def _write_mark(customers: int) -> None:
    from customers.models import Company

    Company.objects.update_or_create(pk=1, defaults={"name": MARK, "set_up_steps": {"customers": customers}})


def _statements(customers: int) -> Iterator[tuple[str, str]]:
    """One INSERT … SELECT for each table and step of rows."""
    yield "company", _company()
    yield (
        "number sequence",
        ("INSERT INTO customers_counter (kind, template, next_value) VALUES ('customer', 'CUST-%04d', 1)"),
    )
    yield "tax rates", _tax_rates()
    yield "users", _users()
    for low, high in _steps(customers):
        yield f"{high:,} customers", _customers(low, high, customers)
    yield "contacts", _contacts(customers)
    yield "taxes of customers", _taxes(customers)
    yield "cards", _cards(customers)
    yield (
        "cards in use",
        (
            "UPDATE customers_customer SET payment_source_id = id"
            " WHERE id IN (SELECT id FROM customers_paymentsource)"
        ),
    )
    rows = customers * INVOICES_EACH
    for low, high in _steps(rows):
        yield from _documents(low, high, f"((i - 1) % {customers}) + 1", f"i % {INVOICES_EACH * 4}")
    low = rows + 1
    for place, count in enumerate(HISTORIES, start=1):
        yield "history's owner", _customers(customers + place, customers + place, customers)
        # All but the last two are paid.
        yield from _documents(
            low, low + count - 1, str(customers + place), f"{low + count - 1} - i + 1", paid=2
        )
        low += count


def _steps(count: int) -> list[tuple[int, int]]:
    return [(low, min(low + STEP - 1, count)) for low in range(1, count + 1, STEP)]


def _documents(low: int, high: int, owner: str, turn: str, *, paid: int = 0) -> Iterator[tuple[str, str]]:
    """Invoices, lines, payments and applications with the numbers low to high."""
    # Of twenty invoices one is open: 1,000,000 invoices have 950,000 applications.
    settled = f"{turn} > {paid}" if paid else f"{turn} <> 0"
    yield f"{high:,} invoices", _invoices(low, high, owner, settled)
    yield f"{high:,} lines", _lines(low, high)
    yield f"{high:,} payments", _payments(low, high, owner, settled)
    yield f"{high:,} applications", _applications(low, high, owner, settled)


# ── Words that differ between the databases ─────────────────────────────────────────────────────────────
def _series(low: int, high: int) -> str:
    if connection.vendor == "postgresql":
        return f"generate_series({low}, {high}) AS i"
    numbers = f"SELECT {low} UNION ALL SELECT i + 1 FROM s WHERE i < {high}"
    return f"(WITH RECURSIVE s(i) AS ({numbers}) SELECT i FROM s)"


def _moment(seconds: str) -> str:
    """A timestamp with a fraction of a second."""
    if connection.vendor == "postgresql":
        return f"to_timestamp({seconds} + 0.25)"
    return f"strftime('%Y-%m-%d %H:%M:%f', {seconds} + 0.25, 'unixepoch')"


def _token(salt: str) -> str:
    return f"SUBSTR(MD5('{salt}' || i), 1, 24)"


def _json(value: Any) -> str:
    kind = "::jsonb" if connection.vendor == "postgresql" else ""
    return f"'{json.dumps(value)}'{kind}"


def _region() -> str:
    """Metadata: one common pair, one rare pair, a number and a truth."""
    text = (
        "'{\"region\": \"' || CASE i % 4 WHEN 0 THEN 'north' WHEN 1 THEN 'south'"
        " WHEN 2 THEN 'west' ELSE 'east' END"
        ' || \'", "erp_id": "E-\' || i || \'", "rank": \' || (i % 1000) || \', "vip": \''
        " || CASE WHEN i % 500 = 0 THEN 'true' ELSE 'false' END || '}'"
    )
    return f"({text})::jsonb" if connection.vendor == "postgresql" else f"({text})"


def _insert(table: str, columns: dict[str, str], source: str, where: str = "") -> str:
    quote = connection.ops.quote_name
    names, values = ", ".join(map(quote, columns)), ", ".join(columns.values())
    return f"INSERT INTO {quote(table)} ({names}) SELECT {values} FROM {source} {where}"


# ── Tables ──────────────────────────────────────────────────────────────────────────────────────────────
def _filled(model: Any, columns: dict[str, str]) -> dict[str, str]:
    """The columns with the model's defaults for all others."""
    complete = {}
    for field in model._meta.concrete_fields:
        if field.column in columns:
            complete[field.column] = columns[field.column]
        elif not field.primary_key:
            complete[field.column] = _literal(field.get_db_prep_save(field.get_default(), connection))
    return {"id": columns.get("id", "i"), **complete}


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return str(value)
    if hasattr(value, "obj"):  # how the PostgreSQL driver is handed JSON
        return _json(value.obj)
    text = str(value).replace("'", "''")
    return f"'{text}'"


def _company() -> str:
    from customers.models import Company

    columns = {"id": "1", "name": f"'{MARK}'", "created_at": _moment("0"), "updated_at": _moment("0")}
    return _insert("customers_company", _filled(Company, columns), _series(1, 1))


def _tax_rates() -> str:
    from customers.models import TaxRate

    code = "CASE i WHEN 1 THEN 'gst' WHEN 2 THEN 'pst' ELSE 'vat' END"
    columns = {
        "code": code, "name": code, "value": "i * 2.5", "created_at": _moment("1700000000"),
        "updated_at": _moment("1700000000"),
    }  # fmt: skip
    return _insert("customers_taxrate", _filled(TaxRate, columns), _series(1, len(TAX_RATES)))


def _users() -> str:
    from customers.models import User

    columns = {"username": "'owner' || i", "date_joined": _moment("1700000000")}
    return _insert("customers_user", _filled(User, columns), _series(1, OWNERS))


def _customers(low: int, high: int, customers: int) -> str:
    from customers.models import Customer

    # Changed in another order than made, as in life: a walk by change jumps through the table.
    changed = f"{FIRST_DAY} + (CAST(i AS BIGINT) * 7919 % {customers}) * 2"
    number = "'C-' || LPAD(CAST(i AS TEXT), 7, '0')"
    columns = {
        "created_at": _moment(f"{FIRST_DAY} + i"), "updated_at": _moment(changed), "metadata": _region(),
        "name": "'Customer ' || SUBSTR(MD5('n' || i), 1, 8)",
        "number": number, "number_key": f"LOWER({number})",
        "email": "'ap' || i || '@customer.example'",
        "address1": "i || ' Main Street'", "city": "'City ' || (i % 700)", "state": "'S' || (i % 50)",
        "postal_code": "CAST(10000 + i % 80000 AS TEXT)", "phone": "'+1512' || (5550000 + i)",
        "attention_to": "'Accounts Payable'",
        "country": "CASE WHEN i % 10 = 0 THEN 'CA' ELSE 'US' END",
        "currency": "CASE WHEN i % 3 = 0 THEN 'usd' ELSE '' END",
        "payment_terms": "CASE WHEN i % 4 = 0 THEN '' ELSE 'NET 30' END",
        "type": "CASE WHEN i % 100 = 0 THEN 'person' ELSE 'company' END",
        "credit_hold": "i % 1000 = 0", "taxable": "i % 50 <> 0",
        "credit_limit": "CASE WHEN i % 5 = 0 THEN i % 1000 * 100.50 END",
        "tax_id": "CASE WHEN i % 6 = 0 THEN 'T' || i ELSE '' END",
        "notes": "CASE WHEN i % 9 = 0 THEN 'Calls back on Mondays.' ELSE '' END",
        "owner_id": f"CASE WHEN i % 2 = 0 THEN i / 2 % {OWNERS} + 1 END",
        "parent_customer_id": f"CASE WHEN i % 10 = 1 AND i > 10 AND i <= {customers} THEN i / 10 * 10 END",
        "sign_up_token": _token("s"), "statement_token": _token("t"),
    }  # fmt: skip
    return _insert("customers_customer", _filled(Customer, columns), _series(low, high))


def _contacts(customers: int) -> str:
    from customers.models import Contact

    columns = {
        "customer_id": "i", "name": "'Contact ' || i", "email": "'contact' || i || '@customer.example'",
        "created_at": _moment(f"{FIRST_DAY} + i"), "updated_at": _moment(f"{FIRST_DAY} + i"),
    }  # fmt: skip
    return _insert("customers_contact", _filled(Contact, columns), _series(1, customers), "WHERE i % 2 = 0")


def _taxes(customers: int) -> str:
    columns = {"id": "i", "customer_id": "i", "taxrate_id": f"i % {len(TAX_RATES)} + 1"}
    return _insert("customers_customer_taxes", columns, _series(1, customers), "WHERE i % 3 = 1")


def _cards(customers: int) -> str:
    from customers.models import PaymentSource

    columns = {
        "customer_id": "i", "kind": "'card'", "last4": "'4242'", "brand": "'Visa'", "exp_month": "12",
        "exp_year": "2030", "gateway": "'test'", "gateway_token": "'tok_' || i",
        "created_at": _moment(f"{FIRST_DAY} + i"), "updated_at": _moment(f"{FIRST_DAY} + i"),
    }  # fmt: skip
    where = "WHERE i % 4 = 2"
    return _insert("customers_paymentsource", _filled(PaymentSource, columns), _series(1, customers), where)


def _day() -> str:
    """Ten invoices a minute; a payment follows after twenty days."""
    return f"{FIRST_DAY} + i * 30"


def _invoices(low: int, high: int, owner: str, settled: str) -> str:
    from customers.models import Invoice

    total = "(i % 900 + 100) * 100"
    number = "'I-' || LPAD(CAST(i AS TEXT), 8, '0')"
    columns = {
        "customer_id": owner, "number": number, "number_key": f"LOWER({number})", "currency": "'usd'",
        "date": _day(), "due_date": f"{_day()} + 2592000", "payment_terms": "'NET 30'",
        "subtotal": total, "total": total, "balance": f"CASE WHEN {settled} THEN 0 ELSE {total} END",
        "token": _token("i"), "created_at": _moment(_day()), "updated_at": _moment(f"{_day()} + 1728000"),
        "sent_at": f"CASE WHEN i % 3 = 0 THEN {_day()} END",
        "metadata": "CASE WHEN i % 10 = 0 THEN " + _region() + " ELSE " + _json({}) + " END",
    }  # fmt: skip
    return _insert("customers_invoice", _filled(Invoice, columns), _series(low, high))


def _lines(low: int, high: int) -> str:
    from customers.models import LineItem

    columns = {
        "invoice_id": "i", "position": "1", "name": "'Services'", "quantity": "1",
        "unit_cost": "i % 900 + 100", "amount": "(i % 900 + 100) * 100",
        "created_at": _moment(_day()), "updated_at": _moment(_day()),
    }  # fmt: skip
    return _insert("customers_lineitem", _filled(LineItem, columns), _series(low, high))


def _payments(low: int, high: int, owner: str, settled: str) -> str:
    from customers.models import Payment

    paid = f"{_day()} + 1728000"
    columns = {
        "customer_id": owner, "date": paid, "currency": "'usd'", "amount": "(i % 900 + 100) * 100",
        "method": "CASE WHEN i % 3 = 0 THEN 'check' ELSE 'ach' END", "reference": "'R' || i",
        "token": _token("p"),
        "created_at": _moment(paid), "updated_at": _moment(paid),
    }  # fmt: skip
    return _insert("customers_payment", _filled(Payment, columns), _series(low, high), f"WHERE {settled}")


def _applications(low: int, high: int, owner: str, settled: str) -> str:
    from customers.models import PaymentApplication

    paid = f"{_day()} + 1728000"
    columns = {
        "type": "'invoice'", "customer_id": owner, "payer_id": owner, "currency": "'usd'",
        "amount": "(i % 900 + 100) * 100", "payment_id": "i", "invoice_id": "i",
        "applied_at": paid, "effective_at": paid,
    }  # fmt: skip
    where = f"WHERE {settled}"
    return _insert(
        "customers_paymentapplication", _filled(PaymentApplication, columns), _series(low, high), where
    )


def _set_sequences() -> None:
    """The rows brought their ids along; the next one must come after them."""
    from django.apps import apps
    from django.core.management.color import no_style

    models = list(apps.get_app_config("customers").get_models())
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(sql)
