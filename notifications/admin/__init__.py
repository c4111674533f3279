"""Messages, runs, schedules and wording in the back office."""

from notifications.admin import messages, panels, runs, schedules, wording

__all__ = ["messages", "panels", "runs", "schedules", "wording"]
