"""Days as people type them after a command."""

from datetime import date

from django.core.management.base import CommandError

from customers.dates import read_day

USAGE = 2


def typed_day(text: str) -> date:
    """YYYY-MM-DD, within reach; anything else ends the command with 2 and one line."""
    try:
        return read_day(text)
    except ValueError as error:
        raise CommandError(str(error), returncode=USAGE) from None
