"""manage.py roll_forward --start DAY --end DAY: from what all customers owed to what they owe."""

import csv
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.dates import end_of_day, start_of_day
from customers.ledger.roll_forward import FIGURES, RollForward, figures_of, roll_forwards
from customers.management.days import USAGE, typed_day
from customers.models import Company, User


class Command(BaseCommand):
    help = (
        "Opening balance, what happened and closing balance of all customers, by currency, for company days "
        "(both included). The figures are the sums of the statements of that period."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--start", metavar="DAY", required=True, help="YYYY-MM-DD, first company day")
        parser.add_argument("--end", metavar="DAY", required=True, help="YYYY-MM-DD, last company day")
        parser.add_argument("--owner", metavar="USER", help="only the customers of this member of staff")
        parser.add_argument("--format", choices=("table", "csv"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = typed_day(options["start"]), typed_day(options["end"])
        if first > last:
            raise CommandError("The period ends before it starts.", returncode=USAGE)
        zone = Company.get().zone
        rows = roll_forwards(
            start=int(start_of_day(first, zone).timestamp()),
            end=int(end_of_day(last, zone).timestamp()),
            owner_id=_owner(options["owner"]),
        )
        if options["format"] == "csv":
            writer = csv.writer(self.stdout, lineterminator="\n")
            writer.writerow(("start", "end", *FIGURES))
            writer.writerows((first, last, *figures_of(row)) for row in rows)
        else:
            self._table(rows, first, last)

    def _table(self, rows: list[RollForward], first: date, last: date) -> None:
        if not rows:
            self.stdout.write(f"There is no balance and no movement from {first} to {last}.")
            return
        names = [name.replace("_", " ") for name in FIGURES]
        columns = [names, *([str(value) for value in figures_of(row)] for row in rows)]
        widths = [max(map(len, column)) for column in columns]
        self.stdout.write(f"From {first} to {last}")
        for line in zip(*columns, strict=True):
            cells = [line[0].ljust(widths[0])]
            cells += [text.rjust(width) for text, width in zip(line[1:], widths[1:], strict=True)]
            self.stdout.write("  ".join(cells))


def _owner(username: str | None) -> int | None:
    if username is None:
        return None
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no member of staff called {username}.", returncode=USAGE)
    return user.pk
