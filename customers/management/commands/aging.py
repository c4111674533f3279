"""manage.py aging --as-of DATE: what every customer owes at the end of a company day, by age."""

import csv
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from customers.dates import end_of_day, local_day
from customers.ledger.balances import Receivable, receivables
from customers.management.days import typed_day
from customers.models import Company, Customer
from customers.money import to_amount

USAGE = 2
COLUMNS = (
    "number", "name", "currency", "open_count", "open_amount", "past_due_count", "past_due_amount",
)  # fmt: skip
_TEXTS = 3
_LONGEST_NAME = 32
# A spreadsheet would run a cell that begins like this.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_CHUNK = 1_000

Line = tuple[str, ...]


class Command(BaseCommand):
    help = (
        "Open and past-due amounts by customer and currency as of the end of a company day. The last columns "
        "are the company's aging buckets: current, 1_30, 31_60, 61_90, over_90 unless it has other bounds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="DATE", help="YYYY-MM-DD, a company day; default today")
        parser.add_argument("--items", choices=("open", "past_due"), default="open", help="which customers")
        parser.add_argument("--format", choices=("table", "csv"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        company = Company.get()
        asked = options["as_of"]
        day = typed_day(asked) if asked else local_day(timezone.now(), company.zone)
        at, aging = int(end_of_day(day, company.zone).timestamp()), company.aging
        rows = receivables(at=at, zone=company.zone, aging=aging)
        columns = (*COLUMNS, *aging.slugs)
        if options["items"] == "past_due":
            rows = [row for row in rows if row.past_due_count]
        people = _people(sorted({row.customer_id for row in rows}))
        rows.sort(key=lambda row: (people[row.customer_id], row.currency))
        lines = [(*people[row.customer_id], row.currency, *_figures(row)) for row in rows]
        if options["format"] == "csv":
            self._csv(columns, lines)
        else:
            self._table(columns, lines, _totals(rows), day)

    def _csv(self, columns: Line, lines: Sequence[Line]) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows((*(_harmless(text) for text in line[:2]), *line[2:]) for line in lines)

    def _table(self, columns: Line, lines: Sequence[Line], totals: Sequence[Line], day: date) -> None:
        if not lines:
            self.stdout.write(f"Nothing is open at the end of {day}.")
            return
        shown = [(line[0], _short(line[1]), *line[2:]) for line in lines]
        header: Line = tuple(name.replace("_", "-" if name[0].isdigit() else " ") for name in columns)
        widths = [max(len(row[index]) for row in (header, *shown, *totals)) for index in range(len(columns))]
        self.stdout.write(f"As of the end of {day}")
        for row in (header, *shown):
            self.stdout.write(_aligned(row, widths))
        self.stdout.write("-" * (sum(widths) + 2 * len(widths) - 2))
        for row in totals:
            self.stdout.write(_aligned(row, widths))


def _people(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Number and name by id."""
    found: dict[int, tuple[str, str]] = {}
    for start in range(0, len(ids), _CHUNK):
        rows = Customer.objects.filter(pk__in=ids[start : start + _CHUNK])
        found |= {pk: (number, name) for pk, number, name in rows.values_list("pk", "number", "name")}
    return found


def _figures(row: Receivable) -> Line:
    """Counts, and amounts with the currency's own decimals."""
    minor = (row.open_amount, row.past_due_amount, *row.buckets)
    amounts = [str(to_amount(amount, row.currency)) for amount in minor]
    return str(row.open_count), amounts[0], str(row.past_due_count), amounts[1], *amounts[2:]


def _totals(rows: Sequence[Receivable]) -> list[Line]:
    """One line for each currency; currencies are never added together."""
    totals = []
    for currency in sorted({row.currency for row in rows}):
        mine = [row for row in rows if row.currency == currency]
        total = Receivable(
            customer_id=0,
            currency=currency,
            open_count=sum(row.open_count for row in mine),
            open_amount=sum(row.open_amount for row in mine),
            past_due_count=sum(row.past_due_count for row in mine),
            past_due_amount=sum(row.past_due_amount for row in mine),
            buckets=tuple(map(sum, zip(*(row.buckets for row in mine), strict=True))),
        )
        totals.append(("total", f"{len(mine)} customers", currency, *_figures(total)))
    return totals


def _aligned(row: Line, widths: Sequence[int]) -> str:
    cells = [
        text.ljust(width) if index < _TEXTS else text.rjust(width)
        for index, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) else text
