"""`manage.py rotate_credentials`: encrypt every stored secret with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.credentials import rotate_credentials


class Command(BaseCommand):
    help = (
        "Encrypts credentials of gateways and vendors and secrets of webhooks with the first of "
        "ENCRYPTION_KEYS. The other keys are not needed afterwards. Exit 1 when a secret could not be opened."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        rotation = rotate_credentials(now=timezone.now())
        self.stdout.write(f"{rotation.renewed} secrets are under the newest key.")
        for what in rotation.locked:
            self.stdout.write(f"No key opens: {what}")
        if rotation.locked:
            raise CommandError("Keep the older keys, or enter these secrets anew.", returncode=1)
