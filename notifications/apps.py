"""The top floor."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from notifications import receivers, wire  # noqa: F401  the wire registers its shapes
        from notifications.sendings import sendings_of
        from statements.viewing import ask_for_sendings

        receivers.connect()
        ask_for_sendings(sendings_of)
