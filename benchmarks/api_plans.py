"""Every filter and sort of the list of customers by itself: which index serves it, and how long it takes.

A page is two queries beside the count: one for its ids, which differs, and one for the rows by id, which is
the same for all. Their times are PostgreSQL's own, planning and execution, the least of several runs. The
ratio is that of both together to both of the plain first page.
"""

import json
import re
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

RUNS = 7
MOST = 3.0

# One value that many rows have, one that few have, and "unset", where there are such.
FILTERS = {
    "id": ["77777"], "name": ["Customer 00000000"], "number": ["c-0000042"],
    "email": ["AP42@customer.example"],
    "type": ["company", "person", "non_profit"], "autopay": ["0", "1"], "autopay_delay_days": ["", "5"],
    "payment_terms": ["NET 30", "", "NET 99"], "attention_to": ["Accounts Payable", "Nobody", ""],
    "address1": ["42 Main Street", ""], "address2": ["", "Backyard"], "city": ["City 42", "Nowhere", ""],
    "state": ["S42", "XX"], "postal_code": ["10042", ""], "country": ["US", "CA", "FR"],
    "language": ["", "fr"], "currency": ["usd", "", "eur"], "chase": ["1", "0"], "chasing_cadence": ["", "9"],
    "next_chase_step": ["", "9"], "phone": ["+15125550042", ""], "credit_hold": ["1", "0"],
    "credit_limit": ["", "100.5", "7"], "owner": ["", "7", "9999"], "taxable": ["1", "0"],
    "tax_id": ["", "T42", "none"], "avalara_entity_use_code": ["", "A"],
    "avalara_exemption_number": ["", "E"],
    "parent_customer": ["", "40", "9999999"], "bill_to_parent": ["0", "1"], "consolidated": ["0", "1"],
    "sign_up_page": ["", "9"], "created_at": ["1735732900"], "updated_at": ["1735800000"],
}  # fmt: skip
OTHERS = [
    "metadata[region]=north", "metadata[erp_id]=E-4242", "metadata[rank]=7", "metadata[vip]=true",
    "metadata[vip]=True", "metadata[region]=nowhere",
    "payment_source=1", "payment_source=0", "open_balance=1", "open_balance=0", "balance=1", "balance=0",
    "owner=-1", "updated_after=1735800000", "updated_after=1735800000&sort=updated_at ASC",
    "updated_before=1735800000", "updated_after=1736130000&sort=updated_at ASC",
]  # fmt: skip

# Two conditions that only few rows meet together: an index is asked for, not a time.
COMBINED = ["metadata[region]=north&metadata[vip]=true", "filter[type]=person&filter[credit_hold]=1"]


def check_plans() -> None:
    """Print a table, and end with an error when a query reads the whole table or takes too long."""
    from api import new_key

    ask = _asker(new_key())
    plain, by_id = (_time(sql) for sql in (ask(""), ask("", rows=True)))
    print(f"plain first page: {plain:.2f} ms for the ids, {by_id:.2f} ms for the rows")
    print(f"{'query':<58}{'ids ms':>8}{'ratio':>7}  index")
    poor = []
    for query in [*_filters(), *OTHERS, *COMBINED, *_sorts()]:
        plan = _plan(ask(query))
        took, indexes = _time(ask(query)), sorted(_indexes(plan))
        ratio = (took + by_id) / (plain + by_id)
        whole = _reads_whole_table(plan)
        print(f"{query:<58}{took:>8.2f}{ratio:>7.1f}  {'SEQ SCAN ' if whole else ''}{' '.join(indexes)}")
        if whole or (ratio > MOST and query not in COMBINED):
            poor.append(query)
    print(
        f"\n{len(poor)} beyond {MOST} times the plain page or without an index: {', '.join(poor) or 'none'}"
    )
    if poor:
        raise SystemExit(1)


def _filters() -> list[str]:
    return [f"filter[{name}]={value}" for name, values in FILTERS.items() for value in values]


def _sorts() -> list[str]:
    from customers.api.customers import Customers

    sortable = [name for name, column in Customers.columns.items() if column.sortable and not column.narrow]
    return [f"sort={name} {direction}" for name in sortable for direction in ("asc", "desc")]


def _asker(key: str) -> Any:
    """From a query string to the SQL of its ids, or of its rows, as the product asks it."""
    client = Client(HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_HOST="localhost")

    def ask(query: str, *, rows: bool = False) -> str:
        with CaptureQueriesContext(connection) as caught:
            response = client.get("/customers?" + quote(query, safe="=&"))
        if response.status_code != 200:
            raise SystemExit(f"{query}: {response.content!r}")
        wanted = r" ORDER BY r\.id$" if rows else r"LIMIT 101$"
        return next(sql for sql in (query["sql"] for query in caught) if re.search(wanted, sql))

    with override_settings(REQUEST_LOG_DAYS=0, ALLOWED_HOSTS=["localhost"]):
        client.get("/customers")
    return ask


def _plan(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        answer = cursor.fetchone()[0]
    return (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]


def _time(sql: str) -> float:
    times = []
    with connection.cursor() as cursor:
        for _ in range(RUNS):
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
            answer = cursor.fetchone()[0]
            answer = json.loads(answer) if isinstance(answer, str) else answer
            times.append(answer[0]["Planning Time"] + answer[0]["Execution Time"])
    return float(min(times))


def _nodes(plan: Any) -> Any:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


def _indexes(plan: Any) -> set[str]:
    return {node["Index Name"] for node in _nodes(plan) if "Index Name" in node}


def _reads_whole_table(plan: Any) -> bool:
    """Small tables beside it may be read whole."""
    return any(
        node["Node Type"] in ("Seq Scan", "Parallel Seq Scan")
        and node.get("Relation Name") == "customers_customer"
        for node in _nodes(plan)
    )
