"""What an API request costs, beside the least any server could do for it.

    python benchmarks/api.py [--customers 200000] [--rounds 15] [--sqlite /path/bench.sqlite3] [--only plans]

Needs `DATABASE_URL` of a PostgreSQL database whose name begins with "bench"; its books (see `api_data.py`:
200,000 customers, 1,000,000 invoices) are made at the first run and used again. Product and floor
(`api_floor.py`: bare view, SQL by hand, orjson) run in one gunicorn worker on loopback and take turns. The
figures are medians of CPU milliseconds a request: of the worker's process, and of its database connection.
`--sqlite` puts the product on an embedded database of the same size beside it.

Afterwards every filter and sort of the list of customers is run by itself: its plan must use an index, and
its time is compared with that of the plain first page.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from api_client import Cost, Server, Step, take_turns  # noqa: E402

# What each step of ours is compared with, and how many times dearer it may be (app CPU, or app + database).
AIMS: list[tuple[str, str, str, str, float]] = [
    ("list of 100", "list", "floor list", "app", 2.0),
    ("list of 100 against stock + prefetch", "list", "stock list", "app", 0.2),
    ("retrieve", "retrieve", "floor retrieve", "app", 1.5),
    ("balance", "balance", "floor balance", "app", 1.6),
    ("balance, 5,000 paid against 5", "balance, 5,000 paid", "balance", "both", 1.1),
    ("create", "create", "floor create", "app", 2.5),
    ("update", "update", "floor update", "app", 3.5),
    ("page 1,000 by change, first visit", "deep, first visit", "by change, page 1", "both", 10.0),
    ("page 1,000 by change, in a walk", "deep, in a walk", "by change, page 1", "both", 1.5),
    ("updated_after, page 1", "updated_after", "by change, page 1", "both", 1.5),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--sqlite", help="file of an embedded database; its name must begin with bench")
    parser.add_argument("--only", choices=["speed", "plans"])
    options = parser.parse_args()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        raise SystemExit("Set DATABASE_URL to a PostgreSQL database whose name begins with bench.")
    with tempfile.TemporaryDirectory(prefix="duebook-bench-") as folder:
        set_up(folder)
        from api_data import prepare

        prepare(options.customers)
        if options.only != "plans":
            speed(folder, options)
        if options.only != "speed":
            from api_plans import check_plans

            check_plans()


def set_up(folder: str) -> None:
    os.environ["DATA_DIR"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # as `serve` sets it
    import django

    django.setup()


def speed(folder: str, options: argparse.Namespace) -> None:
    key = new_key()
    pages = options.customers // 100
    with Server(folder=folder, key=key, name="bench-api") as server:
        costs = take_turns(server, steps(options.customers, pages), rounds=options.rounds)
        show(costs)
        if options.sqlite:
            from api_embedded import embedded

            again = steps(options.customers, pages)
            embedded(options.sqlite, options.customers, server, again, rounds=options.rounds)


def new_key() -> str:
    from customers.models import ApiKey

    ApiKey.objects.filter(name="Benchmark").delete()
    return ApiKey.issue(name="Benchmark")[1]


def steps(customers: int, pages: int) -> list[Step]:
    """Every step names a path, or a function from the number of the request to one."""
    deep = min(1_000, pages // 2)
    middle = 1_735_732_800 + customers
    by_change = "sort=updated_at%20ASC"
    new = {"name": "Blue Anchor", "email": "ap@blue.example", "metadata": {"region": "north"}}
    some = iter(range(1, customers))
    return [
        Step("floor list", "/floor/customers"),
        Step("list", "/customers"),
        Step("stock list", "/floor/stock", times=3),
        Step("floor retrieve", "/floor/customers/42"),
        Step("retrieve", "/customers/42"),
        Step("floor balance", "/floor/customers/42/balance"),
        Step("balance", "/customers/42/balance"),
        Step("balance, 5,000 paid", f"/customers/{customers + 3}/balance"),
        Step("floor create", "/floor/customers", method="POST", body=new),
        Step("create", "/customers", method="POST", body=new),
        Step(
            "floor update", lambda _: f"/floor/customers/{next(some)}", method="PATCH", body=turning("city")
        ),
        Step("update", lambda n: f"/customers/{next(some)}", method="PATCH", body=turning("city")),
        Step("floor by change, page 1", f"/floor/customers?{by_change}"),
        Step("by change, page 1", f"/customers?{by_change}"),
        Step("updated_after", f"/customers?{by_change}&updated_after={middle}"),
        Step("floor deep", f"/floor/customers?page={deep}&{by_change}", times=3),
        # Another query is another walk: nobody has asked for its page before.
        Step("deep, first visit", lambda n: f"/customers?page={deep}&{by_change}&n={n}", times=3),
        Step("deep, in a walk", lambda n: f"/customers?page={deep + n % 900}&{by_change}", lead=1),
        Step("plain, page 1,000, first visit", lambda n: f"/customers?page={deep}&m={n}", times=3),
    ]


def turning(column: str) -> Callable[[int], Any]:
    """A body that changes something each time."""
    return lambda n: {column: f"City {n}"}


def show(costs: dict[str, Cost]) -> None:
    print(f"{'CPU ms a request':<34}{'app':>9}{'database':>10}")
    for name, cost in costs.items():
        print(f"{name:<34}{cost.app:>9.2f}{cost.database:>10.2f}")
    print()
    print(f"{'':<38}{'ratio':>8}{'aim':>8}")
    for what, ours, theirs, part, aim in AIMS:
        mine, other = getattr(costs[ours], part), getattr(costs[theirs], part)
        ratio = mine / other
        print(f"{what:<38}{ratio:>8.2f}{aim:>8.2f}{'' if ratio <= aim else '   not met'}")


if __name__ == "__main__":
    main()
