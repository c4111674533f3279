"""`manage.py create_api_key NAME [--role …] [--user …]`: prints a new key alone on standard output."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from customers.ledger.keys import issue_api_key
from customers.models.staff import Role, User


class Command(BaseCommand):
    help = "Create an API key. It is printed once and cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the key is for, as staff will see it")
        parser.add_argument("--role", choices=Role.values, default=Role.FINANCE.value)
        parser.add_argument(
            "--user", metavar="NAME", help="the member of staff whose customers an account manager's key sees"
        )

    def handle(self, *, name: str, role: str, user: str | None = None, **options: Any) -> None:
        name = name.strip()
        if not name or len(name) > 255 or not name.isprintable():
            raise CommandError("The name must have 1 to 255 printable characters.")
        owner = User.objects.filter(username=user).first() if user else None
        if user and owner is None:
            raise CommandError(f"There is no member of staff {user}.")
        if role == Role.ACCOUNT_MANAGER and owner is None:
            raise CommandError("An account manager's key needs --user: it sees that person's customers only.")
        self.stdout.write(issue_api_key(name=name, role=role, user=owner, now=timezone.now()))
