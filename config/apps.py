"""The roof as an app: its commands and start-up checks."""

from django.apps import AppConfig


class RoofConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401  registers the start-up checks
