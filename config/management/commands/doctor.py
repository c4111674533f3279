"""`manage.py doctor`: says what is missing and what to do about it. Exit 1 when something does not work."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.diagnosis import diagnose


class Command(BaseCommand):
    help = "Check system libraries, database, migrations, queue, mail and addresses."
    # It reports what is wrong, so it must run when something is.
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        styles = {"ok": self.style.SUCCESS, "warning": self.style.WARNING, "failure": self.style.ERROR}
        failures = 0
        for finding in diagnose():
            failures += finding.level == "failure"
            self.stdout.write(
                f"{styles[finding.level](f'{finding.level:8}')} {finding.subject}: {finding.text}"
            )
        if failures:
            self.stderr.write(f"{failures} of these keep Duebook from working.")
            sys.exit(1)
