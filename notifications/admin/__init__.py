"""Messages, runs, schedules, webhooks and wording in the back office."""

from notifications.admin import messages, panels, runs, schedules, vendors, webhooks, wording

__all__ = ["messages", "panels", "runs", "schedules", "vendors", "webhooks", "wording"]
